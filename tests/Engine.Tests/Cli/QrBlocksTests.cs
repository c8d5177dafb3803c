using Engine.Host;
using QRCoder;
using Xunit;

namespace Engine.Tests.Cli;

public sealed class QrBlocksTests
{
    private const string Payload = "tg://login?token=AQJkMmQxZjEyLTRjN2QtNDE1Zi1hYmNkLTAxMjM0NTY3ODlhYg";

    [Theory]
    [InlineData(4)]
    [InlineData(2)]
    public void The_drawn_modules_are_the_codes_modules_inside_a_light_frame(int quietZone)
    {
        var drawn = Modules(QrBlocks.Find(Payload, quietZone)!.Lines(hasColours: false));

        var expected = Expected(quietZone);
        for (var row = 0; row < drawn.Count; row++)
        {
            for (var column = 0; column < drawn[row].Count; column++)
            {
                Assert.Equal(row < expected.GetLength(0) && expected[row, column], drawn[row][column]);
            }
        }
    }

    [Fact]
    public void Every_line_sets_its_colours_and_resets_them() =>
        Assert.All(QrBlocks.Find(Payload)!.Lines(hasColours: true), line =>
        {
            Assert.StartsWith("\u001b[38;5;16;48;5;231m", line, StringComparison.Ordinal);
            Assert.EndsWith("\u001b[0m", line, StringComparison.Ordinal);
        });

    [Fact]
    public void Its_size_is_that_of_its_lines()
    {
        var code = QrBlocks.Find(Payload)!;

        Assert.Equal(code.Height, code.Lines(hasColours: false).Count);
        Assert.All(code.Lines(hasColours: false), line => Assert.Equal(code.Width, line.Length));
    }

    [Fact]
    public void A_text_that_no_code_can_hold_gives_none() => Assert.Null(QrBlocks.Find(new string('x', 3000)));

    private static bool[,] Expected(int quietZone)
    {
        using var code = QRCodeGenerator.GenerateQrCode(Payload, QRCodeGenerator.ECCLevel.L);
        var size = code.ModuleMatrix.Count - 8 + (2 * quietZone);
        var modules = new bool[size, size];
        for (var row = 4; row < code.ModuleMatrix.Count - 4; row++)
        {
            for (var column = 4; column < code.ModuleMatrix.Count - 4; column++)
            {
                modules[row - 4 + quietZone, column - 4 + quietZone] = code.ModuleMatrix[row][column];
            }
        }

        return modules;
    }

    private static List<List<bool>> Modules(IReadOnlyList<string> lines)
    {
        var modules = new List<List<bool>>();
        foreach (var line in lines)
        {
            modules.Add([.. line.Select(c => c is '█' or '▀')]);
            modules.Add([.. line.Select(c => c is '█' or '▄')]);
        }

        return modules;
    }
}
