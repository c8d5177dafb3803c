namespace Engine.Flows;

/// <summary>Decodes <c>|</c> and <c>></c> blocks (YAML 1.2, 8.1), noting where each character came from.</summary>
internal sealed class BlockScalar
{
    private readonly string raw;
    private readonly int indent;
    private readonly List<(int Start, int Length)> lines;
    private readonly int count;

    private BlockScalar(string raw, int indent, List<(int Start, int Length)> lines)
    {
        this.raw = raw;
        this.indent = indent;
        this.lines = lines;
        count = lines.Count;
        while (count > 0 && IsBlank(count - 1)) count--;
    }

    /// <summary>
    /// What the block may mean, the likeliest first. An explicit indentation counts from the parent's, which is not
    /// known here, so
    /// that each possible one is tried; the caller knows the value and picks.
    /// </summary>
    public static IEnumerable<ScalarTrace> Readings(string raw, int start, int end, bool isFolded)
    {
        var headerEnd = raw.IndexOf('\n', start);
        if (headerEnd < 0) headerEnd = raw.Length;
        var header = raw.AsSpan(start, headerEnd - start);
        var comment = header.IndexOf('#');
        if (comment >= 0) header = header[..comment];
        var keepsEnd = header.Contains('+');
        var dropsEnd = header.Contains('-');
        var body = Lines(raw, headerEnd + 1, end);
        var indents = body.Where(line => Indent(raw, line) < line.Length).Select(line => Indent(raw, line)).ToList();
        var least = indents.Count > 0 ? indents.Min() : 0;
        var readings = new List<ScalarTrace>();
        for (var depth = least; depth >= 0; depth--)
        {
            var block = new BlockScalar(raw, depth, body);
            readings.Add(block.Read(isFolded, keepsEnd, dropsEnd));
            if (header.IndexOfAnyInRange('1', '9') < 0) break;
        }

        return readings;
    }

    private static List<(int Start, int Length)> Lines(string raw, int start, int end)
    {
        var found = new List<(int Start, int Length)>();
        while (start < raw.Length)
        {
            var lineEnd = raw.IndexOf('\n', start);
            if (lineEnd < 0) lineEnd = raw.Length;
            var length = lineEnd - start;
            if (length > 0 && raw[lineEnd - 1] == '\r') length--;
            if (start >= end && !raw.AsSpan(start, length).Trim(' ').IsEmpty) break;
            found.Add((start, length));
            start = lineEnd + 1;
        }

        return found;
    }

    private static int Indent(string raw, (int Start, int Length) line) =>
        line.Length - raw.AsSpan(line.Start, line.Length).TrimStart(' ').Length;

    private ScalarTrace Read(bool isFolded, bool keepsEnd, bool dropsEnd)
    {
        var trace = new ScalarTrace();
        for (var i = 0; i < count; i++)
        {
            var (start, length) = lines[i];
            for (var at = start + indent; at < start + length; at++) trace.Add(raw[at], at, at + 1);
            var lineBreak = start + length;
            if (i == count - 1)
            {
                if (!dropsEnd) trace.Add('\n', lineBreak, lineBreak + 1);
            }
            else if (!isFolded || IsBlank(i))
            {
                trace.Add('\n', lineBreak, lineBreak + 1);
            }
            else
            {
                Fold(i, trace);
            }
        }

        for (var i = count; keepsEnd && i < lines.Count; i++) trace.Add('\n', lines[i].Start, lines[i].Start + 1);
        return trace;
    }

    /// <summary>The line break after a line with text: kept beside lines that are indented more, dropped before empty
    /// lines, else a space.</summary>
    private void Fold(int line, ScalarTrace trace)
    {
        var next = line + 1;
        while (next < count && IsBlank(next)) next++;
        var lineBreak = lines[line].Start + lines[line].Length;
        if (IsIndentedMore(line) || IsIndentedMore(next)) trace.Add('\n', lineBreak, lineBreak + 1);
        else if (next == line + 1) trace.Add(' ', lineBreak, lineBreak + 1);
    }

    private bool IsBlank(int line) =>
        lines[line].Length <= indent && raw.AsSpan(lines[line].Start, lines[line].Length).Trim(' ').IsEmpty;

    private bool IsIndentedMore(int line) =>
        lines[line].Length > indent && raw[lines[line].Start + indent] is ' ' or '\t';
}
