using System.Collections.Immutable;

namespace Engine.Runs;

/// <summary>Which runs an operator wants to see.</summary>
public sealed record RunQuery
{
    /// <summary>The only flows; empty for all.</summary>
    public ImmutableArray<string> Flows { get; init; } = [];

    /// <summary>Null for any.</summary>
    public RunStatus? Status { get; init; }

    /// <summary>A run's id or its last eight characters, a connection's id, or a subject; null for any.</summary>
    public string? Text { get; init; }

    public bool IsOpenOnly { get; init; }

    /// <summary>Only runs that should have been looked at before this moment and were not: late, or their holder has gone. Null for all.</summary>
    public DateTimeOffset? LateSince { get; init; }

    /// <summary>True: only runs of the sandbox; false: only of real providers; null: both.</summary>
    public bool? IsSandbox { get; init; }

    /// <summary>Only runs before this place of the list; null begins with the newest.</summary>
    public RunPlace? Before { get; init; }

    /// <summary>1 to 200. Default: 50.</summary>
    public int Limit { get; init; } = 50;
}

/// <summary>A place in the list of runs, newest first: a page begins after it, whatever was added meanwhile.</summary>
public sealed record RunPlace(DateTimeOffset CreatedAt, long Number);

/// <summary>A run, and how the engine stands to it.</summary>
/// <param name="Run">Without prompt and state.</param>
/// <param name="Holder">The node that works on it now; null for none.</param>
/// <param name="LeaseUntil">When another node may take it; null unless held.</param>
/// <param name="Unseen">Inbox items that it was not told yet.</param>
public sealed record RunStanding(StoredRun Run, RunPlace Place, string? Holder, long Fence, DateTimeOffset? LeaseUntil, long Unseen)
{
    /// <summary>When somebody should look at it; null once it has ended.</summary>
    public DateTimeOffset? WakeAt => LeaseUntil ?? Run.Due ?? (Run.Status.IsFinal() ? null : Run.RetryAt);
}

/// <summary>How many runs there are.</summary>
/// <param name="ByStatus">A status that no run has is left out.</param>
/// <param name="Late">Open runs that should have been looked at before the moment that was asked for.</param>
public sealed record RunCounts(ImmutableDictionary<RunStatus, long> ByStatus, long Late);

/// <summary>How many open runs pin a version.</summary>
public sealed record PinnedCount(string Flow, string Version, long OpenRuns);

/// <summary>What an operator does to a run.</summary>
public enum RunAction
{
    /// <summary>Makes it due now: whoever has time looks at its inbox, its limits and what is due. What it waits for stays.</summary>
    Wake,

    /// <summary>Ends the pause before the current step's next call. See <see cref="InboxContent.Hurried"/>.</summary>
    AskAgain,

    /// <summary>Asks for its cancellation; what was begun at the provider is undone.</summary>
    Cancel,
}

/// <summary>One thing that an operator did.</summary>
/// <param name="Who">The name of the API key.</param>
/// <param name="Object">The run, connection, provider or key it was done to.</param>
public sealed record OperatorEntry(DateTimeOffset At, string Who, string Action, string Object, string Detail);

/// <summary>A connection, and when it is looked after.</summary>
/// <param name="LookedAt">The last look; null before the first.</param>
/// <param name="Suspicion">What was told against it and is not believed yet; null for nothing.</param>
public sealed record ConnectionStanding(
    Connection Connection, long Number, DateTimeOffset? LookedAt, DateTimeOffset? Due, DateTimeOffset? ProbeDue, Suspicion? Suspicion);

/// <summary>How a provider fares, by an operator's word. One that fares well has none.</summary>
public enum ProviderTrouble
{
    /// <summary>Persons are warned; everything goes on.</summary>
    Degraded,

    /// <summary>No run is begun, and open ones make no calls until it is over.</summary>
    Down,
}

/// <summary>What an operator says about a provider.</summary>
/// <param name="Text">What persons read, by language; where a language is missing, the engine's own words stand.</param>
/// <param name="Since">When this trouble began: a changed text does not move it.</param>
/// <param name="Who">The name of the API key.</param>
public sealed record Incident(
    string Provider, ProviderTrouble Trouble, ImmutableDictionary<string, string> Text, DateTimeOffset Since, string Who)
{
    /// <summary>The text of every language that pages have.</summary>
    public ImmutableDictionary<string, string> FullText => EngineTexts.TextOf(Trouble).SetItems(Text);
}
