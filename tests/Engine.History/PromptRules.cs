namespace Engine.History;

/// <summary>Every prompt has a name of its own, and takes one answer while it is the newest.</summary>
internal static class PromptRules
{
    public static void Check(HistoryNotes notes)
    {
        var newest = 0;
        var newestStep = "";
        var answered = new HashSet<int>();
        foreach (var entry in notes.Journal)
        {
            if (entry.Kind is not ("prompted" or "replied" or "returned") || JournalText.NumberIn(entry.Text("prompt")) is not { } prompt) continue;
            if (entry.Kind == "prompted")
            {
                if (prompt <= newest) notes.Add("prompt_reused", entry, $"'p{prompt}' was asked before");
                (newest, newestStep) = (prompt, entry.Step);
                continue;
            }

            if (prompt != newest) notes.Add("stale_reply", entry, $"'p{prompt}' was answered while 'p{newest}' was asked");
            if (!answered.Add(prompt)) notes.Add("answered_twice", entry, $"'p{prompt}' was answered before");
            if (prompt == newest && entry.Step != newestStep) notes.Add("answer_elsewhere", entry, $"'p{prompt}' was asked at step '{newestStep}'");
        }
    }
}
