using System.Text.RegularExpressions;
using Engine.Flows;

namespace Engine.Benchmarks;

/// <summary>A flow with one mistake in it.</summary>
/// <param name="Operator">The kind of mistake, such as <c>misspelt member</c>.</param>
/// <param name="Start">Where the text differs from the flow's.</param>
/// <param name="End">The end of what was replaced, in the flow's text.</param>
/// <param name="Excluded">The rule by which this is a right flow, or another one; null: it has to be refused.</param>
internal sealed record Mutant(string Operator, int Start, int End, string Replacement, string? Excluded = null)
{
    /// <summary>Offsets in the flow's text whose lines are right places for the finding too; for what was taken out.</summary>
    public IReadOnlyList<int> AlsoRight { get; init; } = [];

    /// <summary>A name whose lines are right places too; null for none.</summary>
    public string? RightName { get; init; }

    /// <summary>A member of an enum that the plugin has lost, and what it has instead; null where the plugins are as they are.</summary>
    public (string Old, string New)? Renamed { get; init; }

    /// <summary>How much of the replacement, from its beginning, is the step that was moved; null where none was.</summary>
    public int? MovedLength { get; init; }

    public string Apply(string flow) => string.Concat(flow.AsSpan(0, Start), Replacement, flow.AsSpan(End));

    /// <summary>The lines, in the mutant, at which a finding tells its author where the mistake is.</summary>
    public HashSet<int> RightLines(string flow)
    {
        var text = new FlowText("", Apply(flow));
        var lines = new HashSet<int>();
        if (Renamed is null)
        {
            var (first, last) = (LineOf(Start), LineOf(Start + Replacement[..(MovedLength ?? Replacement.Length)].TrimEnd('\n').Length));
            if (Replacement.Length > 0 || AlsoRight.Count == 0) lines.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        foreach (var offset in AlsoRight.Where(at => at < Start || at >= End))
        {
            lines.Add(LineOf(offset < Start ? offset : offset - End + Start + Replacement.Length));
        }

        if (RightName is not null)
        {
            foreach (Match match in Regex.Matches(text.Raw, $@"(?<![\w]){Regex.Escape(RightName)}(?![\w])")) lines.Add(LineOf(match.Index));
        }

        return lines;

        int LineOf(int offset) => text.PlaceOf(offset, offset).Line;
    }
}
