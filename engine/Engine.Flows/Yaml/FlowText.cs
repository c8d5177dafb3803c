namespace Engine.Flows;

/// <summary>The decoded text of a flow file, and where its lines begin. Offsets are counted in UTF-16 code
/// units.</summary>
internal sealed class FlowText
{
    private readonly List<int> lineStarts = [0];

    public FlowText(string path, string raw)
    {
        Path = path;
        Raw = raw;
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] == '\n') lineStarts.Add(i + 1);
        }
    }

    /// <summary>The path as findings name it.</summary>
    public string Path { get; }

    /// <summary>The text, without a byte order mark.</summary>
    public string Raw { get; }

    public int LineCount => lineStarts.Count;

    /// <summary>The place from one offset up to, not including, another.</summary>
    public Place PlaceOf(int start, int end)
    {
        var (line, column) = LineAndColumn(start);
        var (endLine, endColumn) = LineAndColumn(Math.Max(start, end));
        return new Place(Path, line, column, endLine, endColumn);
    }

    /// <summary>The text of a line, counted from 1, without its line break.</summary>
    public ReadOnlySpan<char> Line(int line)
    {
        var start = lineStarts[line - 1];
        var end = line < lineStarts.Count ? lineStarts[line] : Raw.Length;
        return Raw.AsSpan(start, end - start).TrimEnd("\r\n");
    }

    private (int Line, int Column) LineAndColumn(int offset)
    {
        offset = Math.Clamp(offset, 0, Raw.Length);
        var index = lineStarts.BinarySearch(offset);
        if (index < 0) index = ~index - 1;
        return (index + 1, offset - lineStarts[index] + 1);
    }
}
