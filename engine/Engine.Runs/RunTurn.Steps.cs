using System.Diagnostics;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Runs;

internal sealed partial class RunTurn
{
    /// <summary>Steps that take no time, in one advance. More is a loop that the checker should have found.</summary>
    private const int MaxInstantSteps = 10_000;

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
            case CompiledStep.Redirect redirect: EnterRedirect(redirect); break;
            case CompiledStep.Await wait: EnterAwait(wait); break;
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
}
