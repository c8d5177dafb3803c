using System.Collections.Immutable;
using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Engine.Host;

/// <summary>Shows which engines work over the store.</summary>
internal static class NodeEndpoints
{
    public static void MapNodes(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/nodes", ListAsync).WithTags("Nodes").WithName("ListNodes").WithSummary("Lists the engine processes over this database")
            .WithDescription("A node says every 5 s that it lives. One that has not been heard of for 20 s is taken for dead; it is forgotten after an hour.")
            .Refuses(403);

    private static async Task<Results<Ok<NodeList>, ProblemHttpResult>> ListAsync(
        HttpContext context, EmbeddedEngine engine, TimeProvider time, CancellationToken cancellation)
    {
        if (context.GetCaller() is not Caller.Integrator) return Problems.Forbidden();
        await engine.Heartbeat.BeatAsync(cancellation);
        var nodes = await engine.Signals.ListNodesAsync(cancellation);
        var now = time.GetUtcNow();
        return TypedResults.Ok(new NodeList([.. nodes.Select(node => new NodeView(
            node.Name, node.Version, node.Address, node.Host, node.Snapshot, node.Problems, node.StartedAt, node.SeenAt,
            now - node.SeenAt < Heartbeat.Missing, node.Name == engine.Node))]));
    }
}

internal sealed record NodeList(ImmutableArray<NodeView> Nodes);

internal sealed record NodeView(
    string Name,
    [property: Description("Of the engine.")] string Version,
    [property: Description("Where it is reached; null while it does not listen.")] string? Address,
    [property: Description("Who runs its pump: engine or hangfire.")] string Host,
    [property: Description("The number of the publication it serves; null where it serves its own folders.")] long? Publication,
    [property: Description("What it cannot do, such as plugin builds that it cannot load: those runs are left to other nodes.")]
    ImmutableArray<string> Problems,
    [property: Description("By the database's clock.")] DateTimeOffset StartedAt,
    [property: Description("By the database's clock.")] DateTimeOffset SeenAt,
    [property: Description("Whether it was heard of within the last 20 s.")] bool IsAlive,
    [property: Description("Whether it is the node that answers.")] bool IsThis);
