using Engine.Runs;

namespace Engine.History;

/// <summary>
/// What the journal says of calls: each attempt has a name of its own and was saved before it was answered; one that must happen once is
/// never sent again while its outcome is not known; what was done is taken back where the run does not succeed.
/// </summary>
internal static class EffectRules
{
    public static void Check(HistoryNotes notes)
    {
        var once = OnceOf(notes.History);
        var newest = 0;
        JournalEntry? pending = null;
        JournalEntry? doubtful = null;
        foreach (var entry in notes.Journal)
        {
            switch (entry.Kind)
            {
                case "call_sent" or "confirm_sent":
                    var number = JournalText.NumberIn(entry.Effect()) ?? 0;
                    if (number <= newest) notes.Add("effect_reused", entry, $"'{entry.Effect()}' follows 'e{newest}'");
                    newest = Math.Max(newest, number);
                    if (entry.Kind == "confirm_sent") doubtful = null;
                    else if (doubtful is not null) notes.Add("once_repeated", entry, $"the outcome of '{doubtful.Effect()}' ({doubtful.Operation()}), which must happen once, was not known");
                    else if (pending is not null && once.Contains(pending.Operation() ?? "")) notes.Add("once_abandoned", entry, $"the outcome of '{pending.Effect()}' ({pending.Operation()}), which must happen once, was not waited for");
                    pending = entry;
                    break;
                case "call_answered" or "call_failed":
                    CheckNamed(notes, entry, pending);
                    doubtful = entry.Kind == "call_failed" && entry.Text("in_doubt") is not null && pending?.Kind == "call_sent" && once.Contains(pending.Operation() ?? "") ? pending : null;
                    pending = null;
                    break;
                case "call_lost":
                    CheckNamed(notes, entry, pending);
                    doubtful = pending;
                    break;
                case "call_repeated":
                    CheckNamed(notes, entry, pending);
                    if (pending?.Kind == "call_sent" && once.Contains(entry.Operation() ?? "")) notes.Add("once_repeated", entry, $"'{entry.Operation()}' must happen once");
                    break;
                case "in_doubt" or "undo_in_doubt" or "undone" or "undo_failed" or "ended":
                    (pending, doubtful) = (null, null);
                    break;
                default:
                    break;
            }
        }

        CheckUndo(notes);
    }

    /// <summary>The operations that must happen once, and are not also asked as somebody's confirmation or poll.</summary>
    public static HashSet<string> OnceOf(RunHistory history) => history.Flow.Calls
        .Where(site => site.Effect == Sdk.Effect.Once).Select(site => site.Operation).ToHashSet(StringComparer.Ordinal);

    private static void CheckNamed(HistoryNotes notes, JournalEntry entry, JournalEntry? pending)
    {
        if (pending is null || pending.Effect() != entry.Effect()) notes.Add("unsent_effect", entry, $"'{entry.Effect()}' was not under way; under way was {(pending is null ? "nothing" : $"'{pending.Effect()}'")}");
    }

    private static void CheckUndo(HistoryNotes notes)
    {
        var edges = new FlowEdges(notes.History.Flow);
        var armed = new List<string>();
        var isAnew = false;
        foreach (var entry in notes.Journal)
        {
            if (isAnew && entry.Kind == "step_entered")
            {
                if (armed.Count > 0) notes.Add("undo_missing", entry, $"it begins anew, and what '{string.Join("', '", armed)}' did was not taken back");
                armed.Clear();
            }

            isAnew = entry.Kind == "restarted" || (isAnew && entry.Kind != "step_entered");
            if (entry.Kind == "call_answered" && edges.Find(entry.Step) is { } index && UndoOf(edges.At(index), notes.History, entry.Operation()))
            {
                armed.Add(entry.Step);
            }
            else if (entry.Kind == "connected" || (entry.Kind == "ended" && entry.Text("code") == EndCodes.Succeeded)) armed.Clear();
            else if (entry.Kind is "undone" or "undo_failed" or "undo_in_doubt")
            {
                if (armed.Count == 0 || armed[^1] != entry.Text("of")) notes.Add("undo_out_of_order", entry, $"'{entry.Text("of")}' is taken back, and the newest to be taken back is {(armed.Count == 0 ? "none" : $"'{armed[^1]}'")}");
                if (armed.Count > 0) armed.RemoveAt(armed.Count - 1);
            }
            else if (entry.Kind == "ended" && armed.Count > 0 && entry.Text("unreadable") is null && entry.Text("status") is not null)
            {
                notes.Add("undo_missing", entry, $"what '{string.Join("', '", armed)}' did was not taken back");
            }
        }
    }

    /// <summary>Whether the answer of this operation at this step is something to be taken back.</summary>
    private static bool UndoOf(Flows.CompiledStep step, RunHistory history, string? operation) => step switch
    {
        Flows.CompiledStep.Call { Undo: not null } call => IsOf(history, operation, call.Site, call.Confirm),
        Flows.CompiledStep.Prompt { SubmitUndo: not null, Submit: { } submit } prompt => IsOf(history, operation, submit, prompt.SubmitConfirm),
        _ => false,
    };

    private static bool IsOf(RunHistory history, string? operation, int site, int? confirm) =>
        history.Flow.Calls[site].Operation == operation || (confirm is { } other && history.Flow.Calls[other].Operation == operation);
}
