using System.Text;
using QRCoder;
using QRCoder.Exceptions;

namespace Engine.Host;

/// <summary>
/// A QR code as half-block characters, two modules to a character: dark on light with its quiet zone, whatever the terminal's
/// own colours are.
/// </summary>
internal sealed class QrBlocks
{
    /// <summary>Modules of light around the code, as ISO/IEC 18004 asks.</summary>
    public const int QuietZone = 4;

    /// <summary>The frame where the window has no room for more; phones read it as well.</summary>
    public const int SmallQuietZone = 2;

    // Black and white of the fixed 6×6×6 cube: themes change the first 16 colours, not these.
    private const string Colours = "\u001b[38;5;16;48;5;231m";
    private const string Reset = "\u001b[0m";

    private readonly bool[,] dark;

    private QrBlocks(bool[,] dark) => this.dark = dark;

    /// <summary>Columns that it fills.</summary>
    public int Width => dark.GetLength(1);

    /// <summary>Lines that it fills.</summary>
    public int Height => (dark.GetLength(0) + 1) / 2;

    /// <summary>
    /// The code of a text, at the lowest error correction: a screen has no dirt, and smaller codes scan better. Null where the
    /// text is longer than any code can hold (2,953 bytes).
    /// </summary>
    public static QrBlocks? Find(string text, int quietZone = QuietZone)
    {
        try
        {
            using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.L);
            return Framed(code, quietZone);
        }
        catch (DataTooLongException)
        {
            return null;
        }
    }

    /// <summary>Its lines, each with the colours set and reset; without colours dark modules are the drawn ones.</summary>
    public IReadOnlyList<string> Lines(bool hasColours)
    {
        var lines = new List<string>(Height);
        for (var row = 0; row < dark.GetLength(0); row += 2)
        {
            var line = new StringBuilder(hasColours ? Colours : "");
            for (var column = 0; column < Width; column++) line.Append(Block(IsDark(row, column), IsDark(row + 1, column)));
            lines.Add(line.Append(hasColours ? Reset : "").ToString());
        }

        return lines;
    }

    private static QrBlocks Framed(QRCodeData code, int quietZone)
    {
        // QRCoder's matrix has its own quiet zone of 4.
        var size = code.ModuleMatrix.Count - 8;
        var modules = new bool[size + (2 * quietZone), size + (2 * quietZone)];
        for (var row = 0; row < size; row++)
        {
            for (var column = 0; column < size; column++)
            {
                modules[row + quietZone, column + quietZone] = code.ModuleMatrix[row + 4][column + 4];
            }
        }

        return new QrBlocks(modules);
    }

    private bool IsDark(int row, int column) => row < dark.GetLength(0) && dark[row, column];

    private static char Block(bool top, bool bottom) => (top, bottom) switch
    {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    };
}
