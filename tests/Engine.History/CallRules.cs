using Engine.Flows;
using Engine.Runs;

namespace Engine.History;

/// <summary>What the provider got is what the journal says was sent: nothing unsaved, and nothing more often than it was noted.</summary>
internal static class CallRules
{
    public static void Check(HistoryNotes notes)
    {
        if (notes.History.Calls is not { } calls) return;
        var sent = notes.Journal.Where(entry => entry.IsSent()).ToLookup(entry => entry.Effect() ?? "", StringComparer.Ordinal);
        var polled = notes.History.Flow.Steps.OfType<CompiledStep.Poll>()
            .Select(poll => notes.History.Flow.Calls[poll.Site].Operation).ToHashSet(StringComparer.Ordinal);
        foreach (var call in calls.Where(call => call.Effect is not null && !polled.Contains(call.Operation))) CheckSaved(notes, call, sent);
        foreach (var same in calls.Where(call => !polled.Contains(call.Operation)).GroupBy(call => (call.Operation, call.Effect))) CheckCount(notes, same.Key.Operation, same.Key.Effect, same.Count());
        CheckAnswered(notes, calls);
    }

    private static void CheckSaved(HistoryNotes notes, ProviderCall call, ILookup<string, JournalEntry> sent)
    {
        var saved = sent[call.Effect ?? ""].FirstOrDefault(entry => entry.Operation() == call.Operation);
        if (saved is null) notes.Add("unsaved_effect", $"'{call.Operation}' was called as '{call.Effect}', and the journal does not say so");
        else if (call.At < saved.At - notes.History.ClockError) notes.Add("unsaved_effect", saved, $"'{call.Operation}' was called at {call.At:O}, before its attempt was saved");
    }

    /// <summary>As often as it was sent or, where it may be repeated, repeated after a crash.</summary>
    private static void CheckCount(HistoryNotes notes, string operation, string? effect, int count)
    {
        var noted = notes.Journal.Count(entry =>
            (entry.IsSent() || entry.Kind == "call_repeated") && entry.Operation() == operation && (effect is null || entry.Effect() == effect));
        if (count > noted) notes.Add("called_too_often", $"'{operation}'{(effect is null ? "" : $" as '{effect}'")} reached the provider {count} times, and was sent {noted} times");
    }

    private static void CheckAnswered(HistoryNotes notes, IReadOnlyCollection<ProviderCall> calls)
    {
        foreach (var answers in notes.Journal.Where(entry => entry.Kind == "call_answered").GroupBy(entry => entry.Operation()))
        {
            var count = calls.Count(call => call.Operation == answers.Key);
            if (answers.Key is { } operation && calls.Any(call => call.Operation == operation) && answers.Count() > count)
            {
                notes.Add("answer_from_nowhere", answers.Last(), $"'{operation}' was answered {answers.Count()} times, and the provider got {count} calls");
            }
        }
    }
}
