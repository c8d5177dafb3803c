using Engine.Flows;
using Engine.Sdk;

namespace Engine.Runs;

/// <summary>When credentials are refreshed, and when again after a failure. Pure.</summary>
internal static class RefreshTimes
{
    private static readonly TimeSpan ShortestBackoff = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(30);

    /// <summary>Access that nothing prolongs is warned about this long before its end, or with a tenth of its life left, whichever is shorter.</summary>
    private static readonly TimeSpan LongestWarning = TimeSpan.FromDays(14);

    /// <summary>Whether to refresh now. Never early: some servers refuse while access lasts.</summary>
    /// <param name="leastPause">Never again within this, whatever the end says.</param>
    public static bool IsWanted(StoredCredentials stored, Operation refresh, RefreshWish wish, TimeSpan leastPause, DateTimeOffset now)
    {
        if (stored.Version > 1 && now < stored.StoredAt + leastPause) return false;
        return wish switch
        {
            RefreshWish.Rejected rejected => stored.Version <= rejected.Version,
            RefreshWish.ToKeep => KeptUntil(stored, refresh) <= now,
            _ => UsedUntil(stored, refresh) <= now,
        };
    }

    /// <summary>
    /// From when on they are refreshed before use; null: never, their end is not known. Spread over the second half of what the operation names, so that
    /// those that end together are not renewed together.
    /// </summary>
    public static DateTimeOffset? UsedUntil(StoredCredentials stored, Operation refresh)
    {
        if (stored.ExpiresAt is not { } end) return null;
        var life = end - stored.StoredAt;
        var before = refresh.Before ?? (life > TimeSpan.Zero ? life * refresh.BeforePercent / 100 : TimeSpan.Zero);
        return before > life ? end : end - (before * (1 - (Spread(stored.Id.Value) / 2)));
    }

    /// <summary>From when on they are refreshed though nobody uses them; null: never. Spread, so that those stored together do not fall due together.</summary>
    public static DateTimeOffset? KeptUntil(StoredCredentials stored, Operation refresh) =>
        refresh.KeepAlive is { } period ? stored.StoredAt + period - (period * Spread(stored.Id.Value) / 10) : null;

    /// <summary>When a warning is due and when access ends, where nothing prolongs it; null where it does not end.</summary>
    public static (DateTimeOffset Warning, DateTimeOffset End)? EndOfAccess(StoredCredentials stored, bool isRefreshed)
    {
        if ((isRefreshed ? stored.RefreshExpiresAt : stored.ExpiresAt) is not { } end) return null;
        var tenth = (end - stored.StoredAt) / 10;
        if (tenth < TimeSpan.Zero) tenth = TimeSpan.Zero;
        return (end - (tenth > LongestWarning ? LongestWarning : tenth), end);
    }

    /// <summary>What is remembered of a refresh that failed.</summary>
    /// <param name="declared">The failure as the operation declares it; null for one of the common ones.</param>
    public static RefreshEnd EndOf(
        Failure failure, DeclaredFailure? declared, StoredCredentials spent, Sdk.Effect effect, int refusalsToStop, DateTimeOffset now)
    {
        var failures = spent.Failures + 1;
        var again = now + Later(failure.RetryAfter ?? TimeSpan.Zero, Backoff(failures));
        if (failure.IsInDoubt)
        {
            return new RefreshEnd(effect == Sdk.Effect.Once || spent.IsInDoubt, spent.Refusals, failures, again, null);
        }

        // Surely not reached, or asked to wait: nothing is known that was not known before.
        if (failure.Code is Failures.RateLimited or Failures.ProviderDown or Failures.ProviderTimeout)
        {
            return new RefreshEnd(spent.IsInDoubt, spent.Refusals, failures, again, null);
        }

        if (declared?.Health is ConnectionHealth.NeedsReauth or ConnectionHealth.Revoked or ConnectionHealth.Disabled)
        {
            // After a try whose outcome was lost, a refusal most likely means that it had worked.
            var stop = spent.IsInDoubt && effect == Sdk.Effect.Once ? HealthRules.RefreshOutcomeUnknown : failure.Code;
            return new RefreshEnd(false, 0, 0, null, stop);
        }

        if (declared?.Health is not null) return new RefreshEnd(spent.IsInDoubt, 0, failures, now + LongestBackoff, null);
        var refusals = spent.Refusals + 1;
        return refusals >= refusalsToStop
            ? new RefreshEnd(false, refusals, failures, null, HealthRules.RefreshRefused)
            : new RefreshEnd(spent.IsInDoubt, refusals, failures, again, null);
    }

    /// <summary>A share from 0 to 1 that stays the same for a name.</summary>
    public static double Spread(string name)
    {
        var hash = 2166136261u;
        foreach (var letter in name) hash = (hash ^ letter) * 16777619u;
        return (hash >> 8) / (double)(1 << 24);
    }

    private static TimeSpan Backoff(int failures)
    {
        var pause = ShortestBackoff * Math.Pow(2, Math.Min(failures - 1, 12));
        return pause > LongestBackoff ? LongestBackoff : pause;
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
