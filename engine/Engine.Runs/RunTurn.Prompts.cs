using System.Collections.Immutable;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Runs;

internal sealed partial class RunTurn
{
    private const string SubmitAction = "submit";
    private const string CancelAction = "cancel";

    private void EnterPrompt(CompiledStep.Prompt step)
    {
        if (EndedByTime()) return;
        NoteEntered();
        Remember(Memory with { Deadline = now + step.Timeout });
        Ask(step);
    }

    /// <summary>Asks, with a new id: whatever was answered before is no answer to this.</summary>
    private void Ask(CompiledStep.Prompt step)
    {
        Remember(Memory with { Asked = null });
        var text = TextOf(step.Text ?? step.Show?.Text);
        var shown = step.Show is { } show ? Shown(show) : null;
        var id = NewOrSameId();
        var memory = Memory;
        var canSubmit = !step.Fields.IsEmpty || step.Button is not null || step.Actions.IsEmpty;
        var button = canSubmit ? step.Button?.ByLanguage ?? EngineTexts.Continue : ImmutableDictionary<string, string>.Empty;
        var prompt = new PromptView(
            id, memory.Rev, step.Name, false, text, FieldRules.View(step.Fields), canSubmit, button, shown, ActionsOf(step.Actions),
            memory.Messages, step.Submit is null ? null : step.Max - memory.Refused, memory.Deadline) { FrameSays = FrameSaysOf(step.Show) };
        Change(run with { Prompt = prompt, Pending = null });
        Remember(memory with { Messages = [] });
        Become(RunStatus.WaitingUser);
    }

    private void Hear(Reply reply)
    {
        if (run.Prompt is not { IsBusy: false } prompt || prompt.Id != reply.Prompt || run.Ending is not null) return;
        Note("replied", ("prompt", reply.Prompt.Value), ("action", reply.Action));
        if (reply.Action == CancelAction) Cancel();
        else if (reply.Action == SubmitAction && prompt.CanSubmit && Here is CompiledStep.Prompt step) Take(step, reply.Values);
        else TakeAction(reply.Action);
    }

    private void Take(CompiledStep.Prompt step, IReadOnlyDictionary<string, string> values)
    {
        var check = FieldRules.Check(step.Fields, values);
        if (!check.Errors.IsEmpty)
        {
            Remember(Memory with { Messages = [.. check.Errors.Select(error => new PromptMessage(error.Code, error.Text))] });
            Ask(step);
            return;
        }
        if (step.As is { } slot) SetSlot(slot, FormOf(step, check.Values));
        if (step.Submit is not { } submit)
        {
            Accept(step);
            return;
        }
        if (run.Prompt is { } prompt) Change(run with { Prompt = prompt with { IsBusy = true, Messages = [] } });
        BeginCall(PendingKind.Submit, submit, step.SubmitConfirm);
    }

    /// <summary>The form as the flow reads it; <c>left</c> is what remains if this answer is refused.</summary>
    private object FormOf(CompiledStep.Prompt step, IReadOnlyDictionary<string, string> values) =>
        FormJson.Read(loaded, loaded.FindType(step.FormType), step.Fields, values, step.Max - Memory.Refused - 1);

    private void AnswerSubmit(CompiledStep.Prompt step, object value)
    {
        if (step.SubmitAs is { } slot) SetSlot(slot, value);
        Arm(step.SubmitUndo);
        if (run.Ending is not null) UndoNext();
        else if (step.AgainCondition is { } again && scope.Condition(again)) Refuse(step, EngineTexts.RefusalCode(step.Fields), null, null);
        else Accept(step);
    }

    private void Accept(CompiledStep.Prompt step)
    {
        if (step is { WipesForm: true, As: { } slot }) SetSlot(slot, null);
        Change(run with { Prompt = null });
        Become(RunStatus.Running);
        next = step.Next;
    }

    /// <summary>An answer was refused: asks again, after the handler's steps where there is one, or gives up.</summary>
    private void Refuse(CompiledStep.Prompt step, string code, Handler? handler, Failure? failure)
    {
        var refused = Memory.Refused + 1;
        Note("refused", ("code", code));
        Remember(Memory with { Refused = refused });
        SetSlot(RootSlots.Failure, failure);
        if (refused >= step.Max)
        {
            Change(run with { Prompt = null });
            if (step.OnGiveUp is { } target) next = target;
            else End(RunStatus.Failed, EngineTexts.TooManyAttempts);
            return;
        }
        var text = step.AgainText is { } template ? TextOf(template) : handler?.Text?.ByLanguage ?? EngineTexts.RefusalOf(flow, code, step.Fields);
        Remember(Memory with { Messages = [new PromptMessage(code, text)] });
        if (handler is null || failure is null) Ask(step);
        else
        {
            Change(run with { Prompt = null });
            Become(RunStatus.Running);
            Handle(handler, failure);
        }
    }

    private void FailSubmit(CompiledStep.Prompt step, Failure failure)
    {
        if (step.AgainOn.FirstOrDefault(handler => handler.Code == failure.Code) is { } again)
        {
            Refuse(step, failure.Code, again, failure);
            return;
        }
        var isCaught = step.Catch.Any(handler => handler.Code == failure.Code);
        var isOutage = IsLater(failure) || failure.Code == Failures.RateLimited;
        if (isCaught || !isOutage || Memory.Refused + 1 >= step.Max)
        {
            FailStep(step.Catch, failure);
            return;
        }
        Remember(Memory with
        {
            Refused = Memory.Refused + 1,
            Messages = [new PromptMessage(failure.Code, EngineTexts.TextOf(flow, failure.Code))],
        });
        Ask(step);
    }

    /// <summary>Another choice than to submit. One that is not there (yet) is answered by asking again.</summary>
    private void TakeAction(string name)
    {
        var actions = Here switch
        {
            CompiledStep.Prompt prompt => prompt.Actions,
            CompiledStep.Poll poll => poll.Actions,
            _ => [],
        };
        var view = run.Prompt?.Actions.FirstOrDefault(action => action.Name == name);
        if (view is null || view.AvailableAt > now || actions.FirstOrDefault(action => action.Name == name) is not { } taken)
        {
            AskSame();
            return;
        }
        var memory = Memory;
        var count = (memory.Actions.GetValueOrDefault(name)?.Count ?? 0) + 1;
        Remember(memory with { Actions = memory.Actions.SetItem(name, new TakenAction(count, now)), Asked = null, NextAt = null });
        Change(run with { Pending = null, Prompt = null });
        Become(RunStatus.Running);
        Note("action_taken", ("action", name));
        next = taken.Target;
    }

    /// <summary>Shows the same under a new id, so that it can be answered again.</summary>
    private void AskSame()
    {
        if (run.Prompt is not { } prompt) return;
        Remember(Memory with { Asked = null });
        var id = NewOrSameId();
        var message = new PromptMessage(EngineTexts.NotNow, EngineTexts.TextOf(flow, EngineTexts.NotNow));
        Change(run with { Prompt = prompt with { Id = id, Rev = Memory.Rev, Messages = [message] } });
    }

    private void Cancel()
    {
        if (run.Ending is { IsRestart: false }) return;
        Note("cancel_requested");
        if (run.Ending is { } ending)
        {
            Change(run with { Ending = ending with { Status = RunStatus.Cancelled, Code = EngineTexts.Cancelled, IsRestart = false } });
        }
        else if (IsSettling)
        {
            var step = Here.Name;
            Change(run with { Ending = new Ending(RunStatus.Cancelled, EngineTexts.Cancelled, step), Prompt = null });
        }
        else End(RunStatus.Cancelled, EngineTexts.Cancelled);
    }
}
