using System.Collections.Immutable;
using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Engine.Host;

internal sealed record HealthView(
    [property: Description("`ok`, `degraded` (it works, with problems), or `not_ready`.")] string Status,
    [property: Description("This process, as its leases and log lines name it.")] string Node,
    [property: Description("When the pump last asked for due runs with success; null before the first time.")] DateTimeOffset? LastRound,
    [property: Description("Runs that this node works on at this moment.")] int RunsInFlight,
    [property: Description("Flows that new runs may have.")] int FlowsOffered,
    ImmutableArray<HealthProblemView> Problems);

internal sealed record HealthProblemView(
    [property: Description("A stable word.")] string Name,
    [property: Description("The fact and what would be right.")] string Says,
    [property: Description("Whether the node is not ready while it lasts.")] bool IsBlocking);

/// <summary>
/// <c>/health/live</c> and <c>/health/ready</c> for whoever restarts and routes, without a key and without a look at the store's access tables; all that is
/// known, behind a key, at <c>/v1/health</c>.
/// </summary>
internal static class HealthEndpoints
{
    private static readonly string[] reading = ["GET", "HEAD"];

    /// <summary>Whether anybody may ask: nobody's key or cookie is looked up, so that these answer when the store does not.</summary>
    public static bool IsOpenToAll(PathString path) => path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase);

    public static void MapHealth(this WebApplication app, EmbeddedEngine engine)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        engine.Health.Add(() => stopping.IsCancellationRequested ? [new HealthProblem("stopping", "the engine is stopping", IsBlocking: true)] : []);
        app.MapMethods("/health/live", reading, () => TypedResults.Ok(new { status = "alive" })).ExcludeFromDescription();
        app.MapMethods("/health/ready", reading, ReadyAsync).ExcludeFromDescription();
    }

    public static void MapHealthDetails(this IEndpointRouteBuilder v1) =>
        v1.MapGet("/health", DetailsAsync).WithName("GetHealth").WithSummary("Says how this node is")
            .WithDescription("For integrators. `/health/live` and `/health/ready` answer without a key, and say less.").Refuses(403);

    private static async Task<IResult> ReadyAsync(HttpContext context, EmbeddedEngine engine)
    {
        var blocking = (await engine.Health.LookAsync()).Where(problem => problem.IsBlocking).Select(problem => problem.Name).Distinct(StringComparer.Ordinal).ToList();
        if (blocking.Count == 0) return TypedResults.Ok(new { status = "ready" });
        context.Response.Headers.RetryAfter = Problems.SoonSeconds;
        return Problems.NotReady(blocking);
    }

    private static async Task<Results<Ok<HealthView>, ProblemHttpResult>> DetailsAsync(HttpContext context, EmbeddedEngine engine)
    {
        if (context.GetCaller() is not Caller.Integrator) return Problems.Forbidden();
        var problems = await engine.Health.LookAsync();
        var status = problems.Any(problem => problem.IsBlocking) ? "not_ready" : problems.Count == 0 ? "ok" : "degraded";
        return TypedResults.Ok(new HealthView(
            status, engine.Node, engine.Health.LastRound, engine.RunsInFlight, engine.Flows.Offered.Count(),
            [.. problems.Select(problem => new HealthProblemView(problem.Name, problem.Says, problem.IsBlocking))]));
    }
}
