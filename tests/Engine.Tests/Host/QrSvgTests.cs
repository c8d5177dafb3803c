using System.Globalization;
using System.Text.RegularExpressions;
using Engine.Host;
using QRCoder;
using Xunit;

namespace Engine.Tests.Host;

public class QrSvgTests
{
    [Fact]
    public void Every_dark_module_is_drawn_and_no_light_one()
    {
        const string text = "tg://login?token=AAECAwQFBgcICQoLDA0ODw";

        var drawn = Modules(QrSvg.Draw(text)!);

        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var expected = new HashSet<(int, int)>();
        for (var row = 0; row < code.ModuleMatrix.Count; row++)
        {
            for (var column = 0; column < code.ModuleMatrix.Count; column++)
            {
                if (code.ModuleMatrix[row][column]) expected.Add((column, row));
            }
        }
        Assert.Equal(expected, drawn);
    }

    [Fact]
    public void The_quiet_zone_is_four_modules_wide_on_a_white_ground()
    {
        var svg = QrSvg.Draw("short")!;

        Assert.Equal(4, Modules(svg).Min(module => module.Column));
        Assert.Equal(4, Modules(svg).Min(module => module.Row));
        Assert.Contains("fill=\"#fff\"", svg, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2001)]
    public void A_text_that_no_code_can_hold_is_not_drawn(int length) => Assert.Null(QrSvg.Draw(new string('x', length)));

    private static HashSet<(int Column, int Row)> Modules(string svg) =>
    [
        .. Regex.Matches(svg.Split("#000").Last(), @"M(\d+) (\d+)h(\d+)").SelectMany(run => Enumerable
            .Range(Number(run, 1), Number(run, 3)).Select(column => (column, Number(run, 2)))),
    ];

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
}
