using System.Collections.Immutable;
using Engine.Runs;

namespace Engine.History;

/// <summary>
/// Proves from records alone that a run lost nothing: no acknowledged input, no step out of order, no effect more often than allowed. It
/// shares no code with the machine that it checks, and believes nothing but what was written down.
/// </summary>
public static class HistoryChecker
{
    private static readonly Action<HistoryNotes>[] Rules =
        [JournalRules.Check, StepRules.Check, PromptRules.Check, EffectRules.Check, CallRules.Check, InputRules.Check, ConnectionRules.Check];

    /// <summary>Everything that is wrong with a run that should have ended; empty where all is well.</summary>
    public static ImmutableArray<HistoryFinding> Check(RunHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var notes = new HistoryNotes(history);
        if (history.Row is null)
        {
            if (history.Inputs.Any(input => input is ClientInput.Start { IsAcknowledged: true })) notes.Add("run_lost", "its start was acknowledged, and the store has no such run");
            return notes.Findings;
        }

        foreach (var rule in Rules) rule(notes);
        return notes.Findings;
    }

    /// <summary>What is wrong between the runs of one test: the same key gives the same run, whoever is asked.</summary>
    public static ImmutableArray<HistoryFinding> CheckStarts(IEnumerable<ClientInput.Start> starts)
    {
        ArgumentNullException.ThrowIfNull(starts);
        return
        [
            .. starts.Where(start => start.IsAcknowledged).GroupBy(start => start.Key, StringComparer.Ordinal)
                .Select(same => (same.Key, Runs: same.Select(start => start.Run).Distinct(StringComparer.Ordinal).ToList()))
                .Where(same => same.Runs.Count > 1)
                .Select(same => new HistoryFinding("started_twice", same.Key, 0, $"one idempotency key made {string.Join(" and ", same.Runs)}")),
        ];
    }
}

/// <summary>A history while it is checked.</summary>
internal sealed class HistoryNotes(RunHistory history)
{
    private readonly ImmutableArray<HistoryFinding>.Builder findings = ImmutableArray.CreateBuilder<HistoryFinding>();

    public RunHistory History => history;

    public ImmutableArray<JournalEntry> Journal => history.Journal;

    /// <summary>The run's row; the rules are asked only where there is one.</summary>
    public StoredRun Row { get; } = history.Row ?? new StoredRun(
        default, "", "", default, "", null, null, default, "", default, default, null, 0, 0, 0, null, null, default);

    public ImmutableArray<HistoryFinding> Findings => findings.ToImmutable();

    public void Add(string code, string what) => findings.Add(new HistoryFinding(code, history.Name, 0, what));

    public void Add(string code, JournalEntry entry, string what) => findings.Add(new HistoryFinding(code, history.Name, entry.Seq, $"{what} ('{entry.Kind}' at step '{entry.Step}')"));
}
