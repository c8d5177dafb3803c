using System.ComponentModel;
using Engine.Plugins;
using Engine.Runs;
using Engine.Sdk;

namespace Engine.Host;

/// <summary>Where persons leave for providers' pages and come back, and where providers call.</summary>
internal static class SignalEndpoints
{
    /// <summary>More at once are told to come again: whoever floods an address must not take the API's time.</summary>
    private const int MostAtOnce = 64;

    private static readonly string[] getAndPost = [HttpMethods.Get, HttpMethods.Post];
    private static readonly SemaphoreSlim free = new(MostAtOnce);

    /// <summary>Whether anybody may call the address: what is behind it looks for itself who calls.</summary>
    public static bool IsOpenToAll(PathString path) =>
        path.StartsWithSegments("/v1/hooks", StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments("/v1/return", StringComparison.OrdinalIgnoreCase);

    public static void MapSignals(this IEndpointRouteBuilder v1)
    {
        v1.MapPost("/runs/{id}/visits", VisitAsync).WithTags("Runs").WithName("Visit").WithSummary("Sends this browser to the provider's page")
            .WithDescription("For the engine's own page: the visit is bound to the browser that asks. What came of it shows in the run.")
            .Produces<VisitView>(StatusCodes.Status201Created).Refuses(403, 404, 409, 422);
        v1.MapPost("/runs/{id}/visits/{visit}/refusal", RefuseAsync).WithTags("Runs").WithName("RefuseVisit")
            .WithSummary("Says that the provider's page told of a refusal")
            .WithDescription("For the engine's own page, which hears it from the window that it opened. Counts like an error in the return; repeated or late, it changes nothing.")
            .Produces(StatusCodes.Status204NoContent).Refuses(400, 403, 404);
        var hooks = v1.MapGroup("/hooks").WithTags("Providers");
        hooks.MapMethods("/{token}", getAndPost, CallAsync).WithName("CallHook").WithSummary("A provider's call of one run's hook")
            .WithDescription("Needs no key: nobody can guess the address. The plugin says what is answered.").Refuses(400, 404, 408, 413, 503);
        hooks.MapMethods("/{provider}/{hook}/{world?}", getAndPost, CallProviderAsync).WithName("CallProviderHook")
            .WithSummary("A provider's call that belongs to no run").Refuses(400, 404, 408, 413, 503);
        v1.MapMethods("/return/{provider}/{world?}", getAndPost, ReturnAsync).WithTags("Providers").WithName("Return")
            .WithSummary("Where persons come back from a provider's page")
            .WithDescription("Answers with a page that has none of what came in its address.").Refuses(400, 404, 408, 413, 503);
    }

    private static async Task<IResult> VisitAsync(
        string id, VisitRequest request, HttpContext context, EmbeddedEngine engine, CancellationToken cancellation)
    {
        var caller = context.GetCaller();
        if (await engine.FindForAsync(id, caller, cancellation) is not { } run) return Problems.UnknownRun(id);
        if (caller is not Caller.Browser) return Problems.BrowserWanted();
        var browser = VisitCookie.Find(context.Request, engine.Outside);
        if (await engine.Visits.StartAsync(run, new PromptId(request.Prompt), browser, request.Popup, cancellation) is not { } visit)
        {
            return Problems.StaleReply(run.Prompt);
        }

        if (visit.IsFailure) return Problems.NoVisit(visit.Failure.Code);
        VisitCookie.Set(context, engine.Outside, visit.Value.Browser);
        return TypedResults.Created((string?)null, new VisitView(visit.Value.Address, visit.Value.State.Hex, visit.Value.PostsErrors));
    }

    private static async Task<IResult> RefuseAsync(
        string id, string visit, RefusalRequest request, HttpContext context, EmbeddedEngine engine, TimeProvider time, CancellationToken cancellation)
    {
        var caller = context.GetCaller();
        if (await engine.FindForAsync(id, caller, cancellation) is not { } run) return Problems.UnknownRun(id);
        if (caller is not Caller.Browser || VisitCookie.Find(context.Request, engine.Outside) is not { } cookie) return Problems.BrowserWanted();
        if (request.Error is not { Length: > 0 and <= 200 }) return Problems.MalformedRequest("'error' is a text of up to 200 characters");
        if (visit.Length > AccessToken.MaxLength || await engine.Signals.FindVisitAsync(new TokenHash(visit), cancellation) is not { } known
            || known.Run != run.Id || known.Browser != EngineAddress.HashOf(cookie))
        {
            return Problems.NotFound();
        }

        if (!known.IsUsed && known.ExpiresAt > time.GetUtcNow()
            && await engine.Visits.ReturnAsync(new TokenHash(visit), known, [KeyValuePair.Create("error", request.Error)], cancellation))
        {
            engine.Changes.InboxGrew(known.Run);
        }

        return Results.NoContent();
    }

    private static async Task<IResult> CallAsync(
        string token, HttpContext context, EmbeddedEngine engine, TimeProvider time, CancellationToken cancellation)
    {
        if (token.Length > AccessToken.MaxLength || await engine.Signals.FindHookAsync(EngineAddress.HashOf(token), cancellation) is not { } target)
        {
            return Problems.NotFound();
        }

        return await TakeAsync(
            context, engine.Outside.HookOf(token), time, async request => await engine.Hooks.TakeAsync(target, request, cancellation), engine, cancellation);
    }

    private static Task<IResult> CallProviderAsync(
        string provider, string hook, string? world, HttpContext context, EmbeddedEngine engine, TimeProvider time, CancellationToken cancellation) =>
        TakeOpenAsync(context, engine.Outside.HookOf(provider, hook, world), (provider, hook, world), engine, time, cancellation);

    /// <summary>A call that belongs to no run: whoever knows the provider's name can send it.</summary>
    private static Task<IResult> TakeOpenAsync(
        HttpContext context, Uri address, (string Provider, string Hook, string? World) of, EmbeddedEngine engine, TimeProvider time, CancellationToken cancellation)
    {
        if (engine.Hooks.Takes(of.Provider, of.Hook, () => engine.NoteHook($"more calls of '{of.Provider}.{of.Hook}' than are taken in a second")))
        {
            return TakeAsync(
                context, address, time, request => engine.Hooks.TakeAsync(of.Provider, of.Hook, of.World, request, cancellation), engine, cancellation);
        }

        context.Response.Headers.RetryAfter = "2";
        return Task.FromResult<IResult>(Problems.Busy());
    }

    private static async Task<IResult> TakeAsync(
        HttpContext context, Uri address, TimeProvider time, Func<HookRequest, Task<HookOutcome?>> take, EmbeddedEngine engine,
        CancellationToken cancellation)
    {
        if (IsLookingAhead(context.Request)) return Results.NoContent();
        if (!await free.WaitAsync(TimeSpan.Zero, cancellation))
        {
            context.Response.Headers.RetryAfter = "2";
            return Problems.Busy();
        }

        try
        {
            if (await HookRequests.ReadAsync(context, address, time, cancellation) is not { } request)
            {
                return Problems.MalformedRequest("a value of the address came twice, or is too long");
            }

            return engine.AnswerTo(await take(request), context);
        }
        finally
        {
            free.Release();
        }
    }

    private static IResult AnswerTo(this EmbeddedEngine engine, HookOutcome? outcome, HttpContext context)
    {
        switch (outcome)
        {
            case HookOutcome.Accepted accepted:
                return Results.Bytes(accepted.Answer.ToBytes(), $"{accepted.Answer.ContentType}; charset=utf-8").WithStatus(accepted.Answer.Status);
            case HookOutcome.Ignored ignored:
                return Results.Bytes(ignored.Answer.ToBytes(), $"{ignored.Answer.ContentType}; charset=utf-8").WithStatus(ignored.Answer.Status);
            case HookOutcome.Refused refused:
                engine.NoteHook(refused.Code);
                return Results.StatusCode(refused.Status);
            case HookOutcome.Failed failed:
                engine.NoteHook(failed.Failure.Message);
                context.Response.Headers.RetryAfter = "30";
                return Problems.Busy();
            default:
                return Problems.NotFound();
        }
    }

    private static async Task<IResult> ReturnAsync(
        string provider, string? world, HttpContext context, EmbeddedEngine engine, TimeProvider time, CancellationToken cancellation)
    {
        // A browser that fetches ahead, or a service that makes previews, must not use the return up.
        if (IsLookingAhead(context.Request)) return Results.NoContent();
        var states = context.Request.Query["state"];
        if (states.Count == 0)
        {
            return engine.FindRedirectHook(provider) is { } hook
                ? await TakeOpenAsync(context, engine.Outside.ReturnOf(provider, world), (provider, hook, world), engine, time, cancellation)
                : HttpMethods.IsGet(context.Request.Method) ? SeeOther("/returned/unknown") : PostRefused();
        }

        if (!HttpMethods.IsGet(context.Request.Method)) return PostRefused();
        if (states is not [{ Length: > 0 and <= AccessToken.MaxLength } state]
            || await engine.Signals.FindVisitAsync(EngineAddress.HashOf(state), cancellation) is not { } visit
            || visit.Provider != provider || visit.World != world)
        {
            return SeeOther("/returned/unknown");
        }

        // Before the state is used: another browser must not be able to burn it.
        if (VisitCookie.Find(context.Request, engine.Outside) is not { } cookie || EngineAddress.HashOf(cookie) != visit.Browser)
        {
            return SeeOther("/returned/other-browser");
        }

        if (!visit.IsUsed && visit.ExpiresAt > time.GetUtcNow() && SandboxLink.Reaches(engine.Sandbox, visit.World))
        {
            var query = context.Request.Query.SelectMany(pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value ?? ""))).ToList();
            if (await engine.Visits.ReturnAsync(EngineAddress.HashOf(state), visit, query, cancellation)) engine.Changes.InboxGrew(visit.Run);
        }

