using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Engine.Flows;

/// <summary>A branch, an end or a failure path of a flow, and whether a test came there.</summary>
/// <param name="Line">In the flow file.</param>
/// <param name="What">Which one, in a few words.</param>
public sealed record CoveragePoint(int Line, string What, bool IsReached);

/// <summary>
/// Notes where tests of a flow come. Conditions and branches are seen as the flow evaluates them; a failure's steps are seen by a step
/// put before them that does nothing else; the rest is told by the journal. Thread-safe.
/// </summary>
public sealed class FlowCoverage
{
    /// <summary>Numbers of conditions from here on are those put before a failure's steps.</summary>
    internal const int FirstProbe = 1_000_000;

    private readonly ImmutableArray<(int Line, string What, Sign Sign)> points;
    private readonly ImmutableDictionary<string, int> steps;
    private readonly ConcurrentDictionary<Sign, bool> seen = new();

    private FlowCoverage(TestedFlow flow)
    {
        var paths = new FlowPaths(flow);
        points = paths.Points;
        steps = flow.Loaded.Flow.Steps.Select((step, index) => KeyValuePair.Create(step.Name, index)).ToImmutableDictionary(StringComparer.Ordinal);
        Watched = flow.Loaded.Watched(flow.Loaded.Flow with { Steps = paths.Program }, scope => new WatchedScope(scope, this));
        Watched.Json.MakeReadOnly(populateMissingResolver: true);
    }

    /// <summary>The flow to run: it tells where it comes.</summary>
    public LoadedFlow Watched { get; }

    /// <summary>All of them, in the order of their lines.</summary>
    public IEnumerable<CoveragePoint> Points => points
        .Select(point => new CoveragePoint(point.Line, point.What, seen.ContainsKey(point.Sign)))
        .OrderBy(point => point.Line);

    public static FlowCoverage Of(TestedFlow flow)
    {
        ArgumentNullException.ThrowIfNull(flow);
        return new FlowCoverage(flow);
    }

    /// <summary>Takes note of a journal entry.</summary>
    /// <param name="detail">Its <c>code</c>, <c>action</c> or <c>of</c>; empty for none.</param>
    /// <param name="operation">What was called; empty for nothing.</param>
    public void Note(string kind, string step, string detail, string operation)
    {
        if (!steps.TryGetValue(kind is "undone" or "undo_failed" ? detail : step, out var index)) return;
        seen[new Sign(kind, index, 0, kind is "undone" or "undo_failed" ? "" : detail)] = true;
        if (operation.Length > 0) seen[new Sign(kind, index, 0, $"{operation} {detail}".TrimEnd())] = true;
    }

    /// <summary>Takes note of a run's end.</summary>
    public void NoteEnd(string code) => seen[Sign.End(code)] = true;

    private void See(Sign sign) => seen.TryAdd(sign, true);

    /// <summary>What shows that a point was reached.</summary>
    internal readonly record struct Sign(string Kind, int Number, int Side, string Detail)
    {
        public static Sign Condition(int number, bool holds) => new("condition", number, holds ? 1 : 0, "");

        public static Sign Choice(int number, int side) => new("choice", number, side, "");

        public static Sign Journal(string kind, int step, string detail = "") => new(kind, step, 0, detail);

        public static Sign End(string code) => new("end", 0, 0, code);
    }

    /// <summary>The flow's expressions; what they give is seen.</summary>
    private sealed class WatchedScope(FlowScope scope, FlowCoverage coverage) : FlowScope
    {
        public override object? Get(int slot) => scope.Get(slot);

        public override void Set(int slot, object? value) => scope.Set(slot, value);

        public override object? Value(int index) => scope.Value(index);

        public override bool Condition(int index)
        {
            var holds = index >= FirstProbe || scope.Condition(index);
            coverage.See(Sign.Condition(index, holds));
            return holds;
        }

        public override int Choice(int index)
        {
            var choice = scope.Choice(index);
            coverage.See(Sign.Choice(index, choice));
            return choice;
        }
    }
}
