using System.Globalization;
using System.Text.Json;
using Engine.Runs;

namespace Engine.Host;

/// <summary>
/// A run's view as server-sent events. Only the newest view is ever sent, so that a stream that comes back never shows an old code;
/// one whose <c>Last-Event-ID</c> is the newest waits for the next. The stream ends with <c>run.ended</c>.
/// </summary>
internal static class RunStream
{
    /// <summary>How often a silent stream says that it lives.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private static readonly JsonSerializerOptions wire = Wire.NewOptions();

    public static void MapRunStream(this IEndpointRouteBuilder runs) =>
        runs.MapGet("/{id}/events", StreamAsync).WithName("FollowRun").WithSummary("Follows a run by server-sent events")
            .WithDescription("`run.changed` carries the newest view of the run, `run.ended` its last, after which the stream closes; "
                + "`ping` comes every 15 s in between. `Last-Event-ID` resumes: a view that was seen is not sent again.")
            .Produces<RunView>(StatusCodes.Status200OK, "text/event-stream").Refuses(404);

    private static async Task<IResult> StreamAsync(
        string id, HttpContext context, EmbeddedEngine engine, RunViewer viewer, TimeProvider time, IHostApplicationLifetime lifetime)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        if (await engine.FindForAsync(id, context.GetCaller(), either.Token) is not { } run) return Problems.UnknownRun(id);

        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            await WriteAsync(run.Id, context.Request.Headers["Last-Event-ID"], response, (engine, viewer, time), either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The reader has gone, or the engine stops: the reader comes back with its last id.
        }
        return TypedResults.Empty;
    }

    private static async Task WriteAsync(
        RunId id, string? seen, HttpResponse response, (EmbeddedEngine Engine, RunViewer Viewer, TimeProvider Time) from,
        CancellationToken cancellation)
    {
        await response.StartAsync(cancellation);
        await response.Body.FlushAsync(cancellation); // the reader learns now that the stream is open, though nothing may be new
        while (true)
        {
            var change = from.Engine.Changes.NextChange(id);
            if (await from.Engine.Store.FindAsync(id, cancellation) is not { } run) return;
            var newest = EventIdOf(run) + WordOf(await from.Viewer.IncidentOfAsync(run, cancellation));
            var isEnd = run.Status.IsFinal();
            if (newest != seen || isEnd)
            {
                var view = JsonSerializer.Serialize(await from.Viewer.ViewAsync(run, cancellation), wire);
                await SendAsync(response, isEnd ? "run.ended" : "run.changed", newest, view, cancellation);
                if (isEnd)
                {
                    from.Engine.Changes.Forget(id);
                    return;
                }
                seen = newest;
            }

            using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var beat = Task.Delay(Heartbeat, from.Time, pause.Token);
            if (await Task.WhenAny(change, beat) == beat)
            {
                cancellation.ThrowIfCancellationRequested();
                var now = JsonSerializer.Serialize(new { server_time = from.Time.GetUtcNow() }, wire);
                await SendAsync(response, "ping", null, now, cancellation);
            }
            await pause.CancelAsync();
        }
    }

    private static string EventIdOf(StoredRun run) => run.Prompt is { } prompt
        ? string.Create(CultureInfo.InvariantCulture, $"{run.Revision}-{prompt.Id}.{prompt.Rev}{(prompt.IsBusy ? "b" : "")}")
        : run.Revision.ToString(CultureInfo.InvariantCulture);

    /// <summary>A switched incident makes the view a new one; it is seen with the next heartbeat at the latest.</summary>
    private static string WordOf(Incident? incident) =>
        incident is null ? "" : string.Create(CultureInfo.InvariantCulture, $"~{(int)incident.Trouble}.{incident.Since.UtcTicks}");

    private static async Task SendAsync(
        HttpResponse response, string name, string? eventId, string data, CancellationToken cancellation)
    {
        await response.WriteAsync($"{(eventId is null ? "" : $"id: {eventId}\n")}event: {name}\ndata: {data}\n\n", cancellation);
        await response.Body.FlushAsync(cancellation);
    }
}
