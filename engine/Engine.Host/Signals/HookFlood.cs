using System.Collections.Concurrent;

namespace Engine.Host;

/// <summary>
/// Holds back a flood of calls that belong to no run: anybody can send these, and each that is taken is stored and begins runs. Every address has its own
/// measure, so that one provider's flood costs no other's calls.
/// </summary>
internal sealed class HookFlood(TimeProvider time)
{
    /// <summary>Taken each second in the long run; twice what amoCRM's install hook was measured with.</summary>
    public const int PerSecond = 200;

    /// <summary>Taken at once after a quiet time.</summary>
    public const int AtOnce = 400;

    private readonly ConcurrentDictionary<string, Measure> measures = new(StringComparer.Ordinal);

    /// <summary>Told of a flood this often at the most.</summary>
    private static readonly TimeSpan toldEvery = TimeSpan.FromSeconds(10);

    /// <summary>Whether one more call of this address is taken now.</summary>
    /// <param name="address">The provider and its hook; there are as many as plugins declare.</param>
    /// <param name="tell">Called for a flood, once in a while.</param>
    public bool Takes(string address, Action tell) => measures.GetOrAdd(address, _ => new Measure(time.GetTimestamp())).Takes(time, tell);

    private sealed class Measure(long since)
    {
        private readonly Lock gate = new();
        private long since = since;
        private double left = AtOnce;
        private long? told;

        public bool Takes(TimeProvider time, Action tell)
        {
            lock (gate)
            {
                var now = time.GetTimestamp();
                left = Math.Min(AtOnce, left + (time.GetElapsedTime(since, now).TotalSeconds * PerSecond));
                since = now;
                if (left >= 1)
                {
                    left--;
                    return true;
                }

                if (told is null || time.GetElapsedTime(told.Value, now) >= toldEvery)
                {
                    told = now;
                    tell();
                }

                return false;
            }
        }
    }
}
