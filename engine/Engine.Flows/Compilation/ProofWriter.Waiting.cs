using System.Collections.Immutable;

namespace Engine.Flows;

internal sealed partial class ProofWriter
{
    private void WriteCall(StepNode.Call call)
    {
        var after = NewLabel();
        WriteArguments(call.Operation);
        WriteArguments(call.Confirm);
        WriteDetour(call.OnTimeout, after);
        WriteHandlers(call.Catch, after);
        WriteAssignment(call.As);
        if (call.Undo is UndoNode.Call undo) WriteArguments(undo.Operation);
        foreach (var part in call.Leftover) WriteTake(binder.Leftover(part));
        WriteLabel(after);
    }

    /// <summary>Call, <c>until</c>, show, wait, and again; a value in place of the first answer skips the first call.</summary>
    private void WritePoll(StepNode.Poll poll)
    {
        var after = NewLabel();
        if (poll.Deadline is { } deadline) WriteTake(binder.Deadline(deadline));
        if (poll.From is { } from)
        {
            WriteTake(binder.From(from, poll.Operation));
            WriteAssignment(poll.As);
        }

        code.Write("while (true) {\n");
        if (poll.From is not null) WriteRound(poll);
        WriteDetour(poll.OnTimeout, after);
        WriteActions(poll.Actions, after);
        WriteArguments(poll.Operation);
        WriteHandlers(poll.Catch, after);
        WriteAssignment(poll.As);
        if (poll.From is null) WriteRound(poll);
        code.Write("}\n");
        WriteLabel(after);
    }

    private void WriteRound(StepNode.Poll poll)
    {
        code.Write("if ");
        WriteCondition(poll.Until);
        code.Write(" break;\n");
        WriteShow(poll.Show);
    }

    private void WritePrompt(StepNode.Prompt prompt)
    {
        var (after, again) = (NewLabel(), NewLabel());
        code.Write("while (true) {\n");
        WriteTexts(prompt.Text);
        WriteShow(prompt.Show);
        WriteDetour(prompt.OnTimeout, after);
        WriteActions(prompt.Actions, after);
        WriteAssignment(prompt.As);
        if (prompt.Submit is { } submit)
        {
            WriteArguments(submit.Operation);
            WriteArguments(submit.Confirm);
            WriteHandlers(prompt.Catch, after);
            WriteHandlers(prompt.AgainOn, again);
            WriteAssignment(submit.As);
            if (submit.Undo is UndoNode.Call undo) WriteArguments(undo.Operation);
        }

        if (prompt.AgainWhen is { } againWhen)
        {
            code.Write("if ");
            WriteCondition(againWhen);
            code.Write($" goto {again};\n");
        }

        code.Write("break;\n");
        WriteLabel(again);
        WriteDetour(prompt.OnGiveUp, after);
        WriteTexts(prompt.AgainText);
        code.Write("}\n");
        WriteLabel(after);
    }

    private void WriteRedirect(StepNode.Redirect redirect)
    {
        var after = NewLabel();
        foreach (var value in binder.Redirect(redirect.Page)?.Record.Values ?? []) WriteTake(value);
        WriteTexts(redirect.Text);
        WriteDetour(redirect.OnTimeout, after);
        WriteHandlers(redirect.Catch, after);
        WriteAssignment(redirect.As);
        WriteLabel(after);
    }

    private void WriteAwait(StepNode.Await wait)
    {
        var after = NewLabel();
        WriteDetour(wait.OnTimeout, after);
        WriteAssignment(wait.As);
        WriteLabel(after);
    }

    /// <summary>The failure is there while the steps of its handler run, and nowhere else.</summary>
    private void WriteHandlers(ImmutableArray<HandlerNode> handlers, string after)
    {
        foreach (var handler in handlers)
        {
            var failure = types.Slots.All[RootSlots.Failure];
            code.Write($"if (Open()) {{\n{failure.Identifier} = Make<global::Engine.Sdk.Failure>();\n");
            WriteBlock(handler.Steps);
            code.Write($"{failure.Identifier} = default;\ngoto {after}; }}\n");
        }
    }

    private void WriteActions(ImmutableArray<ActionNode> actions, string after)
    {
        foreach (var action in actions)
        {
            code.Write("if (Open()) {\n");
            if (action.Outcome is ActionOutcome.Do act) WriteBlock(act.Steps);
            code.Write(action.Outcome switch
            {
                ActionOutcome.Do => "continue; }\n",
                ActionOutcome.Leave => $"goto {after}; }}\n",
                _ => "return; }\n",
            });
        }
    }

    private void WriteArguments(CallNode? call)
    {
        if (call is null || binder.Call(call) is not { } bound) return;
        foreach (var value in bound.Record.Values) WriteTake(value);
    }

    private void WriteShow(ShowNode? show)
    {
        if (show is null) return;
        WriteShown(show.Qr, "qr");
        WriteShown(show.Image, "image");
        WriteShown(show.Code, "code");
        WriteShown(show.Link, "link");
        WriteShown(show.Frame, "frame");
        WriteTexts(show.Text);
        if (show.ExpiresAt is { } expires) WriteTake(binder.Moment(expires));
        if (show.RotationsLeft is { } rotations) WriteTake(binder.Number(rotations));
    }

    private void WriteShown(ValueNode? value, string key)
    {
        if (value is not null) WriteTake(binder.Shown(value, key));
    }

    private void WriteTexts(TextNode? text)
    {
        foreach (var part in text?.Parts ?? []) WriteTake(binder.Text(part.Value));
    }
}
