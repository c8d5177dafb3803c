using Engine.Host;
using Engine.Runs;
using Hangfire;

namespace Engine.Hangfire;

/// <summary>
/// The parked job that stands for a run in the dashboard. It is in no queue, and its states are the run's; the type's and the method's names are
/// stored in Hangfire's tables.
/// </summary>
public sealed class RunFaceJob(EmbeddedEngine engine)
{
    /// <summary>Wakes the run, should the job ever be worked on.</summary>
    [JobDisplayName("run {0}")]
    public Task WakeAsync(string run, string flow, CancellationToken cancellation) => engine.WakeRunAsync(new RunId(run), cancellation);
}
