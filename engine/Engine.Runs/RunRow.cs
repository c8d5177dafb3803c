using System.Collections.Immutable;
using System.Globalization;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Runs;

/// <summary>A run as its row shows it.</summary>
internal static class RunRow
{
    /// <summary>The row of a run that waits, without state and prompt; when it is due and how far its inbox was read stand elsewhere.</summary>
    public static StoredRun Of(LoadedFlow flow, Run run, long revision, DateTimeOffset updatedAt) => new(
        run.Id, flow.Flow.Name, flow.Flow.Version, run.Purpose, run.Subject, run.Stored?.Id, run.World, run.Status,
        flow.Flow.Steps[run.Step].Name, run.CreatedAt, updatedAt, run.WakeAt, revision, Rounds: 0, InboxSeen: 0, run.Exit, Prompt: null, State: default);

    /// <summary>What to store for a transition; the lease ends with it, and the inbox is where the row has it.</summary>
    /// <param name="before">The run as the row has it.</param>
    public static RunSave SaveOf(
        Lease lease, StoredRun row, LoadedFlow flow, Run before, Transition transition, DateTimeOffset now)
    {
        var run = transition.Run;
        var isVisible = transition.Connection is not null || IsVisible(before, run);
        var next = row with
        {
            Connection = run is { IsConnected: true, Stored: { } stored } ? stored.Id : row.Connection,
            Status = run.Status,
            Step = flow.Flow.Steps[run.Step].Name,
            UpdatedAt = now,
            Due = run.IsAsking ? now : run.WakeAt,
            Revision = isVisible ? row.Revision + 1 : row.Revision,
            Rounds = 0,
            Exit = run.Exit,
            Prompt = run.Prompt,
            State = RunCodec.Encode(flow, run),
        };
        return new RunSave(
            lease, next, JournalMarks.Under(lease, transition.Journal), true, transition.Connection, transition.Leftover, transition.IsLeftoverUsedUp)
        {
            IsVisible = isVisible,
        };
    }

    /// <summary>That it could not be advanced.</summary>
    public static RunSetback SetBack(ClaimedRun claimed, string step, int crashes, DateTimeOffset at, bool isParked, DateTimeOffset now)
    {
        var detail = ImmutableDictionary<string, string>.Empty.Add("crashes", crashes.ToString(CultureInfo.InvariantCulture));
        JournalEntry[] journal = isParked ? [new JournalEntry(0, now, "set_back", step, detail)] : [];
        var heard = claimed.Inbox.Count > 0 ? claimed.Inbox[^1].Seq : claimed.Run.InboxSeen;
        return new RunSetback(claimed.Lease, crashes, at, isParked, heard, JournalMarks.Under(claimed.Lease, [.. journal]));
    }

    /// <summary>The end of a run whose state cannot be used: only its row is known.</summary>
    public static RunSave Park(ClaimedRun claimed, DateTimeOffset now)
    {
        var row = claimed.Run;
        var parked = row with
        {
            Status = RunStatus.Failed,
            Exit = new Exit(Failures.Internal, row.Step, now, EngineTexts.TextOf(Failures.Internal)),
            Prompt = null,
            Due = null,
            UpdatedAt = now,
            Revision = row.Revision + 1,
            State = ReadOnlyMemory<byte>.Empty,
        };
        var entry = new JournalEntry(0, now, "ended", row.Step, ImmutableDictionary<string, string>.Empty.Add("code", Failures.Internal));
        return new RunSave(claimed.Lease, parked, JournalMarks.Under(claimed.Lease, [entry]), true, null, null, false);
    }

    /// <summary>The run with the poll rounds that were counted in its row alone.</summary>
    public static Run WithRounds(Run run, int rounds) =>
        rounds > 0 && run.Memory.TryGetValue(run.Step, out var memory)
            ? run with { Memory = run.Memory.SetItem(run.Step, memory with { Rounds = memory.Rounds + rounds }) }
            : run;

    private static bool IsVisible(Run before, Run after) =>
        before.Status != after.Status || before.Step != after.Step || !ReferenceEquals(before.Prompt, after.Prompt);
}
