using System.Text.Json;
using Engine.Sdk;

namespace Engine.Runs;

/// <summary>The lasting result of a run: whose account, what is needed to use it, and how it fares.</summary>
/// <param name="Flow">The flow that made it; only that flow may re-authorize it.</param>
/// <param name="IdentityKey">The account at the provider; null where the provider does not tell.</param>
/// <param name="IdentityLabel">What people know the account by; null for none.</param>
/// <param name="Params">What is needed to call the provider and is no secret, as the flow's <c>connect.params</c>.</param>
/// <param name="Credentials">
/// New credentials that a save swaps in for the stored ones. Null: those that are stored, if any, stay. Never given when a connection is read.
/// </param>
/// <param name="Cause">Why the health is what it is; null while active.</param>
/// <param name="Revision">Starts at 1, +1 at each change.</param>
public sealed record Connection(
    ConnectionId Id,
    string Flow,
    string Provider,
    string Subject,
    string? IdentityKey,
    string? IdentityLabel,
    JsonElement Params,
    JsonElement? Credentials,
    ConnectionHealth Health,
    string? Cause,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    int Revision)
{
    /// <summary>The sandbox world it lives in; null: the real provider.</summary>
    public string? World { get; init; }

    /// <summary>The stored credentials, which other connections may share; null for none. Set by the store.</summary>
    public CredentialId? Credential { get; init; }

    /// <summary>Since when the health is what it is. Set by the store.</summary>
    public DateTimeOffset? HealthSince { get; init; }

    /// <summary>Names the connection, never its credentials.</summary>
    public override string ToString() => $"{Id} of '{Flow}', {Health}";
}
