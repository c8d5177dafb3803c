using Engine.Flows;

namespace Engine.History;

/// <summary>Every prompt has a name of its own, and takes one answer while it is the newest.</summary>
internal static class PromptRules
{
    public static void Check(HistoryNotes notes)
    {
        var newest = 0;
        var newestStep = "";
        var answered = new HashSet<int>();
        CheckAsked(notes);
        foreach (var entry in notes.Journal)
        {
            if (entry.Kind is not ("prompted" or "replied" or "returned") || JournalText.NumberIn(entry.Text("prompt")) is not { } prompt) continue;
            if (entry.Kind == "prompted")
            {
                if (prompt <= newest) notes.Add("prompt_reused", entry, $"'p{prompt}' was asked before");
                else if (prompt > newest + 1) notes.Add("prompt_missing", entry, $"'p{newest + 1}' is due and 'p{prompt}' comes");
                (newest, newestStep) = (prompt, entry.Step);
                continue;
            }

            if (prompt != newest) notes.Add("stale_reply", entry, $"'p{prompt}' was answered while 'p{newest}' was asked");
            if (!answered.Add(prompt)) notes.Add("answered_twice", entry, $"'p{prompt}' was answered before");
            if (prompt == newest && entry.Step != newestStep) notes.Add("answer_elsewhere", entry, $"'p{prompt}' was asked at step '{newestStep}'");
        }
    }

    /// <summary>Who comes to a step that asks is asked.</summary>
    private static void CheckAsked(HistoryNotes notes)
    {
        var asking = notes.History.Flow.Steps.Where(step => step is CompiledStep.Prompt or CompiledStep.Redirect).Select(step => step.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (entered, then) in notes.Journal.Zip(notes.Journal.Skip(1)))
        {
            if (entered.Kind == "step_entered" && asking.Contains(entered.Step) && then.Kind is not ("prompted" or "ended" or "expression_failed"))
            {
                notes.Add("prompt_missing", then, $"step '{entered.Step}' asks, and nothing was asked");
            }
        }
    }
}
