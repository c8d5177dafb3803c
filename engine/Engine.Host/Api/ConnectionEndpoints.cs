using System.Collections.Immutable;
using System.ComponentModel;
using System.Text.Json;
using Engine.Runs;
using Engine.Sdk;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Engine.Host;

/// <summary>Shows the stored connections. Credentials are given to no one.</summary>
internal static class ConnectionEndpoints
{
    public static void MapConnections(this IEndpointRouteBuilder routes)
    {
        var connections = routes.MapGroup("/connections").WithTags("Connections");
        connections.MapGet("", ListAsync).WithName("ListConnections").WithSummary("Lists connections, newest first").Refuses(403);
        connections.MapGet("/{id}", ShowAsync).WithName("GetConnection").WithSummary("Shows a connection").Refuses(403, 404);
    }

    private static async Task<Results<Ok<ConnectionList>, ProblemHttpResult>> ListAsync(
        string? subject, HttpContext context, EmbeddedEngine engine, CancellationToken cancellation)
    {
        if (!context.GetCaller().CanStart) return Problems.Forbidden();
        var found = await engine.Store.ListConnectionsAsync(subject, cancellation);
        return TypedResults.Ok(new ConnectionList([.. found.Select(connection => ViewOf(connection, engine))]));
    }

    private static async Task<Results<Ok<ConnectionView>, ProblemHttpResult>> ShowAsync(
        string id, HttpContext context, EmbeddedEngine engine, CancellationToken cancellation)
    {
        if (!context.GetCaller().CanStart) return Problems.Forbidden();
        return await engine.Store.FindConnectionAsync(new ConnectionId(id), cancellation) is { } connection
            ? TypedResults.Ok(ViewOf(connection, engine))
            : Problems.UnknownConnection(id);
    }

    private static ConnectionView ViewOf(Connection connection, EmbeddedEngine engine) => new(
        connection.Id, connection.Flow,
        engine.Flows.FindCurrent(connection.Flow)?.Flow.Title.ByLanguage ?? ImmutableDictionary<string, string>.Empty,
        connection.Provider, connection.Subject, connection.IdentityKey, connection.IdentityLabel, connection.Params,
        connection.Health, connection.Cause, connection.CreatedAt, connection.UpdatedAt, connection.Revision);
}

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
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    int Revision);
