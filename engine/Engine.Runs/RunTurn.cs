using System.Collections.Immutable;
using System.Diagnostics;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Runs;

/// <summary>One advance of a run, while it is made. The parts: steps, time, calls, doubt, polls, prompts, what is shown, connect, ends.</summary>
internal sealed partial class RunTurn
{
    private readonly LoadedFlow loaded;
    private readonly CompiledFlow flow;
    private readonly FlowScope scope;
    private readonly DateTimeOffset now;
    private readonly ImmutableArray<JournalEntry>.Builder journal = ImmutableArray.CreateBuilder<JournalEntry>();
    private Run run;
    private ImmutableArray<object?>.Builder? slots;
    private Effect? effect;
    private Connection? connection;
    private string? leftover;
    private bool isLeftoverUsedUp;
    private bool hasChanged;
    private int? next;

    public RunTurn(LoadedFlow loaded, Run run, DateTimeOffset now)
    {
        (this.loaded, flow, this.run, this.now) = (loaded, loaded.Flow, run, now);
        scope = ScopeOf(loaded, run, now);
    }

    /// <summary>The flow's expressions over the run's values.</summary>
    public static FlowScope ScopeOf(LoadedFlow flow, Run run, DateTimeOffset now)
    {
        var made = flow.NewScope();
        for (var slot = 0; slot < run.Slots.Length; slot++)
        {
            if (run.Slots[slot] is { } value) made.Set(slot, value);
        }
        made.Set(RootSlots.Run, new RunRoot(run.Id.Value, run.Id.Short));
        made.Set(RootSlots.Now, now);
        return made;
    }

    public void Apply(RunEvent happened)
    {
        try
        {
            Tell(happened);
            RunSteps();
        }
        catch (ExpressionException exception)
        {
            Note("expression_failed", ("message", exception.Message));
            End(RunStatus.Failed, Failures.Internal);
        }
    }

    public void Abort(string code) => End(RunStatus.Failed, code);

    public Transition Finish()
    {
        if (slots is not null) run = run with { Slots = slots.MoveToImmutable() };
        run = run with { WakeAt = WakeAt() };
        return new Transition(
            run, effect is null ? [] : [effect], journal.DrainToImmutable(), connection, leftover, isLeftoverUsedUp, !hasChanged);
    }

    private CompiledStep Here => flow.Steps[run.Step];

    private StepMemory Memory => run.Memory.GetValueOrDefault(run.Step) ?? new StepMemory();

    private void Tell(RunEvent happened)
    {
        switch (happened)
        {
            case RunEvent.Started: Start(); break;
            case RunEvent.Woke: Wake(); break;
            case RunEvent.CallAnswered answered: if (AwaitedCall(answered.Effect) is { } call) Answer(call, answered.Value, answered.Pace); break;
            case RunEvent.CallFailed failed: if (AwaitedCall(failed.Effect) is { } failing) Fail(failing, failed.Failure); break;
            case RunEvent.CallLost lost: if (AwaitedCall(lost.Effect) is { } gone) Lose(gone); break;
            case RunEvent.Replied replied: Hear(replied.Reply); break;
            case RunEvent.Returned returned: ComeBack(returned.Return); break;
            case RunEvent.Signalled signalled: Hear(signalled.Signal); break;
            case RunEvent.CancelRequested: Cancel(); break;
            case RunEvent.Hurried: Hurry(); break;
            case RunEvent.IdentityLookedUp found: if (AwaitedCall(found.Effect) is not null) Found(found.Existing); break;
            default: throw new UnreachableException();
        }
    }

    private void Start()
    {
        if (run.IsStarted) return;
        Change(run with { IsStarted = true });
        Note("started", ("purpose", run.Purpose.ToString().ToLowerInvariant()));
        next = 0;
    }

    /// <summary>A change that must be stored.</summary>
    private void Change(Run changed) => (run, hasChanged) = (changed, true);

    /// <summary>A change that a crash may forget.</summary>
    private void Drift(Run changed) => run = changed;

    private void Remember(StepMemory memory) => Change(run with { Memory = run.Memory.SetItem(run.Step, memory) });

    private void Become(RunStatus status)
    {
        if (run.Status != status) Change(run with { Status = status });
    }

    private void SetSlot(int slot, object? value)
    {
        scope.Set(slot, value);
        slots ??= run.Slots.ToBuilder();
        slots[slot] = value;
        hasChanged = true;
    }

    private object Evaluate(int value) =>
        scope.Value(value) ?? throw new ExpressionException($"value {value} at step '{Here.Name}' is null and must not be");

    private void NoteEntered() => Note("step_entered");

    private void Note(string kind, params ReadOnlySpan<(string Name, string Value)> detail)
    {
        var entries = ImmutableDictionary<string, string>.Empty;
        foreach (var (name, value) in detail) entries = entries.SetItem(name, value);
        journal.Add(new JournalEntry(0, now, kind, Here.Name, entries));
        hasChanged = true;
    }
}
