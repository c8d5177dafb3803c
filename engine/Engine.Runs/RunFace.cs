namespace Engine.Runs;

/// <summary>What a list of runs shows of one: nothing that a person typed, and no secret.</summary>
/// <param name="ExitCode">Null until it has ended.</param>
/// <param name="LastKind">The kind of the last journal entry, such as <c>call_failed</c>.</param>
public sealed record RunFace(
    RunId Id, string Flow, RunStatus Status, string Step, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? Due,
    string? ExitCode, string LastKind)
{
    /// <summary>When it is tried again, since it could not be advanced; null where nothing is wrong with it. See <see cref="StoredRun.RetryAt"/>.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>Whether it waits to be tried again, or to make a call again that failed, or that the provider asked to make later.</summary>
    public bool IsRetrying => RetryAt is not null || (Status == RunStatus.WaitingProvider && LastKind is "call_failed" or "undo_failed");
}

/// <summary>Which runs' faces to list.</summary>
/// <param name="Text">A part of the run's id; null for any.</param>
/// <param name="Skip">Runs passed over, the newest first.</param>
/// <param name="Limit">1 to 500.</param>
public sealed record FaceFilter(string? Flow, RunStatus? Status, string? Text, int Skip, int Limit);
