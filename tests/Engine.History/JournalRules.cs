using Engine.Runs;

namespace Engine.History;

/// <summary>The journal has no gap, one beginning and one end, and was written by one holder after the other; the row says the same.</summary>
internal static class JournalRules
{
    public static void Check(HistoryNotes notes)
    {
        CheckSequence(notes);
        CheckHolders(notes);
        CheckEnd(notes);
    }

    private static void CheckSequence(HistoryNotes notes)
    {
        if (notes.Journal is not [{ Kind: "started" }, ..]) notes.Add("no_start", "its journal does not begin with 'started'");
        long seq = 0;
        var at = DateTimeOffset.MinValue;
        foreach (var entry in notes.Journal)
        {
            if (entry.Seq != seq + 1) notes.Add("journal_gap", entry, $"entry {seq + 1} is due and {entry.Seq} comes");
            if (entry.At < at - notes.History.ClockError) notes.Add("time_backwards", entry, "it happened before the entry that it follows");
            if (seq > 0 && entry.Kind == "started") notes.Add("started_again", entry, "a run begins once");
            (seq, at) = (entry.Seq, entry.At);
        }
    }

    private static void CheckHolders(HistoryNotes notes)
    {
        long last = 0;
        foreach (var entry in notes.Journal)
        {
            if (entry.Number("fence") is not { } fence) continue;
            if (fence < last) notes.Add("stale_holder", entry, $"the holder of fence {fence} wrote after that of fence {last}");
            last = Math.Max(last, fence);
        }

        if (notes.Journal.Length > 0 && notes.Journal[0].Number("fence") is null) notes.Add("no_fence", notes.Journal[0], "the first entry does not say who held the run");
    }

    private static void CheckEnd(HistoryNotes notes)
    {
        var ends = notes.Journal.Where(entry => entry.Kind == "ended").ToList();
        foreach (var again in ends.Skip(1)) notes.Add("ended_again", again, $"it had ended at entry {ends[0].Seq}");
        if (ends.Count > 0 && notes.Journal[^1].Seq > ends[0].Seq) notes.Add("after_the_end", notes.Journal[^1], $"something happened after the end at entry {ends[0].Seq}");
        var row = notes.Row;
        if (!row.Status.IsFinal())
        {
            notes.Add("not_ended", $"it stands at step '{row.Step}' as {row.Status}, due {row.Due:O}");
            return;
        }

        if (ends.Count == 0)
        {
            notes.Add("no_end", "its row says that it has ended, its journal does not");
            return;
        }

        if (row.Exit?.Code != ends[0].Text("code")) notes.Add("other_end", ends[0], $"the row ended as '{row.Exit?.Code}', the journal as '{ends[0].Text("code")}'");
        if (ends[0].Text("status") is { } status && !status.Equals(row.Status.ToString(), StringComparison.OrdinalIgnoreCase)) notes.Add("other_end", ends[0], $"the row is {row.Status}, the journal '{status}'");
        if (row.Step != ends[0].Step) notes.Add("other_step", ends[0], $"the row stands at '{row.Step}'");
        if (row.Due is not null) notes.Add("due_after_end", $"it has ended and is due {row.Due:O}");
        if (row.Prompt is not null) notes.Add("prompt_after_end", "it has ended and still asks");
    }
}
