using System.Text.Json;
using Engine.Flows;

namespace Engine.Runs;

internal sealed partial class RunTurn
{
    /// <summary>Calls of one hook that are kept until awaited. A provider that calls more often tells nothing new.</summary>
    private const int MaxKept = 50;

    private void EnterRedirect(CompiledStep.Redirect step)
    {
        if (EndedByTime()) return;
        NoteEntered();

        // The host evaluates it again for each visit; a fault in it shows here, where it ends the run and not the visit.
        Evaluate(step.Arguments);
        Remember(Memory with { Deadline = now + step.Timeout });
        var text = step.Text is null ? EngineTexts.GoToProvider : TextOf(step.Text);
        var id = NewOrSameId();
        Change(run with
        {
            Prompt = new PromptView(
                id, Memory.Rev, step.Name, false, text, [], false, EngineTexts.Continue, null, [], [], null, Memory.Deadline)
            {
                Redirect = new RedirectOffer(step.Provider, step.IsPopup),
            },
        });
        Become(RunStatus.WaitingUser);
    }

    /// <summary>The person is back. A return to a prompt that is no more changes nothing.</summary>
    private void ComeBack(Return back)
    {
        if (run.Prompt is not { } prompt || prompt.Id != back.Prompt || run.Ending is not null || Here is not CompiledStep.Redirect step) return;
        if (back.Failure is { } failure)
        {
            Note("return_failed", ("code", failure.Code));
            Become(RunStatus.Running);
            FailStep(step.Catch, failure);
            return;
        }

        Note("returned", ("prompt", prompt.Id.Value));
        if (step.As is { } slot && back.Value is { } value) SetSlot(slot, value.Deserialize(loaded.SlotType(slot), loaded.Json));
        Change(run with { Prompt = null });
        Become(RunStatus.Running);
        next = step.Next;
    }

    private void EnterAwait(CompiledStep.Await step)
    {
        if (EndedByTime()) return;
        NoteEntered();
        if (run.Signals.FirstOrDefault(kept => kept.Hook == step.Hook) is { } early)
        {
            Change(run with { Signals = run.Signals.Remove(early) });
            Take(step, early.Payload);
            return;
        }

        Remember(Memory with { Deadline = now + step.Timeout });
        Become(RunStatus.WaitingProvider);
    }

    private void Take(CompiledStep.Await step, JsonElement payload)
    {
        Note("signal_taken", ("hook", step.Hook));
        if (step.As is { } slot) SetSlot(slot, payload.Deserialize(loaded.SlotType(slot), loaded.Json));
        Become(RunStatus.Running);
        next = step.Next;
    }

    /// <summary>
    /// The provider called: what waits for it goes on; a poll that it wakes makes one further round, also where a call is under way;
    /// what is awaited later is kept.
    /// </summary>
    private void Hear(Signal signal)
    {
        if (run.Ending is not null) return;
        Note("signalled", ("hook", signal.Hook));
        if (Here is CompiledStep.Await step && step.Hook == signal.Hook)
        {
            Take(step, signal.Payload);
            return;
        }

        if (flow.Steps.Any(other => other is CompiledStep.Await later && later.Hook == signal.Hook)
            && run.Signals.Count(kept => kept.Hook == signal.Hook) < MaxKept)
        {
            Change(run with { Signals = run.Signals.Add(new KeptSignal(signal.Hook, signal.Payload)) });
        }

        if (!run.Hints.Contains(signal.Hook, StringComparer.Ordinal) && flow.Steps.Any(other => other is CompiledStep.Poll { WakeOn: { } hook } && hook == signal.Hook))
        {
            Change(run with { Hints = run.Hints.Add(signal.Hook) });
        }

        // A pause that the provider asked for is kept: the hint comes to no harm, since the round comes anyway.
        if (Here is CompiledStep.Poll poll && IsHinted(poll) && run.Pending is null && Memory is { NextAt: not null, Failures: 0 }) BeginRound(poll);
    }

    private bool IsHinted(CompiledStep.Poll step) => step.WakeOn is { } hook && run.Hints.Contains(hook, StringComparer.Ordinal);
}
