using System.Collections.Immutable;
using YamlDotNet.Core;

namespace Engine.Flows;

/// <summary>For each character of a decoded scalar, the stretch of the file that it was decoded from.</summary>
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

    public static ScalarMap Of(string raw, string value, ScalarStyle style, int start, int end) =>
        new(false, [start], [start]);

    public int StartOf(int index) => starts[Math.Clamp(index, 0, starts.Length - 1)];

    /// <summary>The end of a stretch of characters; its start where the length is 0.</summary>
    public int EndOf(int index, int length) =>
        length > 0 ? ends[Math.Clamp(index + length - 1, 0, ends.Length - 1)] : StartOf(index);
}
