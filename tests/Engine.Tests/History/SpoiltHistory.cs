using System.Collections.Immutable;
using Engine.History;
using Engine.Runs;

namespace Engine.Tests.History;

/// <summary>A clean history with one thing in it that cannot be.</summary>
internal static class SpoiltHistory
{
    /// <summary>The history with the bug; null where it cannot have it.</summary>
    public static RunHistory? Of(string bug, RunHistory history)
    {
        var journal = history.Journal;
        var once = history.Flow.Calls.Where(site => site.Effect == Sdk.Effect.Once).Select(site => $"{site.Provider}.{site.Operation}").ToHashSet();
        return bug switch
        {
            "an entry is missing and its number with it" => journal.Length > 2 ? history with { Journal = journal.RemoveAt(1) } : null,
            "something is done after the end" => With(history, journal.Add(journal[^1] with { Kind = "call_sent" })),
            "the row says cancelled after the journal said succeeded" => history.Row is { Status: RunStatus.Succeeded } row ? history with { Row = row with { Status = RunStatus.Cancelled } } : null,
            "a run is left hanging" => history.Row is { } open ? history with { Row = open with { Status = RunStatus.WaitingProvider } } : null,
            "a prompt's id is used again" => Again(history, "prompted", 1, entry => Set(entry, "prompt", "p1")),
            "an effect's id is used again" => Again(history, "call_sent", 1, entry => Set(entry, "effect", "e1")),
            "a call that must happen once is repeated after a crash" => Find(journal, entry => entry.Kind == "call_sent" && once.Contains(entry.Detail["operation"])) is { } sent
                ? With(history, journal.Insert(sent + 1, journal[sent] with { Kind = "call_repeated" }))
                : null,
            "a call in doubt is sent again without being looked up" => Find(journal, entry => entry.Kind == "call_answered" && once.Contains(entry.Detail["operation"])) is { } answered
                ? With(history, [
                    .. journal[..answered], Set(journal[answered] with { Kind = "call_failed" }, "in_doubt", "yes"),
                    Set(journal[answered] with { Kind = "call_sent" }, "effect", "e900"), Set(journal[answered], "effect", "e900"), .. journal[(answered + 1)..]])
                : null,
            "a call that must happen once is given up while it is under way" => Find(journal, entry => entry.Kind == "call_sent" && once.Contains(entry.Detail["operation"])) is { } begun
                ? With(history, journal.Insert(begun + 1, Set(journal[begun], "effect", "e900")))
                : null,
            "what was done is not taken back" => Find(journal, entry => entry.Kind is "undone" or "undo_failed") is { } undone ? With(history, journal.RemoveAt(undone)) : null,
            "two items of the inbox are applied in the other order" => Swapped(history),
            "a run hears what nobody said" => journal.Any(entry => entry.Kind == "replied")
                ? history with { Inputs = [.. history.Inputs.Where(input => input is not ClientInput.Reply), new ClientInput.Cancel(default, false)] }
                : null,
            "a prompt takes two answers" => Find(journal, entry => entry.Kind == "replied") is { } replied ? With(history, journal.Insert(replied + 1, journal[replied])) : null,
            "a run is cancelled and nobody asked for it" => journal.All(entry => entry.Kind != "cancel_requested") ? Ended(history, "cancelled") : null,
            "a run expires before its time" => journal[^1].At < history.Row!.CreatedAt + history.Flow.Limits.Total ? Ended(history, "run_expired") : null,
            "a run succeeds halfway" => history.Row!.Status != RunStatus.Succeeded ? Ended(history, "succeeded") : null,
            "a failure goes on as if it were another" => Misled(history),
            "two connections are stored" => Find(journal, entry => entry.Kind == "connected") is { } stored
                ? With(history, journal.Insert(stored + 1, Set(Set(journal[stored], "connection", "con_other"), "revision", "2")))
                : null,
            "a connection is stored that the run does not know" => history with { Connections = [.. history.Connections ?? [], new ConnectionId("con_other")] },
            "a call is answered that the provider never got" => Unheard(history),
            "a run is gone" => history with { Row = null },
            "time goes backwards" => journal.Length > 1 ? With(history, journal.SetItem(1, journal[1] with { At = journal[0].At.AddHours(-1) })) : null,
            "a run begins again" => With(history, journal.Insert(1, journal[0])),
            "a prompt outlives its run" => history.Row is { } last && journal.Any(entry => entry.Kind == "prompted") ? history with
            {
                Row = last with { Prompt = new PromptView(new PromptId("p1"), 1, "", false, ImmutableDictionary<string, string>.Empty, [], false, ImmutableDictionary<string, string>.Empty, null, [], [], null, null) },
            } : null,
            _ => throw new ArgumentException(bug),
        };
    }

    private static int? Find(ImmutableArray<JournalEntry> journal, Func<JournalEntry, bool> isWanted)
    {
        for (var index = 0; index < journal.Length; index++)
        {
            if (isWanted(journal[index])) return index;
        }

        return null;
    }

    /// <summary>Changes an entry of a kind that comes after others of its kind.</summary>
    private static RunHistory? Again(RunHistory history, string kind, int skip, Func<JournalEntry, JournalEntry> change)
    {
        var found = history.Journal.Where(entry => entry.Kind == kind).Skip(skip).FirstOrDefault();
        return found is null ? null : With(history, history.Journal.Replace(found, change(found)));
    }

    private static RunHistory? Swapped(RunHistory history)
    {
        var heard = history.Journal.Where(entry => entry.Detail.ContainsKey("inbox")).Take(2).ToList();
        return heard is [var first, var second]
            ? With(history, history.Journal.Replace(first, Set(first, "inbox", "2")).Replace(second, Set(second, "inbox", "1")))
            : null;
    }

    private static RunHistory Ended(RunHistory history, string code) => history with
    {
        Journal = history.Journal.SetItem(history.Journal.Length - 1, Set(history.Journal[^1], "code", code)),
        Row = history.Row! with { Exit = history.Row.Exit! with { Code = code } },
    };

    /// <summary>A failure that a handler of the flow was entered for becomes one that has no handler there.</summary>
    private static RunHistory? Misled(RunHistory history) =>
        Find(history.Journal, entry => entry.Kind is "call_failed" or "return_failed" && entry.Detail.ContainsKey("code")) is { } failed
        && failed + 1 < history.Journal.Length && history.Journal[failed + 1] is { } next && next.Step != history.Journal[failed].Step
            ? With(history, history.Journal.SetItem(failed, Set(history.Journal[failed], "code", "no_such_code")))
            : null;

    private static RunHistory? Unheard(RunHistory history)
    {
        if (history.Calls is not { } calls) return null;
        var doubled = history.Journal.Where(entry => entry.Kind == "call_answered").GroupBy(entry => entry.Detail["operation"]).FirstOrDefault(same => same.Count() > 1)?.Key;
        var operation = doubled?[(doubled.IndexOf('.', StringComparison.Ordinal) + 1)..];
        return operation is null ? null : history with { Calls = [.. calls.Where(call => call.Operation != operation), calls.First(call => call.Operation == operation)] };
    }

    private static RunHistory With(RunHistory history, ImmutableArray<JournalEntry> journal) =>
        history with { Journal = [.. journal.Select((entry, index) => entry with { Seq = index + 1 })] };

    private static JournalEntry Set(JournalEntry entry, string name, string value) => entry with { Detail = entry.Detail.ToImmutableDictionary().SetItem(name, value) };
}
