using System.Text.Json;
using Engine.Sdk;

namespace Engine.Runs;

/// <summary>An address where a provider calls one hook of one run.</summary>
/// <param name="Token">The hash of what stands in the address; the address itself is in the run's sealed state only.</param>
/// <param name="Name">The flow's name for the hook.</param>
/// <param name="Hook">The provider's.</param>
public sealed record HookAddress(TokenHash Token, string Name, string Provider, string Hook);

/// <summary>A provider's call of a run's hook, read and found genuine.</summary>
/// <param name="Hook">The flow's name for it.</param>
/// <param name="Key">By which a repeat is known within the run's hook.</param>
/// <param name="Payload">The hook's record. May hold secrets.</param>
public sealed record Signal(string Hook, string Key, JsonElement Payload)
{
    public override string ToString() => Hook;
}

/// <summary>What a person came back with from a provider's page.</summary>
/// <param name="Visit">The hash of the visit's <c>state</c>.</param>
/// <param name="Prompt">The prompt that sent the person there.</param>
/// <param name="Value">The redirect's record; null where it failed. May hold secrets.</param>
/// <param name="Failure">Why there is none; null where there is one.</param>
public sealed record Return(TokenHash Visit, PromptId Prompt, JsonElement? Value, Failure? Failure)
{
    public override string ToString() => $"{Prompt}: {Failure?.Code ?? "returned"}";
}

/// <summary>Where a hook's address leads.</summary>
/// <param name="Name">The flow's name for the hook.</param>
/// <param name="Hook">The provider's.</param>
/// <param name="Connection">The connection whose address it is since the run stored it; null before.</param>
/// <param name="IsOpen">Whether the run goes on.</param>
public sealed record HookTarget(
    RunId Run, string Name, string Provider, string Hook, ConnectionId? Connection, string Flow, string FlowVersion, string? World, bool IsOpen);

/// <summary>One visit of a person to a provider's page.</summary>
/// <param name="World">The sandbox world; null: the real provider.</param>
/// <param name="Browser">The hash of the cookie that the browser got when it left.</param>
/// <param name="IsPopup">Whether it left in a window of its own.</param>
/// <param name="Verifier">The PKCE verifier; null where there is none, or it was used.</param>
public sealed record Visit(
    RunId Run, PromptId Prompt, string Provider, string? World, TokenHash Browser, bool IsPopup, Secret? Verifier, DateTimeOffset ExpiresAt)
{
    /// <summary>Whether somebody came back from it.</summary>
    public bool IsUsed { get; init; }
}

/// <summary>A provider's call that belongs to no run.</summary>
/// <param name="Id">A hash of where it came and of the key by which repeats are known.</param>
/// <param name="Payload">The hook's record. May hold secrets.</param>
public sealed record Delivery(string Id, string Provider, string? World, string Hook, JsonElement Payload)
{
    public override string ToString() => $"{Provider}.{Hook}";
}
