using System.Diagnostics;

namespace Engine.Runs;

/// <summary>The span of one advance of a run, from its claim until it waits, for whoever collects traces. What is journaled stands in it as events.</summary>
internal static class RunSpan
{
    private static readonly ActivitySource source = new("Engine");

    /// <summary>Null where nobody collects.</summary>
    public static Activity? Start(StoredRun row)
    {
        if (source.StartActivity("run.advance") is not { } span) return null;
        return span.SetTag("engine.run.id", row.Id.Value).SetTag("engine.flow", row.Flow).SetTag("engine.run.step", row.Step);
    }

    /// <summary>Notes what was stored, in the span that is current.</summary>
    public static void Saved(RunSave save)
    {
        if (Activity.Current is not { OperationName: "run.advance" } span) return;
        foreach (var entry in save.Journal)
        {
            span.AddEvent(new ActivityEvent(entry.Kind, entry.At, new ActivityTagsCollection { ["engine.run.step"] = entry.Step }));
        }

        span.SetTag("engine.run.status", save.Run.Status switch
        {
            RunStatus.Running => "running",
            RunStatus.WaitingUser => "waiting_user",
            RunStatus.WaitingProvider => "waiting_provider",
            RunStatus.WaitingCallback => "waiting_callback",
            RunStatus.Succeeded => "succeeded",
            RunStatus.Failed => "failed",
            RunStatus.Cancelled => "cancelled",
            RunStatus.Expired => "expired",
            _ => throw new UnreachableException(),
        });
        if (save.Run.Exit is { } exit) span.SetTag("engine.run.exit", exit.Code);
    }

    /// <summary>Notes that the run could not be advanced; the log has the reason.</summary>
    public static void Failed(Activity? span, Exception error) =>
        span?.SetTag("error.type", error.GetType().Name).SetStatus(ActivityStatusCode.Error);
}
