using System.Text.Json;
using Engine.Storage;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Engine.Host;

/// <summary>Turns everything that is not an ordinary answer into a problem: bodies that cannot be read, wrong addresses, our own faults.</summary>
internal static class Refusals
{
    /// <summary>Nothing that anybody sends here is longer.</summary>
    public const int BodyLimitBytes = 64 * 1024;

    public static void UseRefusals(this WebApplication app, ILogger log)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            SuppressDiagnosticsCallback = _ => true,
            ExceptionHandler = context => RefuseAsync(context, log),
        });
        app.UseStatusCodePages(pages => pages.HttpContext.Response.StatusCode switch
        {
            // What the generated code finds wrong with an optional part of an address, it answers without a word.
            StatusCodes.Status400BadRequest => NotOfItsType().ExecuteAsync(pages.HttpContext),
            StatusCodes.Status404NotFound => Problems.NotFound().ExecuteAsync(pages.HttpContext),
            StatusCodes.Status405MethodNotAllowed => Problems.MethodNotAllowed().ExecuteAsync(pages.HttpContext),
            StatusCodes.Status413PayloadTooLarge => TooLong().ExecuteAsync(pages.HttpContext),
            StatusCodes.Status415UnsupportedMediaType => Problems.UnsupportedMediaType().ExecuteAsync(pages.HttpContext),
            _ => Task.CompletedTask,
        });
    }

    /// <summary>Says in the OpenAPI document how a call may refuse, besides what every call may.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params int[] statuses)
    {
        foreach (var status in statuses) route.ProducesProblem(status);
        return route;
    }

    private static Task RefuseAsync(HttpContext context, ILogger log)
    {
        var error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        if (error is BadHttpRequestException bad) return OfBadRequest(bad).ExecuteAsync(context);

        var trace = context.TraceIdentifier;
        if (error is not StorageUnavailableException away)
        {
            if (error is not null) Log.RequestFailed(log, error, trace);
            return Problems.Internal(trace).ExecuteAsync(context);
        }

        Log.StoreAway(log, trace, away.Message);
        context.Response.Headers.RetryAfter = Problems.SoonSeconds;
        return Problems.Unavailable(trace).ExecuteAsync(context);
    }

    // The parser's own message may quote the body, which may hold a secret: only the place is passed on.
    private static ProblemHttpResult OfBadRequest(BadHttpRequestException bad) => bad switch
    {
        { StatusCode: StatusCodes.Status413PayloadTooLarge } => TooLong(),
        { StatusCode: StatusCodes.Status415UnsupportedMediaType } => Problems.UnsupportedMediaType(),
        { InnerException: JsonException { Path: { Length: > 0 } path, LineNumber: var line, BytePositionInLine: var position } } =>
            Problems.MalformedBody(line is null ? path : $"{path}, line {line + 1}, byte {position + 1}"),
        { InnerException: JsonException } => Problems.MalformedBody("its JSON"),
        _ => NotOfItsType(),
    };

    private static ProblemHttpResult NotOfItsType() => Problems.MalformedRequest("a part of the address, or the body, is missing or not of its type");

    private static ProblemHttpResult TooLong() => Problems.TooLong("the body", BodyLimitBytes, "bytes");
}
