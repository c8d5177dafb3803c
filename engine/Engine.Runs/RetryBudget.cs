namespace Engine.Runs;

/// <summary>
/// How many calls may be made again after a failure, for each provider: a tenth of the first tries, and a few more so that seldom used providers have
/// some at all. A provider that fails for everybody is not made to bear several times the load besides. Thread-safe; each process has its own.
/// </summary>
public sealed class RetryBudget(TimeProvider time)
{
    private const double Share = 0.1;
    private const double Reserve = 10;
    private const double Most = 100;
    private static readonly TimeSpan OneMoreEvery = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Account> accounts = new(StringComparer.Ordinal);

    /// <summary>Whether the call may be made; a first try always may.</summary>
    public bool Take(string provider, bool isRetry)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            var known = accounts.GetValueOrDefault(provider) ?? new Account(Reserve, now);

            // What time alone brings fills the reserve and no more.
            var grown = known.Left < Reserve ? Math.Min(Reserve, known.Left + ((now - known.At) / OneMoreEvery)) : known.Left;
            var isMade = !isRetry || grown >= 1;
            var left = isRetry ? (isMade ? grown - 1 : grown) : Math.Min(Most, grown + Share);
            accounts[provider] = new Account(left, now);
            return isMade;
        }
    }

    private sealed record Account(double Left, DateTimeOffset At);
}
