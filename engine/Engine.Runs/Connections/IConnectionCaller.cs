using System.Text.Json;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Runs;

/// <summary>Calls operations for stored connections: the newest build of the provider's plugin, with what the connection knows.</summary>
public interface IConnectionCaller
{
    /// <summary>The provider as its newest build declares it; null where there is none.</summary>
    Provider? FindProvider(string name);

    /// <summary>
    /// Whether anything may be called for what lives there. A sandbox calls nothing for real, and an engine of the real providers has no sandbox:
    /// what is out of reach is left as it is, for the engine that it belongs to.
    /// </summary>
    /// <param name="world">The sandbox world; null: the real provider.</param>
    bool Reaches(string? world);

    /// <summary>Makes one call. Every outcome is a value; only <paramref name="cancellation"/> throws.</summary>
    Task<ConnectionAnswer> CallAsync(ConnectionCall call, CancellationToken cancellation);
}

/// <summary>One call for a connection.</summary>
/// <param name="Credentials">The record, secrets bare; null for none.</param>
/// <param name="Given">What the caller of the API gave for the rest of the input; null for nothing.</param>
/// <param name="Limit">How long the call may take.</param>
public sealed record ConnectionCall(
    Connection Connection, Operation Operation, JsonElement? Credentials, JsonElement? Given, TimeSpan Limit)
{
    /// <summary>Names the call, never what it sends.</summary>
    public override string ToString() => $"{Connection.Id}: {Connection.Provider}.{Operation.Name}";
}

/// <summary>What a call for a connection came to.</summary>
public abstract record ConnectionAnswer
{
    private ConnectionAnswer() { }

    /// <summary>The provider answered.</summary>
    /// <param name="Whole">With its secrets bare, for the engine alone.</param>
    /// <param name="Open">Without any secret, for callers.</param>
    public sealed record Answered(JsonElement Whole, JsonElement Open) : ConnectionAnswer
    {
        public override string ToString() => "answered";
    }

    public sealed record Failed(Failure Failure) : ConnectionAnswer;

    /// <summary>The input cannot be made of what there is; nothing was called.</summary>
    /// <param name="Sentence">What is wrong and what would be right; never a value.</param>
    public sealed record InputRefused(string Sentence) : ConnectionAnswer;
}
