using Engine.Flows;
using Engine.Sdk;

namespace Engine.Runs;

/// <summary>How long to wait before a call is made again.</summary>
internal static class Pauses
{
    public static readonly TimeSpan Longest = CallLimits.LongestPause;

    /// <summary>The longest that a provider may make a poll wait between two calls.</summary>
    public static readonly TimeSpan LongestPace = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstAfterRateLimit = TimeSpan.FromSeconds(2);

    /// <summary>The pause after the given attempt failed; it doubles from <see cref="Retry.Every"/> up to a minute.</summary>
    /// <param name="attempt">The attempt that just failed, counted from 1.</param>
    public static TimeSpan AfterAttempt(TimeSpan every, int attempt) => Doubled(every, attempt - 1);

    /// <summary>What the provider asks for, at least a second; where it did not say, two seconds, doubling up to a minute.</summary>
    /// <param name="earlier">Rate limits in a row before this one.</param>
    public static TimeSpan AfterRateLimit(Failure failure, int earlier)
    {
        if (failure.RetryAfter is not { } asked) return Doubled(FirstAfterRateLimit, earlier);
        return asked < Shortest ? Shortest : asked;
    }

    private static TimeSpan Doubled(TimeSpan first, int times)
    {
        var factor = 1L << Math.Clamp(times, 0, 20);
        return first.Ticks > Longest.Ticks / factor ? Longest : new TimeSpan(first.Ticks * factor);
    }
}
