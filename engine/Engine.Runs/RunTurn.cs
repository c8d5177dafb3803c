using System.Collections.Immutable;
using System.Diagnostics;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Runs;

/// <summary>One advance of a run, while it is made. The parts: calls, polls, prompts, what is shown, connect, ends.</summary>
internal sealed partial class RunTurn
{
    /// <summary>Steps that take no time, in one advance. More is a loop that the checker should have found.</summary>
    private const int MaxInstantSteps = 10_000;

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
        scope = loaded.NewScope();
        for (var slot = 0; slot < run.Slots.Length; slot++)
        {
            if (run.Slots[slot] is { } value) scope.Set(slot, value);
        }
        scope.Set(RootSlots.Run, new RunRoot(run.Id.Value, run.Id.Short));
        scope.Set(RootSlots.Now, now);
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
            case RunEvent.CallAnswered answered: if (AwaitedCall(answered.Effect) is { } call) Answer(call, answered.Value); break;
            case RunEvent.CallFailed failed: if (AwaitedCall(failed.Effect) is { } failing) Fail(failing, failed.Failure); break;
            case RunEvent.CallLost lost: if (AwaitedCall(lost.Effect) is { } gone) Lose(gone); break;
            case RunEvent.Replied replied: Hear(replied.Reply); break;
            case RunEvent.CancelRequested: Cancel(); break;
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

    /// <summary>Time passed: tests limits, then what is due.</summary>
    private void Wake()
    {
        if (!run.IsStarted)
        {
            Start();
            return;
        }
        if (run.Ending is not null || IsSettling)
        {
            if (run.Ending is null && now >= run.Deadline)
            {
                Change(run with { Ending = new Ending(RunStatus.Expired, EngineTexts.RunExpired, Here.Name) });
            }
            ResumeCall();
            return;
        }
        if (now >= run.Deadline) End(RunStatus.Expired, EngineTexts.RunExpired);
        else if (Memory.Deadline <= now && run.Pending is not { Kind: PendingKind.Submit, SendAt: null }) TimeOut();
        else
        {
            HideExpired();
            ResumeCall();
            ResumeWait();
        }
    }

    private void ResumeWait()
    {
        if (run.Pending is not null || !(Memory.NextAt <= now)) return;
        if (Here is CompiledStep.Poll poll) BeginRound(poll);
        else if (Here is CompiledStep.Wait wait) next = wait.Next;
    }

    private void RunSteps()
    {
        for (var count = 0; next is { } step; count++)
        {
            if (count == MaxInstantSteps)
            {
                Note("loop_stopped");
                End(RunStatus.Failed, Failures.Internal);
                return;
            }
            next = null;
            Enter(step);
        }
    }

    private void Enter(int index)
    {
        var step = flow.Steps[index];
        var keeps = step is CompiledStep.EndOfRepeat;
        Change(run with { Step = index, Memory = keeps ? run.Memory : run.Memory.Remove(index) });
        switch (step)
        {
            case CompiledStep.Call call: EnterCall(call); break;
            case CompiledStep.Poll poll: EnterPoll(poll); break;
            case CompiledStep.Prompt prompt: EnterPrompt(prompt); break;
            case CompiledStep.Branch branch: EnterBranch(branch); break;
            case CompiledStep.If choice: next = scope.Condition(choice.Condition) ? choice.Then : choice.Else; break;
            case CompiledStep.Set set: EnterSet(set); break;
            case CompiledStep.Wait wait: EnterWait(wait); break;
            case CompiledStep.StartOfRepeat start: EnterRepeat(start); break;
            case CompiledStep.EndOfRepeat end: EndRound(end); break;
            case CompiledStep.Resume resume: Resume(resume); break;
            case CompiledStep.Restart: Restart(); break;
            case CompiledStep.Connect connect: EnterConnect(connect); break;
            case CompiledStep.Fail fail: End(fail.Code == EngineTexts.Expired ? RunStatus.Expired : RunStatus.Failed, fail.Code); break;
            case CompiledStep.Done: End(RunStatus.Succeeded, EngineTexts.Succeeded); break;
            default: throw new UnreachableException();
        }
    }

    private void EnterBranch(CompiledStep.Branch step)
    {
        var choice = scope.Choice(step.Choice);
        if (choice >= 0) next = step.Cases[choice];
        else if (step.Else is { } otherwise) next = otherwise;
        else End(RunStatus.Failed, Failures.ProviderChanged);
    }

    private void EnterSet(CompiledStep.Set step)
    {
        foreach (var assignment in step.Assignments) SetSlot(assignment.Slot, scope.Value(assignment.Value));
        next = step.Next;
    }

    private void EnterWait(CompiledStep.Wait step)
    {
        if (EndedByTime()) return;
        NoteEntered();
        Remember(Memory with { NextAt = now + step.For });
        Become(RunStatus.WaitingProvider);
    }

    private void EnterRepeat(CompiledStep.StartOfRepeat step)
    {
        // The waiting steps within forget by themselves: each is entered anew.
        Change(run with { Memory = run.Memory.Remove(step.Repeat) });
        next = step.Next;
    }

    private void EndRound(CompiledStep.EndOfRepeat step)
    {
        var rounds = Memory.Rounds + 1;
        Remember(Memory with { Rounds = rounds });
        if (!scope.Condition(step.AgainCondition)) next = step.Next;
        else next = rounds < step.Max ? step.Body : step.OnGiveUp;
    }

    /// <summary>Back into a waiting step that keeps what it remembers.</summary>
    private void Resume(CompiledStep.Resume step)
    {
        Change(run with { Step = step.Step });
        if (EndedByTime()) return;
        if (Memory.Deadline <= now) TimeOut();
        else if (Here is CompiledStep.Prompt prompt) Ask(prompt);
        else if (Here is CompiledStep.Poll poll)
        {
            Remember(Memory with { Asked = null });
            BeginRound(poll);
        }
    }

    /// <summary>Whether the run's own limit has passed. Asked only where it would wait: what takes no time may still be done.</summary>
    private bool EndedByTime()
    {
        if (now < run.Deadline) return false;
        End(RunStatus.Expired, EngineTexts.RunExpired);
        return true;
    }

    private void TimeOut()
    {
        Note("timed_out");
        Change(run with { Pending = null, Prompt = null });
        var target = Here switch
        {
            CompiledStep.Call call => call.OnTimeout,
            CompiledStep.Poll poll => poll.OnTimeout,
            CompiledStep.Prompt prompt => prompt.OnTimeout,
            _ => null,
        };
        if (target is { } step) next = step;
        else if (Here is CompiledStep.Call or CompiledStep.Poll { Show: null }) End(RunStatus.Failed, Failures.ProviderTimeout);
        else End(RunStatus.Expired, EngineTexts.Expired);
    }

    private DateTimeOffset? WakeAt()
    {
        if (run.Status.IsFinal()) return null;
        if (run.Pending is { } call)
        {
            if (call.IsLost) return call.Deadline;
            if (run.Ending is not null || IsSettling) return call.SendAt;
        }
        var memory = Memory;
        var wake = run.Deadline;
        if (run.Pending is not { Kind: PendingKind.Submit, SendAt: null }) wake = Sooner(wake, memory.Deadline);
        if (run.Pending is { } pending) wake = Sooner(wake, pending.SendAt);
        else wake = Sooner(wake, memory.NextAt);
        return run.Prompt?.Show is { } shown && shown.HasValue() ? Sooner(wake, shown.ExpiresAt) : wake;
    }

    private static DateTimeOffset Sooner(DateTimeOffset one, DateTimeOffset? other) => other < one ? other.Value : one;

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
