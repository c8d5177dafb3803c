using System.Collections.Immutable;
using System.ComponentModel;
using System.Text.Json;
using Engine.Runs;
using Engine.Sdk;

namespace Engine.Host;

internal sealed record ConnectionList(ImmutableArray<ConnectionView> Connections);

internal sealed record ConnectionView(
    [property: Description("Ours, not the provider's: name it to re-authorize.")] ConnectionId Id,
    [property: Description("The flow that made it; only that flow may renew it.")] string Flow,
    [property: Description("The flow's title, by language.")] IReadOnlyDictionary<string, string> Title,
    string Provider,
    string Subject,
    [property: Description("The account at the provider; null where the provider does not tell.")] string? Identity,
    [property: Description("What people know the account by; null for none.")] string? Account,
    [property: Description("What is needed to call the provider and is no secret.")] JsonElement Params,
    ConnectionHealth Health,
    [property: Description("Why the health is what it is; null while active.")] string? Cause,
    [property: Description("The cause in words, by language; null where there is none.")] IReadOnlyDictionary<string, string>? CauseText,
    [property: Description("Who must do what so that it works again; null where nothing is needed.")] HealthAction? Action,
    [property: Description("Why this engine calls nothing for it and does not look after it, by language; null where it does.")]
    IReadOnlyDictionary<string, string>? OutOfReach,
    [property: Description("Since when the health is what it is.")] DateTimeOffset? HealthSince,
    [property: Description("Whether credentials are stored for it. They are given to no one.")] bool HasCredentials,
    [property: Description("The operations that can be called for it.")] ImmutableArray<string> Operations,
    [property: Description("What deleting it means at the provider, by language; null where there is nothing to say.")]
    IReadOnlyDictionary<string, string>? Deletion,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    int Revision)
{
    public static ConnectionView Of(Connection connection, EmbeddedEngine engine)
    {
        var provider = engine.Plugins.Catalog.FindProvider(connection.Provider);
        return new ConnectionView(
            connection.Id, connection.Flow,
            engine.Flows.FindCurrent(connection.Flow)?.Flow.Title.ByLanguage ?? ImmutableDictionary<string, string>.Empty,
            connection.Provider, connection.Subject, connection.IdentityKey, connection.IdentityLabel, connection.Params,
            connection.Health, connection.Cause, connection.Cause is { } cause ? HealthAction.CauseText(cause, provider) : null,
            HealthAction.Of(connection.Health, connection.Cause), OutOfReachText(connection, engine.Sandbox), connection.HealthSince, connection.Credential is not null,
            [.. provider?.Operations.Where(one => one.Role is OperationRole.None or OperationRole.Probe).Select(one => one.Name) ?? []],
            provider?.Deletion is { IsEmpty: false } deletion ? deletion : null,
            connection.CreatedAt, connection.UpdatedAt, connection.Revision);
    }

    private static ImmutableDictionary<string, string>? OutOfReachText(Connection connection, SandboxLink? sandbox) =>
        SandboxLink.Reaches(sandbox, connection.World) ? null
        : connection.World is null ? Texts(
            "It is at the real provider, and this engine plays the sandbox: nothing is called for it here.",
            "Это подключение у настоящего сервиса, а здесь работает песочница: отсюда к нему нет обращений.")
        : Texts(
            "It lives in the sandbox, and this engine calls the real providers: nothing is called for it here.",
            "Это подключение живёт в песочнице, а здесь работают настоящие сервисы: отсюда к нему нет обращений.");

    private static ImmutableDictionary<string, string> Texts(string en, string ru) =>
        ImmutableDictionary<string, string>.Empty.Add("en", en).Add("ru", ru);
}

/// <summary>Whose an unclaimed connection is to be.</summary>
internal sealed record ClaimConnectionRequest(
    [property: Description("Your own word for the user, at most 200 characters.")] string Subject);

/// <summary>What an operation answered.</summary>
internal sealed record OperationView(
    [property: Description("The operation's answer; its secrets are left out.")] JsonElement Result,
    [property: Description("Whether the same request was answered before, and nothing was called now.")] bool Repeated);

/// <summary>What became of a deleted connection.</summary>
internal sealed record DeletedView(
    ConnectionId Id,
    [property: Description("What became of it at the provider.")] AtProvider AtProvider,
    [property: Description("What a person must know and do at the provider, by language; null where there is nothing to say.")]
    IReadOnlyDictionary<string, string>? Deletion);

/// <summary>What became of a deleted connection at its provider.</summary>
internal enum AtProvider
{
    /// <summary>Its access has ended there.</summary>
    Revoked,

    /// <summary>Ending its access there did not succeed yet, and is tried again for three days.</summary>
    Revoking,

    /// <summary>It stays there: the engine has no way to end it.</summary>
    Stays,
}
