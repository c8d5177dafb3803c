namespace Engine.Runs;

/// <summary>When a run is tried again that could not be advanced.</summary>
internal static class Crashes
{
    /// <summary>So many tries in a row are the pump's own; the further ones are work outside of it, which people see.</summary>
    public const int Quick = 3;

    /// <summary>How long a run is tried whose flow cannot be had, counted from its beginning: the limit of a flow that names none.</summary>
    public static readonly TimeSpan UnknownLimit = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan[] pauses =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30),
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(8),
    ];

    /// <summary>After the last pause nothing is tried by itself until the run's limit, which ends it one way or another.</summary>
    /// <param name="crashes">In a row, from 1.</param>
    public static DateTimeOffset NextTry(int crashes, DateTimeOffset now, DateTimeOffset limit)
    {
        var next = crashes <= pauses.Length ? now + pauses[crashes - 1] : limit;
        return next > limit && limit > now ? limit : next;
    }
}
