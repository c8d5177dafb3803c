using System.Collections.Immutable;

namespace Engine.Flows;

/// <summary>What some steps cost at the most. Sums and products stop at a thousand million, times at a year.</summary>
/// <param name="Calls">Calls by operation.</param>
/// <param name="Undo">Calls that take back, by operation.</param>
internal sealed record Cost(
    TimeSpan Time, long Prompts, ImmutableSortedDictionary<string, long> Calls, ImmutableSortedDictionary<string, long> Undo)
{
    private const long Most = 1_000_000_000;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);
    private static readonly ImmutableSortedDictionary<string, long> Nothing = ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    public static Cost None { get; } = new(TimeSpan.Zero, 0, Nothing, Nothing);

    public static Cost OfCalls(string operation, long count, TimeSpan time) => None with { Time = time, Calls = Nothing.Add(operation, count) };

    public static Cost OfUndo(string operation) => None with { Undo = Nothing.Add(operation, CallLimits.UndoAttempts) };

    public static Cost operator +(Cost one, Cost other) => Merge(one, other, (a, b) => Math.Min(a + b, Most), (a, b) => Shorten(a.TotalSeconds + b.TotalSeconds));

    public static Cost operator *(Cost one, long times) => new(
        Shorten(one.Time.TotalSeconds * times), Times(one.Prompts, times), Times(one.Calls, times), Times(one.Undo, times));

    /// <summary>The larger of each; null stands for a way that does not exist.</summary>
    public static Cost? Max(Cost? one, Cost? other) =>
        one is null || other is null ? one ?? other : Merge(one, other, Math.Max, (a, b) => a > b ? a : b);

    private static Cost Merge(Cost one, Cost other, Func<long, long, long> join, Func<TimeSpan, TimeSpan, TimeSpan> joinTimes) => new(
        joinTimes(one.Time, other.Time), join(one.Prompts, other.Prompts), Merge(one.Calls, other.Calls, join), Merge(one.Undo, other.Undo, join));

    private static ImmutableSortedDictionary<string, long> Merge(
        ImmutableSortedDictionary<string, long> one, ImmutableSortedDictionary<string, long> other, Func<long, long, long> join) =>
        one.Keys.Union(other.Keys, StringComparer.Ordinal).ToImmutableSortedDictionary(
            key => key, key => join(one.GetValueOrDefault(key), other.GetValueOrDefault(key)), StringComparer.Ordinal);

    private static ImmutableSortedDictionary<string, long> Times(ImmutableSortedDictionary<string, long> counts, long times) =>
        counts.ToImmutableSortedDictionary(count => count.Key, count => Times(count.Value, times), StringComparer.Ordinal);

    private static long Times(long count, long times) => (long)Math.Min((decimal)count * times, Most);

    private static TimeSpan Shorten(double seconds) => seconds >= Longest.TotalSeconds ? Longest : TimeSpan.FromSeconds(seconds);
}