        // The same for the first return and for each after it: what came of it is the run's to say.
        return SeeOther(visit.IsPopup ? "/returned/done" : $"/connect/{visit.Run}");
    }

    /// <summary>A form that another site posts comes without the cookie that binds the return to its browser, and a cookie that came along would bind nothing.</summary>
    private static Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult PostRefused() => Problems.MalformedRequest(
        "a return is a GET request: the plugin must ask its provider for response_mode=query, since form_post cannot be bound to the browser that left");

    /// <summary>303: the address with the code is gone from the browser's history, and nothing of it is in the next request.</summary>
    private static SeeOtherResult SeeOther(string path) => new(path);

    private static bool IsLookingAhead(HttpRequest request) =>
        HttpMethods.IsHead(request.Method)
        || request.Headers["Sec-Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase)
        || request.Headers["Purpose"].ToString().Contains("prefetch", StringComparison.OrdinalIgnoreCase);

    private static StatusResult WithStatus(this IResult result, int status) => new(result, status);

    private sealed class SeeOtherResult(string path) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = path;
            return Task.CompletedTask;
        }
    }

    private sealed class StatusResult(IResult result, int status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            return result.ExecuteAsync(httpContext);
        }
    }
}

/// <param name="Prompt">The prompt that sends the person there.</param>
/// <param name="Popup">Whether the page opens in a window of its own.</param>
internal sealed record VisitRequest(
    [property: Description("The prompt that sends the person there.")] string Prompt,
    [property: Description("Whether the page opens in a window of its own, which is closed after the return.")] bool Popup = false);

internal sealed record VisitView(
    [property: Description("The provider's page. Good for this browser, once.")] Uri Url,
    [property: Description("Names the visit; it is not what the provider is told.")] string Visit,
    [property: Description("Whether the page, in a window of its own, tells its opener of a refusal.")] bool PostsErrors);

/// <param name="Error">The provider's word for it.</param>
internal sealed record RefusalRequest([property: Description("The provider's word for it.")] string Error);
