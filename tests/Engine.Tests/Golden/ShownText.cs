using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Engine.Tests;

/// <summary>
/// A text in which what a page cannot show stands in angle brackets: <c>⟨0xE9⟩</c> is that byte, <c>⟨U+202E⟩</c> that character,
/// <c>⟨[ ×33⟩</c> what stands there, 33 times.
/// </summary>
internal sealed partial class ShownText
{
    private const char FirstByte = '\uE000';

    private readonly List<Stretch>[] lines;

    public ShownText(string shown)
    {
        var content = new MemoryStream();
        var written = shown.Split('\n');
        lines = new List<Stretch>[written.Length];
        for (var i = 0; i < written.Length; i++)
        {
            if (i > 0) content.WriteByte((byte)'\n');
            (var line, lines[i]) = Expanded(written[i]);
            foreach (var part in Byte().Split(line))
            {
                content.Write(part is [>= FirstByte and <= (char)(FirstByte + 0xFF) and var single] ? [(byte)(single - FirstByte)] : Encoding.UTF8.GetBytes(part));
            }
        }

        Content = content.ToArray();
    }

    /// <summary>The file that is meant.</summary>
    public byte[] Content { get; }

    /// <summary>The column at which a place of the file is shown; both count from 1.</summary>
    public int ShownColumn(int line, int column)
    {
        var stretch = lines[Math.Min(line, lines.Length) - 1].Last(one => one.Column <= column);
        return stretch.IsInBrackets ? stretch.Shown : stretch.Shown + column - stretch.Column;
    }

    private static (string Line, List<Stretch> Stretches) Expanded(string shown)
    {
        var line = new StringBuilder();
        var stretches = new List<Stretch> { new(1, 1, IsInBrackets: false) };
        var at = 0;
        foreach (Match part in Part().Matches(shown))
        {
            line.Append(shown, at, part.Index - at);
            stretches.Add(new Stretch(line.Length + 1, part.Index + 1, IsInBrackets: true));
            line.Append(Text(part));
            at = part.Index + part.Length;
            stretches.Add(new Stretch(line.Length + 1, at + 1, IsInBrackets: false));
        }

        return (line.Append(shown, at, shown.Length - at).ToString(), stretches);
    }

    private static string Text(Match part) =>
        part.Groups["byte"] is { Success: true, Value: var hex } ? ((char)(FirstByte + Number(hex))).ToString()
        : part.Groups["char"] is { Success: true, Value: var code } ? ((char)Number(code)).ToString()
        : string.Concat(Enumerable.Repeat(part.Groups["text"].Value, int.Parse(part.Groups["times"].Value, CultureInfo.InvariantCulture)));

    private static int Number(string hex) => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [GeneratedRegex("⟨(?:0x(?<byte>[0-9A-F]{2})|U\\+(?<char>[0-9A-F]{4})|(?<text>[^⟩]+) ×(?<times>[0-9]+))⟩")]
    private static partial Regex Part();

    [GeneratedRegex("([\uE000-\uE0FF])")]
    private static partial Regex Byte();

    /// <summary>What stands from a column of the file on, and where it is shown.</summary>
    private readonly record struct Stretch(int Column, int Shown, bool IsInBrackets);
}
