using Engine.Host;
using Engine.Runs;
using Hangfire;

namespace Engine.Hangfire;

/// <summary>
/// The jobs that do what rows ask for. Each carries its row's id and nothing else; the names of type and methods are stored in Hangfire's tables. A
/// try in vain ends with <see cref="WorkInVainException"/>, so that it is seen among the retries, and in the end among the failed jobs.
/// </summary>
public sealed class WorkJobs(EmbeddedEngine engine)
{
    /// <summary>Begins the flows that a provider's call begins.</summary>
    [JobDisplayName("begin flows for call {0}"), AutomaticRetry(Attempts = 10)]
    public Task DeliverAsync(string delivery, CancellationToken cancellation) => DoAsync(WorkKind.Delivery, delivery, cancellation);

    /// <summary>Revokes at the provider what a deleted connection could still do. The pauses are those of its row: three days in all.</summary>
    [JobDisplayName("revoke {0}"), AutomaticRetry(Attempts = 20, DelaysInSeconds = [60, 120, 240, 480, 960, 1920, 3840, 7680, 15360, 21600])]
    public Task RevokeAsync(string connection, CancellationToken cancellation) => DoAsync(WorkKind.Revocation, connection, cancellation);

    /// <summary>Probes a connection and keeps its credentials alive.</summary>
    [JobDisplayName("look after {0}"), AutomaticRetry(Attempts = 10)]
    public Task CareAsync(string connection, CancellationToken cancellation) => DoAsync(WorkKind.Care, connection, cancellation);

    /// <summary>Has a run tried again that could not be advanced. The pauses are those of its row; after them, and after its limit at the latest, it is ended.</summary>
    [JobDisplayName("advance {0}"), AutomaticRetry(Attempts = 4, DelaysInSeconds = [60, 120, 240, 480])]
    public Task RetryAsync(string run, CancellationToken cancellation) => DoAsync(WorkKind.Retry, run, cancellation);

    private async Task DoAsync(WorkKind kind, string id, CancellationToken cancellation)
    {
        var outcome = await engine.Work.DoAsync(new WorkRow(kind, id, default), cancellation);
        if (outcome is WorkOutcome.Again again) throw new WorkInVainException(again.Why);
    }
}

/// <summary>What a row asked for was tried in vain, and its row waits for the next try.</summary>
public sealed class WorkInVainException(string message) : Exception(message);
