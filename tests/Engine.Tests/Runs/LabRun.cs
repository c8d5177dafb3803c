using System.Collections.Immutable;
using Engine.Flows;
using Engine.Runs;
using Engine.Sdk;
using Xunit;

namespace Engine.Tests;

/// <summary>
/// A run told what happens, in virtual time. Each state is written and read back before the next event, so that every test is one of
/// the codec too.
/// </summary>
internal sealed class LabRun
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public LabRun(
        LoadedFlow flow, Connection? stored = null, Purpose purpose = Purpose.Connect, object? input = null, object? connection = null)
    {
        Flow = flow;
        var slots = new object?[flow.Flow.Slots.Length];
        slots[RootSlots.Input] = input;
        slots[RootSlots.Connection] = connection;
        Run = new Run
        {
            Id = new RunId("run_0000000000000000000000abcd"),
            Purpose = purpose,
            Subject = "anna",
            CreatedAt = Start,
            Deadline = Start + flow.Flow.Limits.Total,
            Draft = new ConnectionId("con_draft"),
            Stored = stored,
            Slots = [.. slots],
        };
        Tell(new RunEvent.Started());
    }

    public LoadedFlow Flow { get; }

    public Run Run { get; set; }

    public DateTimeOffset Now { get; private set; } = Start;

    public Transition Last { get; private set; } = null!;

    public List<JournalEntry> Journal { get; } = [];

    /// <summary>The call that was asked for last.</summary>
    public Engine.Runs.Effect.Call Call => Assert.IsType<Engine.Runs.Effect.Call>(Assert.Single(Last.Effects));

    public PromptView Prompt => Run.Prompt ?? throw new InvalidOperationException($"no prompt; {Run}, {Run.Exit}");

    public string? ExitCode => Run.Exit?.Code;

    public static LabRun Of(LabFlow flow) => new(flow.Load());

    public LabRun Tell(RunEvent happened)
    {
        Run = RunCodec.Decode(Flow, RunCodec.Encode(Flow, Run));
        Last = RunMachine.Advance(Flow, Run, happened, Now);
        Run = Last.Run;
        Journal.AddRange(Last.Journal);
        return this;
    }

    /// <summary>Lets time pass and wakes the run once, at the end.</summary>
    public LabRun Wake(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        return Tell(new RunEvent.Woke());
    }

    /// <summary>Goes to the moment at which the run wants to be woken, and wakes it.</summary>
    public LabRun WakeWhenDue()
    {
        Now = Run.WakeAt ?? throw new InvalidOperationException("it waits for no moment");
        return Tell(new RunEvent.Woke());
    }

    public LabRun Answer(object value) => Tell(new RunEvent.CallAnswered(PendingEffect, value));

    public LabRun Fail(string code, bool isInDoubt = false, double? retryAfter = null) => Tell(new RunEvent.CallFailed(
        PendingEffect, new Failure(code, "because", retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null, isInDoubt)));

    public LabRun Lose() => Tell(new RunEvent.CallLost(PendingEffect));

    public LabRun Reply(string action, params (string Name, string Value)[] values) => Tell(new RunEvent.Replied(
        new Reply(Prompt.Id, "t" + Journal.Count, action, values.ToImmutableDictionary(value => value.Name, value => value.Value))));

    public LabRun Submit(params (string Name, string Value)[] values) => Reply("submit", values);

    public EffectId PendingEffect => Run.Pending?.Effect ?? throw new InvalidOperationException($"nothing is pending; {Run}, {Run.Exit}");

    public bool IsWaitingForCall => Run.IsAsking;

    public int Count(string kind) => Journal.Count(entry => entry.Kind == kind);
}
