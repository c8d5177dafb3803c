using System.Text.RegularExpressions;

namespace Engine.EndToEnd;

/// <summary>The QR codes in a terminal's output, drawn as a person with a phone would see them: black blocks on white.</summary>
internal static partial class TerminalQr
{
    private const int Side = 8;
    private const int Margin = 4;

    /// <summary>Every run of at least eleven lines of half blocks (the smallest code has 21 modules), in order.</summary>
    public static IReadOnlyList<GrayPicture> FindAll(string output)
    {
        var found = new List<GrayPicture>();
        var block = new List<string>();
        foreach (var line in Escape().Replace(output, "").Split('\n').Select(text => text.TrimEnd('\r')).Append("end"))
        {
            if (line.All(character => character is ' ' or '▀' or '▄' or '█') && (line.Length > 0 || block.Count > 0))
            {
                block.Add(line);
                continue;
            }

            if (block.Count(text => text.Trim().Length > 0) >= 11) found.Add(Draw(block));
            block.Clear();
        }

        return found;
    }

    private static GrayPicture Draw(List<string> lines)
    {
        var columns = lines.Max(line => line.Length);
        var picture = new GrayPicture((columns + (2 * Margin)) * Side, ((lines.Count * 2) + (2 * Margin)) * Side);
        for (var row = 0; row < lines.Count; row++)
        {
            for (var column = 0; column < lines[row].Length; column++)
            {
                var block = lines[row][column];
                if (block is '▀' or '█') picture.Fill((column + Margin) * Side, ((row * 2) + Margin) * Side, Side);
                if (block is '▄' or '█') picture.Fill((column + Margin) * Side, ((row * 2) + 1 + Margin) * Side, Side);
            }
        }

        return picture;
    }

    // Colours and cursor moves; a redraw begins on a new line all the same.
    [GeneratedRegex(@"\u001b\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Escape();
}
