using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Engine.Runs;
using Engine.Sdk;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Engine.Host;

/// <summary>Shows and uses the stored connections. Credentials are given to no one.</summary>
internal static class ConnectionEndpoints
{
    private const int SubjectLimit = 200;
    private const int IdempotencyKeyLimit = 255;

    public static void MapConnections(this IEndpointRouteBuilder routes)
    {
        var connections = routes.MapGroup("/connections").WithTags("Connections");
        connections.MapGet("", ListAsync).WithName("ListConnections").WithSummary("Lists connections, newest first").Refuses(403);
        connections.MapGet("/{id}", ShowAsync).WithName("GetConnection").WithSummary("Shows a connection, its health and what it needs")
            .Refuses(403, 404);
        connections.MapPost("/{id}/probe", ProbeAsync).WithName("ProbeConnection").WithSummary("Looks now whether a connection still works")
            .WithDescription("What a probe is told against a connection is believed the second time, so that it may ask the provider twice.")
            .Refuses(403, 404, 409);
        connections.MapPost("/{id}/claim", ClaimAsync).WithName("ClaimConnection").WithSummary("Says whose an unclaimed connection is")
            .WithDescription("Needs an API key. Harmless when the same subject has claimed it.").Refuses(403, 404, 409, 413);
        connections.MapPost("/{id}/operations/{name}", CallAsync).WithName("CallOperation")
            .WithSummary("Calls an operation of the connection's provider with the stored credentials")
            .WithDescription(
                "The body is the operation's input, without what the connection knows: that is filled in, and secrets can be neither given nor read. "
                + "Credentials are refreshed first where that is due. An operation that must happen once needs an `Idempotency-Key`: the same request "
                + "again gets the first answer.")
            .Produces<OperationView>().Refuses(403, 404, 409, 413, 422, 502);
        connections.MapDelete("/{id}", DeleteAsync).WithName("DeleteConnection").WithSummary("Deletes a connection and wipes its credentials")
            .WithDescription(
                "Revokes the access at the provider where it has a way to do so; where it has none, the answer says who must do what there.")
            .Refuses(403, 404, 409);
    }

    private static async Task<Results<Ok<ConnectionList>, ProblemHttpResult>> ListAsync(
        string? subject, HttpContext context, EmbeddedEngine engine, CancellationToken cancellation)
    {
        if (!context.GetCaller().CanStart) return Problems.Forbidden();
        var found = await engine.Store.ListConnectionsAsync(subject, cancellation);
        return TypedResults.Ok(new ConnectionList([.. found.Select(connection => ConnectionView.Of(connection, engine))]));
    }

    private static async Task<Results<Ok<ConnectionView>, ProblemHttpResult>> ShowAsync(
        string id, HttpContext context, EmbeddedEngine engine, CancellationToken cancellation)
    {
        if (!context.GetCaller().CanStart) return Problems.Forbidden();
        return await engine.Store.FindConnectionAsync(new ConnectionId(id), cancellation) is { } connection
            ? TypedResults.Ok(ConnectionView.Of(connection, engine))
            : Problems.UnknownConnection(id);
    }

    private static async Task<Results<Ok<ConnectionView>, ProblemHttpResult>> ProbeAsync(
        string id, HttpContext context, EmbeddedEngine engine, CancellationToken cancellation)
    {
        if (!context.GetCaller().CanStart) return Problems.Forbidden();
        if (await engine.Store.FindConnectionAsync(new ConnectionId(id), cancellation) is { } known && !SandboxLink.Reaches(engine.Sandbox, known.World))
        {
            return Problems.OutOfReach(known);
        }

        await engine.Care.LookNowAsync(new ConnectionId(id), cancellation);
        return await ShowAsync(id, context, engine, cancellation);
    }

    private static async Task<Results<Ok<ConnectionView>, ProblemHttpResult>> ClaimAsync(
        string id, ClaimConnectionRequest request, HttpContext context, EmbeddedEngine engine, CancellationToken cancellation)
    {
        if (context.GetCaller() is not Caller.Integrator) return Problems.Forbidden();
        if (request.Subject.Length > SubjectLimit) return Problems.TooLong("'subject'", SubjectLimit, "characters");
        return await engine.Connections.ClaimConnectionAsync(new ConnectionId(id), request.Subject, cancellation) switch
        {
            ClaimOutcome.Claimed => await ShowAsync(id, context, engine, cancellation),
            ClaimOutcome.NotUnclaimed => Problems.NotUnclaimed(id),
            ClaimOutcome.NoSuchConnection => Problems.UnknownConnection(id),
            _ => throw new UnreachableException(),
        };
    }

    private static async Task<IResult> CallAsync(
        string id, string name, [FromBody] JsonElement input, [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey,
        HttpContext context, EmbeddedEngine engine, CancellationToken cancellation)
    {
        if (context.GetCaller() is not Caller.Integrator) return Problems.Forbidden();
        if (idempotencyKey?.Length > IdempotencyKeyLimit) return Problems.TooLong("'Idempotency-Key'", IdempotencyKeyLimit, "characters");
        var key = idempotencyKey is { Length: > 0 } text ? new IdempotencyKey(text, HashOf(id, name, input)) : null;
        var outcome = await engine.Calls.CallAsync(new ConnectionId(id), name, input, key, cancellation);
        return outcome is ConnectionCallOutcome.Answered answered
            ? TypedResults.Ok(new OperationView(answered.Result, answered.IsRepeated))
            : Problems.OfCall(outcome, id, name);
    }

    private static async Task<Results<Ok<DeletedView>, ProblemHttpResult>> DeleteAsync(
        string id, HttpContext context, EmbeddedEngine engine, CancellationToken cancellation)
    {
        if (context.GetCaller() is not Caller.Integrator) return Problems.Forbidden();
        if (await engine.Store.FindConnectionAsync(new ConnectionId(id), cancellation) is not { } connection) return Problems.UnknownConnection(id);
        var provider = engine.Plugins.Catalog.FindProvider(connection.Provider);
        var isRevoked = provider?.FindRole(OperationRole.Revoke) is not null;
        switch (await engine.Connections.DeleteConnectionAsync(connection.Id, isRevoked, cancellation))
        {
            case DeleteOutcome.NoSuchConnection: return Problems.UnknownConnection(id);
            case DeleteOutcome.RunOpen open: return Problems.ConnectionBusy(open.Run);
            case DeleteOutcome.Deleted:
                var left = await engine.Connections.ClaimRevocationsAsync(connection.Id, 1, TimeSpan.FromMinutes(5), cancellation);
                var isSettled = left.Count == 1 && await engine.Revoker.RevokeAsync(left[0], CancellationToken.None) is null;
                return TypedResults.Ok(new DeletedView(
                    connection.Id,
                    isSettled ? AtProvider.Revoked : left.Count == 1 ? AtProvider.Revoking : AtProvider.Stays,
                    provider?.Deletion is { IsEmpty: false } text ? text : null));
            default: throw new UnreachableException();
        }
    }

    private static string HashOf(string id, string name, JsonElement input) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{id}\n{name}\n{JsonSerializer.Serialize(input)}")));
}
