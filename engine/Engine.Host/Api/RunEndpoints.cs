using System.Security.Cryptography;
using System.Text.Json;
using Engine.Flows;
using Engine.Runs;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Engine.Host;

/// <summary>Starts, shows, answers and ends runs.</summary>
internal static class RunEndpoints
{
    private const int SubjectLimit = 200;
    private const int IdempotencyKeyLimit = 255;

    private static readonly JsonSerializerOptions wire = Wire.NewOptions();

    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        var runs = routes.MapGroup("/runs").WithTags("Runs");
        runs.MapPost("", StartAsync).WithName("StartRun").WithSummary("Starts a run")
            .WithDescription("With an `Idempotency-Key` the same request can be sent again: it gives the run that was made first (200).")
            .Produces<RunView>(StatusCodes.Status201Created).Produces<RunView>().Refuses(404, 409, 413, 422);
        runs.MapGet("", ListAsync).WithName("ListRuns").WithSummary("Lists runs, newest first")
            .WithDescription("A browser session sees its own runs only.").Refuses(400);
        runs.MapGet("/{id}", ShowAsync).WithName("GetRun").WithSummary("Shows a run and what its person must see now").Refuses(404);
        runs.MapPost("/{id}/cancel", CancelAsync).WithName("CancelRun").WithSummary("Asks a run to end")
            .WithDescription("What was begun at the provider is undone. Harmless when the run has ended.")
            .Produces<RunView>(StatusCodes.Status202Accepted).Refuses(404, 409);
        runs.MapPost("/{id}/links", LinkAsync).WithName("CreateLink").WithSummary("Makes a link for the run's person")
            .Produces<LinkView>(StatusCodes.Status201Created).Refuses(403, 404, 409);
        runs.MapReplies();
        runs.MapRunStream();
    }

    /// <summary>The run, if there is one that the caller may see; others do not exist for him.</summary>
    public static async Task<StoredRun?> FindForAsync(this EmbeddedEngine engine, string id, Caller caller, CancellationToken cancellation) =>
        id.Length <= 64 && new RunId(id) is var run && caller.CanSee(run) ? await engine.Store.FindAsync(run, cancellation) : null;

    private static async Task<IResult> StartAsync(
        StartRunRequest request,
        [FromHeader(Name = "Idempotency-Key")] string? idempotencyKey,
        HttpContext context, EmbeddedEngine engine, RunViewer viewer, CancellationToken cancellation)
    {
        if (!context.GetCaller().CanStart) return Problems.Forbidden();
        if (request.Subject?.Length > SubjectLimit) return Problems.TooLong("'subject'", SubjectLimit, "characters");
        if (idempotencyKey?.Length > IdempotencyKeyLimit) return Problems.TooLong("'Idempotency-Key'", IdempotencyKeyLimit, "characters");

        var outcome = await engine.StartRunAsync(new RunWish(
            request.Flow, request.Input ?? [], request.Purpose ?? Purpose.Connect,
            request.Connection is { } connection ? new ConnectionId(connection) : null, request.Subject ?? "", request.Scenario,
            idempotencyKey is { Length: > 0 } key ? new IdempotencyKey(key, HashOf(request)) : null), cancellation);
        if (outcome is not WishOutcome.Started started) return Problems.OfStart(outcome, engine);

        if (context.GetCaller() is Caller.Browser browser) await engine.Access.AllowRunAsync(browser.Session, started.Run, cancellation);
        var run = await engine.Store.FindAsync(started.Run, cancellation);
        if (run is null) return Problems.UnknownRun(started.Run.Value);
        var view = await viewer.ViewAsync(run, cancellation);
        return started.IsRepeated ? TypedResults.Ok(view) : TypedResults.Created($"/v1/runs/{run.Id}", view);
    }

    private static async Task<Results<Ok<RunList>, ProblemHttpResult>> ListAsync(
        string? flow, string? subject, string? status, bool? open, int? limit,
        HttpContext context, EmbeddedEngine engine, RunViewer viewer, CancellationToken cancellation)
    {
        const int most = 200;
        if (limit is < 1 or > most) return Problems.MalformedRequest($"'limit' is {limit}; it must be 1 to {most}");
        RunStatus? wanted = null;
        if (status is not null)
        {
            if (StatusNamed(status) is not { } named)
            {
                var known = string.Join(", ", Enum.GetValues<RunStatus>().Select(NameOf));
                return Problems.MalformedRequest($"there is no status '{status}'; there is {known}");
            }
            wanted = named;
        }

        var caller = context.GetCaller();
        var own = caller is Caller.Browser browser ? browser.Rights.Runs : null;
        var found = await engine.Store.ListAsync(new RunFilter(flow, subject, wanted, open ?? false, own, limit ?? 50), cancellation);
        return TypedResults.Ok(new RunList([.. found.Where(run => caller.CanSee(run.Id)).Select(viewer.Summarize)]));
    }

    private static async Task<Results<Ok<RunView>, ProblemHttpResult>> ShowAsync(
        string id, HttpContext context, EmbeddedEngine engine, RunViewer viewer, CancellationToken cancellation) =>
        await engine.FindForAsync(id, context.GetCaller(), cancellation) is { } run
            ? TypedResults.Ok(await viewer.ViewAsync(run, cancellation))
            : Problems.UnknownRun(id);

    private static async Task<IResult> CancelAsync(
        string id, HttpContext context, EmbeddedEngine engine, RunViewer viewer, CancellationToken cancellation)
    {
        if (await engine.FindForAsync(id, context.GetCaller(), cancellation) is not { } run) return Problems.UnknownRun(id);
        if (engine.IsOutOfReach(run)) return Problems.OutOfReach(run);
        await engine.Store.RequestCancelAsync(run.Id, cancellation);
        engine.Changes.InboxGrew(run.Id);
        var now = await engine.Store.FindAsync(run.Id, cancellation) ?? run;
        return TypedResults.Accepted($"/v1/runs/{run.Id}", await viewer.ViewAsync(now, cancellation));
    }

    private static async Task<IResult> LinkAsync(string id, HttpContext context, EmbeddedEngine engine, CancellationToken cancellation)
    {
        var caller = context.GetCaller();
        if (await engine.FindForAsync(id, caller, cancellation) is not { } run) return Problems.UnknownRun(id);
        if (!caller.CanStart) return Problems.Forbidden();
        if (run.Status.IsFinal()) return Problems.RunEnded(run.Id);
        var link = await engine.NewRunLinkAsync(run, cancellation);
        return TypedResults.Created(link.Url, link);
    }

    private static RunStatus? StatusNamed(string name) =>
        Enum.GetValues<RunStatus>().Cast<RunStatus?>().FirstOrDefault(status => status is { } value && NameOf(value) == name);

    private static string NameOf(RunStatus status) => JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());

    // The inputs in a fixed order, so that the same wish gives the same hash however it was written.
    internal static string HashOf(StartRunRequest request) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        new { request = request with { Input = null }, input = new SortedDictionary<string, string>(request.Input ?? [], StringComparer.Ordinal) }, wire)));
}
