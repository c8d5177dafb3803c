using Engine.Flows;
using Engine.Runs;

namespace Engine.Host;

/// <summary>A wish for a new run, as it comes from the API or the command line.</summary>
/// <param name="Connection">The connection to re-authorize; null to connect a new one.</param>
/// <param name="Scenario">Sandbox only: the course of events to play; null: the flow's first.</param>
/// <param name="Key">The caller's promise that the same request is sent again; null for none.</param>
public sealed record RunWish(
    string Flow,
    IReadOnlyDictionary<string, string> Input,
    Purpose Purpose,
    ConnectionId? Connection,
    string Subject,
    string? Scenario,
    IdempotencyKey? Key);

/// <summary>What became of a wish.</summary>
public abstract record WishOutcome
{
    private WishOutcome() { }

    /// <summary>The run exists. <paramref name="IsRepeated"/>: the same key made it before.</summary>
    public sealed record Started(RunId Run, bool IsRepeated) : WishOutcome;

    /// <summary>The flow, its inputs or the connection do not fit.</summary>
    public sealed record Refused(StartOutcome Outcome) : WishOutcome;

    /// <summary>The sandbox cannot play this; <paramref name="Known"/> is what it can, for this flow.</summary>
    public sealed record NoSuchScenario(string Scenario, IReadOnlyList<string> Known) : WishOutcome;

    /// <summary>The connection is at the real provider, and the engine plays the sandbox; or the other way round.</summary>
    public sealed record ConnectionOutOfReach(Connection Connection) : WishOutcome;

    /// <summary>A scenario was named, and the engine calls the real providers.</summary>
    public sealed record ScenarioNotOffered : WishOutcome;
}
