using System.Globalization;
using System.Text;
using Engine.Flows;

namespace Engine.Host;

/// <summary>A finding for people: its line, the source line, and carets under what is wrong.</summary>
internal static class FindingText
{
    /// <summary>Columns of a source line that are printed; a longer one is cut to what surrounds the finding.</summary>
    private const int MaxColumns = 240;

    /// <summary>Writes the finding; without the source line where the text is empty or ends before it.</summary>
    public static void Write(TextWriter output, Finding finding, string text)
    {
        output.WriteLine(Display.Harmless(finding.ToString()));
        if (FindLine(text, finding.Place.Line) is not { } line) return;
        var start = Math.Clamp(finding.Place.Column - 1, 0, line.Length);
        var end = finding.Place.EndLine == finding.Place.Line ? Math.Clamp(finding.Place.EndColumn - 1, start, line.Length) : line.Length;
        (line, start, end) = Cut(line, start, end);
        output.WriteLine(Display.Harmless(line));
        output.WriteLine(Carets(line, start, end));
    }

    private static string? FindLine(string text, int number)
    {
        if (text.Length == 0) return null;
        var start = 0;
        for (var line = 1; line < number; line++)
        {
            start = text.IndexOf('\n', start) + 1;
            if (start == 0) return null;
        }

        var end = text.IndexOf('\n', start);
        return text[start..(end < 0 ? text.Length : end)].TrimEnd('\r');
    }

    /// <summary>Tabs before the finding stay tabs, so that both lines meet however wide a terminal makes them.</summary>
    private static string Carets(string line, int start, int end)
    {
        var carets = new StringBuilder();
        foreach (var rune in line.AsSpan(0, start).EnumerateRunes())
        {
            if (rune.Value == '\t') carets.Append('\t');
            else carets.Append(' ', Display.Width(rune));
        }

        return carets.Append('^', Math.Max(1, Display.Width(line.AsSpan(start, end - start)))).ToString();
    }

    private static (string Line, int Start, int End) Cut(string line, int start, int end)
    {
        if (line.Length <= MaxColumns) return (line, start, end);
        var first = Math.Max(0, start - (MaxColumns / 3));
        var last = Math.Min(line.Length, first + MaxColumns);
        if (first > 0 && char.IsLowSurrogate(line[first])) first--;
        if (last < line.Length && char.IsLowSurrogate(line[last])) last--;
        var (before, after) = (first > 0 ? "…" : "", last < line.Length ? "…" : "");
        var shift = before.Length - first;
        return (before + line[first..last] + after, start + shift, Math.Min(end, last) + shift);
    }

    /// <summary>The last line of a check.</summary>
    public static string Summary(int files, int filesWithFindings, int findings) =>
        findings == 0 ? $"{Count(files, "flow")}, no findings" : $"{Count(findings, "finding")} in {filesWithFindings} of {Count(files, "flow")}";

    /// <summary>Such as <c>1 flow</c> and <c>2 flows</c>.</summary>
    public static string Count(int number, string noun) =>
        number.ToString(CultureInfo.InvariantCulture) + (number == 1 ? $" {noun}" : $" {noun}s");
}
