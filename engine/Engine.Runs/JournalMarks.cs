using System.Collections.Immutable;
using System.Globalization;

namespace Engine.Runs;

/// <summary>
/// Marks in the journal by which it can be proven afterwards that nothing was lost: what of the inbox was heard, in which order, and who
/// held the run at each save.
/// </summary>
internal static class JournalMarks
{
    private const string Inbox = "inbox";

    /// <summary>The entry that an item of the inbox led to gets its number; an item that changed nothing is noted as <c>ignored</c>.</summary>
    /// <param name="step">Where the run stood when it heard it.</param>
    /// <param name="hadEnded">Whether the run had ended by then: nothing is noted after the end.</param>
    public static Transition Heard(Transition transition, InboxItem item, string step, bool hadEnded, DateTimeOffset now)
    {
        if (hadEnded) return transition;
        var number = item.Seq.ToString(CultureInfo.InvariantCulture);
        if (transition.Journal is [var first, ..] && IsOf(item.Content, first.Kind))
        {
            return transition with { Journal = transition.Journal.SetItem(0, With(first, Inbox, number)) };
        }

        var detail = ImmutableDictionary<string, string>.Empty.Add(Inbox, number).Add("what", WordOf(item.Content));
        return transition with { Journal = transition.Journal.Insert(0, new JournalEntry(0, now, "ignored", step, detail)) };
    }

    /// <summary>A save's first entry says under which fence it was made.</summary>
    public static ImmutableArray<JournalEntry> Under(Lease lease, ImmutableArray<JournalEntry> journal) => journal is [var first, ..]
        ? journal.SetItem(0, With(first, "fence", lease.Fence.ToString(CultureInfo.InvariantCulture)))
        : journal;

    private static bool IsOf(InboxContent content, string kind) => content switch
    {
        InboxContent.Replied => kind == "replied",
        InboxContent.CancelRequested => kind == "cancel_requested",
        InboxContent.Returned => kind is "returned" or "return_failed",
        InboxContent.Signalled => kind == "signalled",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string WordOf(InboxContent content) => content switch
    {
        InboxContent.Replied replied => $"reply to {replied.Reply.Prompt}",
        InboxContent.CancelRequested => "cancel",
        InboxContent.Returned returned => $"return to {returned.Return.Prompt}",
        InboxContent.Signalled signalled => $"signal {signalled.Signal.Hook}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static JournalEntry With(JournalEntry entry, string name, string value) =>
        entry with { Detail = entry.Detail.ToImmutableDictionary().SetItem(name, value) };
}
