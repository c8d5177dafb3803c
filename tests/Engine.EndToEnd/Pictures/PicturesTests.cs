using Xunit;

namespace Engine.EndToEnd;

public class PicturesTests
{
    [ToolFact(Tool.Zbar)]
    public async Task A_code_in_half_blocks_is_read_by_an_independent_reader()
    {
        using var temp = new TempFolder();
        var blocks = Host.QrBlocks.Find("tg://login?token=AQIDBA") ?? throw new InvalidOperationException();
        var output = "before\r\n" + string.Join("\n", blocks.Lines(hasColours: true)) + "\nafter\n";

        var picture = Assert.Single(TerminalQr.FindAll(output));
        picture.Save(temp.File("qr.pgm"));

        Assert.Equal(["tg://login?token=AQIDBA"], await QrReader.ReadAsync(temp.File("qr.pgm")));
    }
}
