using Engine.Flows;
using Engine.Runs;

namespace Engine.History;

/// <summary>Every change of the step is an edge of the flow, taken for the reason that the flow gives; the end is one that the flow has.</summary>
internal static class StepRules
{
    /// <summary>What ends the wait of a step, by which its next step is chosen.</summary>
    private static readonly HashSet<string> Causes = new(StringComparer.Ordinal)
    {
        "call_answered", "call_failed", "in_doubt", "timed_out", "poll_ended", "round_failed", "replied", "action_taken", "refused",
        "returned", "return_failed", "signal_taken", "connected",
    };

    public static void Check(HistoryNotes notes)
    {
        var edges = new FlowEdges(notes.History.Flow);
        int? here = null;
        JournalEntry? cause = null;
        var isEntered = false;
        foreach (var entry in notes.Journal)
        {
            if (entry.Kind == "started") continue;
            if (edges.Find(entry.Step) is not { } step)
            {
                notes.Add("no_such_step", entry, $"flow '{notes.History.Flow.Name}' has no such step");
                continue;
            }

            var isEntry = entry.Kind == "step_entered";
            if (isEntry || step != here)
            {
                var reach = edges.From(here is not { } from ? [0] : edges.At(from) is CompiledStep.Restart ? [0] : edges.After(from, cause));
                if (!IsReached(reach, entry, step, isEntry, notes.Row)) notes.Add("no_such_edge", entry, Told(edges, here, cause, isEntered));
                (cause, isEntered) = (null, isEntry || here is not null);
                here = step;
            }

            if (Causes.Contains(entry.Kind)) cause = entry;
            if (entry.Kind == "ended") CheckEnd(notes, entry, edges.At(step), cause);
        }
    }

    private static bool IsReached(Reach reach, JournalEntry entry, int step, bool isEntry, StoredRun row)
    {
        if (isEntry) return reach.Entered.Contains(step);
        // A run past its limit ends where it would have waited next, and does not wait there.
        var isOverdue = row.Exit?.Code == EndCodes.RunExpired && reach.Entered.Contains(step);
        return reach.Resumed.Contains(step) || reach.Passed.Contains(step) || isOverdue;
    }

    private static string Told(FlowEdges edges, int? here, JournalEntry? cause, bool isEntered)
    {
        var from = here is { } step ? $"from '{edges.At(step).Name}'{(isEntered ? "" : " (not entered)")}" : "at the beginning";
        return $"{from} after '{cause?.Kind ?? "nothing"}'{(cause?.Text("code") is { } code ? $" {code}" : "")} the flow does not lead here";
    }

    private static void CheckEnd(HistoryNotes notes, JournalEntry end, CompiledStep step, JournalEntry? cause)
    {
        var code = end.Text("code") ?? "";
        if (code == EndCodes.Succeeded)
        {
            if (step is not CompiledStep.Done) notes.Add("unfounded_end", end, "it succeeded before the flow's end");
        }
        else if (code == EndCodes.Cancelled)
        {
            if (notes.Journal.All(entry => entry.Kind != "cancel_requested")) notes.Add("unfounded_end", end, "nobody asked for its cancellation");
        }
        else if (code == EndCodes.RunExpired)
        {
            if (end.At < notes.Row.CreatedAt + notes.History.Flow.Limits.Total - notes.History.ClockError) notes.Add("unfounded_end", end, "its limit had not passed");
        }
        else if (step is CompiledStep.Fail fail)
        {
            if (fail.Code != code) notes.Add("unfounded_end", end, $"the flow fails here with '{fail.Code}'");
        }
        else if (step is CompiledStep.Done) notes.Add("unfounded_end", end, $"the flow succeeds here, and it ended as '{code}'");
        else if (FlowEdges.IsNoted(step) && step is not CompiledStep.Connect && cause is null && code != Sdk.Failures.Internal)
        {
            notes.Add("unfounded_end", end, $"nothing happened at this step that leads to '{code}'");
        }
    }
}

/// <summary>Codes of ends that no flow declares.</summary>
internal static class EndCodes
{
    public const string Succeeded = "succeeded";
    public const string Cancelled = "cancelled";
    public const string RunExpired = "run_expired";
}
