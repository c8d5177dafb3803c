using System.Collections.Immutable;
using Engine.Flows;
using Engine.Runs;
using Engine.Sandbox;

namespace Engine.History;

/// <summary>All that is known of one run from outside the engine's code: what it stored, what its clients were told, what the provider got.</summary>
public sealed record RunHistory
{
    /// <summary>The run's id, or what the client called it where it was never told one.</summary>
    public required string Name { get; init; }

    /// <summary>The version that the run pinned.</summary>
    public required CompiledFlow Flow { get; init; }

    /// <summary>The row as the store has it in the end; null where the store has none.</summary>
    public required StoredRun? Row { get; init; }

    /// <summary>As the store gives it, from the first.</summary>
    public required ImmutableArray<JournalEntry> Journal { get; init; }

    /// <summary>What clients sent, in the order in which they sent it. Each attempt at the same input is one of its own.</summary>
    public ImmutableArray<ClientInput> Inputs { get; init; } = [];

    /// <summary>What reached the provider, in order; null where nobody wrote it down.</summary>
    public ImmutableArray<ProviderCall>? Calls { get; init; }

    /// <summary>The connections that are there because of this run; null where it cannot be told.</summary>
    public ImmutableArray<ConnectionId>? Connections { get; init; }

    /// <summary>
    /// How much later the journal may say that the engine heard of something than it was acknowledged: clocks of several machines, or none
    /// in virtual time. Default: none.
    /// </summary>
    public TimeSpan ClockError { get; init; }

    /// <summary>The calls that a sandbox wrote down for a run's world, those of the simulated person left out.</summary>
    public static ImmutableArray<ProviderCall> CallsOf(IEnumerable<RecordedCall> calls, CompiledFlow flow)
    {
        ArgumentNullException.ThrowIfNull(calls);
        ArgumentNullException.ThrowIfNull(flow);
        var known = flow.Calls.Select(site => site.Operation).ToHashSet(StringComparer.Ordinal);
        return [.. calls.Where(call => known.Contains(call.Operation)).Select(call => new ProviderCall(call.Operation, null, call.At))];
    }
}

/// <summary>A call that reached the provider.</summary>
/// <param name="Operation">Without the provider's name.</param>
/// <param name="Effect">The engine's name for it; null where only the provider wrote it down, who is not told.</param>
public sealed record ProviderCall(string Operation, string? Effect, DateTimeOffset At);

/// <summary>One attempt of a client to tell the engine something.</summary>
/// <param name="At">When the answer came, or was given up.</param>
/// <param name="IsAcknowledged">Whether the client was told that it is taken; otherwise it does not know.</param>
public abstract record ClientInput(DateTimeOffset At, bool IsAcknowledged)
{
    /// <summary>Begins a run.</summary>
    /// <param name="Run">What the answer named; empty where none came.</param>
    public sealed record Start(DateTimeOffset At, bool IsAcknowledged, string Key, string Run) : ClientInput(At, IsAcknowledged);

    /// <summary>Answers a prompt.</summary>
    public sealed record Reply(DateTimeOffset At, bool IsAcknowledged, string Prompt, string Transaction) : ClientInput(At, IsAcknowledged);

    /// <summary>Comes back from a provider's page.</summary>
    public sealed record Return(DateTimeOffset At, bool IsAcknowledged, string Prompt, string Visit) : ClientInput(At, IsAcknowledged);

    /// <summary>The provider calls a hook.</summary>
    public sealed record Signal(DateTimeOffset At, bool IsAcknowledged, string Hook, string Key) : ClientInput(At, IsAcknowledged);

    /// <summary>Asks for the run's end.</summary>
    public sealed record Cancel(DateTimeOffset At, bool IsAcknowledged) : ClientInput(At, IsAcknowledged);
}
