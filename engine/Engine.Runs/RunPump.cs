namespace Engine.Runs;

/// <summary>The pump's settings.</summary>
public sealed record RunPumpOptions
{
    /// <summary>Who claims. Default: <c>engine</c>.</summary>
    public string Node { get; init; } = "engine";

    /// <summary>Runs worked on at the same time. Default: 512.</summary>
    public int MaxRuns { get; init; } = 512;

    /// <summary>How long a claimed run is held unless renewed. Default: 6 s.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>How often leases are renewed. Default: 2 s.</summary>
    public TimeSpan RenewEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long it sleeps at the most when nothing is due and nobody calls. Default: 1 s.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>Told by the pump about runs that could not be advanced. Called from any thread.</summary>
/// <param name="Step">The step it stood at.</param>
/// <param name="Crashes">How often in a row, this time included.</param>
/// <param name="IsParked">Whether the run was ended as failed for it.</param>
public sealed record RunCrash(RunId Run, string Step, int Crashes, bool IsParked, Exception Cause);

/// <summary>
/// The one loop that advances runs: claims those that are due, tells them what happened, stores what follows, performs the effects.
/// Any host may run it; several may run over one store.
/// </summary>
/// <param name="report">Gets each crash of a run, once.</param>
public sealed class RunPump(
    IRunStore store, IFlowVersions flows, IOperationCaller caller, RunChanges changes, TimeProvider time, RunPumpOptions options,
    Action<RunCrash> report)
{
    /// <summary>Pumps until cancelled; then lets go of what it holds and returns.</summary>
    public Task RunAsync(CancellationToken cancellation)
    {
        _ = (store, flows, caller, changes, time, options, report);
        throw new NotSupportedException();
    }
}
