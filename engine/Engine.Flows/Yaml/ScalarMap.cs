using System.Collections.Immutable;
using System.Text;
using YamlDotNet.Core;

namespace Engine.Flows;

/// <summary>
/// For each character of a decoded scalar, the stretch of the file it was decoded from. The file's text is decoded a
/// second time, noting
/// where each character came from; where that does not give the same value, all places are the scalar's beginning.
/// </summary>
internal sealed class ScalarMap
{
    private readonly ImmutableArray<int> starts;
    private readonly ImmutableArray<int> ends;

    private ScalarMap(bool isExact, ImmutableArray<int> starts, ImmutableArray<int> ends)
    {
        IsExact = isExact;
        this.starts = starts;
        this.ends = ends;
    }

    /// <summary>Whether decoding the file's text again gave the same value.</summary>
    public bool IsExact { get; }

    public static ScalarMap Of(string raw, string value, ScalarStyle style, int start, int end)
    {
        if (style is ScalarStyle.Literal or ScalarStyle.Folded)
        {
            foreach (var trace in BlockScalar.Readings(raw, start, end, isFolded: style == ScalarStyle.Folded))
            {
                if (trace.Gives(value)) return trace.ToMap(value);
            }
        }
        else
        {
            var trace = new ScalarTrace();
            FlowScalar.Read(raw, start, end, style, trace);
            if (trace.Gives(value)) return trace.ToMap(value);
        }

        return new ScalarMap(false, [start], [start]);
    }

    internal static ScalarMap Exact(ImmutableArray<int> starts, ImmutableArray<int> ends) => new(true, starts, ends);

    /// <summary>The offset of a character; one past the last gives the end.</summary>
    public int StartOf(int index) => IsExact ? starts[Math.Clamp(index, 0, starts.Length - 1)] : starts[0];

    /// <summary>The end of a stretch of characters; its start where the length is 0.</summary>
    public int EndOf(int index, int length) =>
        length > 0 && IsExact ? ends[Math.Clamp(index + length - 1, 0, ends.Length - 1)] : StartOf(index);
}

/// <summary>A decoded text that grows, with the place each character came from.</summary>
internal sealed class ScalarTrace
{
    private readonly StringBuilder text = new();
    private readonly ImmutableArray<int>.Builder starts = ImmutableArray.CreateBuilder<int>();
    private readonly ImmutableArray<int>.Builder ends = ImmutableArray.CreateBuilder<int>();

    public void Add(char character, int start, int end)
    {
        text.Append(character);
        starts.Add(start);
        ends.Add(end);
    }

    /// <summary>Whether this is the value, or the value with a line break that the end of the file swallowed.</summary>
    public bool Gives(string value) =>
        text.Equals(value) || (text.Length == value.Length + 1 && text[^1] == '\n' && text.ToString(0, value.Length) == value);

    public ScalarMap ToMap(string value)
    {
        starts.Count = value.Length;
        ends.Count = value.Length;
        var end = ends.Count > 0 ? ends[^1] : 0;
        return ScalarMap.Exact([.. starts, end], [.. ends, end]);
    }
}
