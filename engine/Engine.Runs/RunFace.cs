namespace Engine.Runs;

/// <summary>What a list of runs shows of one: nothing that a person typed, and no secret.</summary>
/// <param name="ExitCode">Null until it has ended.</param>
/// <param name="LastKind">The kind of the last journal entry, such as <c>call_failed</c>.</param>
public sealed record RunFace(
    RunId Id, string Flow, RunStatus Status, string Step, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? Due,
    string? ExitCode, string LastKind)
{
    /// <summary>See <see cref="StoredRun.Crashes"/>.</summary>
    public int Crashes { get; init; }

    /// <summary>See <see cref="StoredRun.RetryAt"/>.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>Whether it could not be advanced, and is tried again as outgoing work, or is being tried.</summary>
    public bool IsSetBack => Crashes >= Engine.Runs.Crashes.Quick && !Status.IsFinal();

    /// <summary>Whether it waits to make a call again that failed, or that the provider asked to make later, or to be tried again itself.</summary>
    public bool IsRetrying => IsSetBack || (Status == RunStatus.WaitingProvider && LastKind is "call_failed" or "undo_failed");
}

/// <summary>Which runs' faces to list.</summary>
/// <param name="Text">A part of the run's id; null for any.</param>
/// <param name="Skip">Runs passed over, the newest first.</param>
/// <param name="Limit">1 to 500.</param>
public sealed record FaceFilter(string? Flow, RunStatus? Status, string? Text, int Skip, int Limit);
