using System.Globalization;
using Engine.Runs;

namespace Engine.History;

/// <summary>
/// Everything that a client was told is taken was told to the run, once, in the order of the inbox. Only the run's end may overtake an
/// input that came in the moment before it.
/// </summary>
internal static class InputRules
{
    /// <summary>How old a worker's look into the inbox may be when it stores something.</summary>
    private static readonly TimeSpan LastLook = TimeSpan.FromMilliseconds(250);

    public static void Check(HistoryNotes notes)
    {
        CheckOrder(notes);
        var heard = notes.Journal.Where(entry => entry.Number("inbox") is not null).ToLookup(WhatOf, StringComparer.Ordinal);
        var sent = notes.History.Inputs.Select(input => (Input: input, What: WhatOf(input))).Where(one => one.What.Length > 0).ToList();
        foreach (var same in sent.GroupBy(one => one.What, StringComparer.Ordinal)) CheckHeard(notes, same.Key, [.. same.Select(one => one.Input)], [.. heard[same.Key]]);
        if (notes.History.Inputs.IsEmpty) return;
        foreach (var unknown in heard.Where(entries => sent.All(one => one.What != entries.Key))) notes.Add("input_from_nowhere", unknown.First(), $"nobody sent '{unknown.Key}'");
    }

    private static void CheckOrder(HistoryNotes notes)
    {
        long last = 0;
        foreach (var entry in notes.Journal)
        {
            if (entry.Number("inbox") is not { } number)
            {
                if (entry.Kind is "replied" or "returned" or "signalled") notes.Add("unnumbered_input", entry, "it does not say which item of the inbox it was");
                continue;
            }

            if (number <= last) notes.Add("input_twice", entry, $"item {number} of the inbox follows item {last}");
            else if (number > last + 1) notes.Add("input_skipped", entry, $"item {last + 1} of the inbox is due and {number} is applied");
            last = Math.Max(last, number);
        }

        if (notes.Row.InboxSeen > last && notes.Row.Exit?.Code != Sdk.Failures.Internal && !EndsWithMore(notes, last)) notes.Add("input_skipped", $"its row has seen item {notes.Row.InboxSeen} of the inbox, its journal item {last}");
    }

    /// <summary>Items that are heard together with the one that ends the run change nothing, and are not noted after the end.</summary>
    private static bool EndsWithMore(HistoryNotes notes, long last) => notes.Journal is [.., { Kind: "ended" }] && last > 0;

    private static void CheckHeard(HistoryNotes notes, string what, IReadOnlyList<ClientInput> attempts, IReadOnlyList<JournalEntry> heard)
    {
        // One request for the end is enough, and may be made again once it was heard.
        var isCancel = attempts[0] is ClientInput.Cancel;
        var distinct = isCancel ? attempts.Count : attempts.Select(KeyOf).Distinct(StringComparer.Ordinal).Count();
        if (heard.Count > distinct) notes.Add("input_twice", heard[^1], $"'{what}' was applied {heard.Count} times and sent {distinct} times");
        var taken = attempts.Where(input => input.IsAcknowledged).GroupBy(KeyOf, StringComparer.Ordinal).Select(same => same.Min(input => input.At)).Order().ToList();
        var missing = taken.Count - heard.Count;
        if (missing <= 0) return;
        var overtaken = taken.Count(at => IsOvertaken(notes, at));
        if (missing > overtaken) notes.Add("input_lost", $"'{what}' was acknowledged at {taken[heard.Count].ToString("O", CultureInfo.InvariantCulture)}, and the run never heard of it");
    }

    /// <summary>Whether it came so late that the worker who ended the run had looked into the inbox for the last time.</summary>
    private static bool IsOvertaken(HistoryNotes notes, DateTimeOffset at) =>
        notes.Journal is [.., { Kind: "ended" } end] && at >= end.At - LastLook - notes.History.ClockError;

    /// <summary>What an entry heard, in words that a client's input has too.</summary>
    private static string WhatOf(JournalEntry entry) => entry.Kind switch
    {
        "replied" => $"reply to {entry.Text("prompt")}",
        "returned" or "return_failed" => "return",
        "signalled" => $"signal {entry.Text("hook")}",
        "cancel_requested" => "cancel",
        "ignored" => entry.Text("what") is { } what && what.StartsWith("return ", StringComparison.Ordinal) ? "return" : entry.Text("what") ?? "",
        _ => "",
    };

    private static string WhatOf(ClientInput input) => input switch
    {
        ClientInput.Reply reply => $"reply to {reply.Prompt}",
        ClientInput.Return => "return",
        ClientInput.Signal signal => $"signal {signal.Hook}",
        ClientInput.Cancel => "cancel",
        _ => "",
    };

    /// <summary>By which attempts at the same input are known.</summary>
    private static string KeyOf(ClientInput input) => input switch
    {
        ClientInput.Reply reply => reply.Transaction,
        ClientInput.Return back => back.Visit,
        ClientInput.Signal signal => signal.Key,
        _ => "",
    };
}
