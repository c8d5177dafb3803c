using System.Collections.Immutable;
using Engine.Sdk;
using Sign = Engine.Flows.FlowCoverage.Sign;

namespace Engine.Flows;

/// <summary>
/// The branches, ends and failure paths of a flow. Walks the flow as written beside its program: the steps of a block stand in the
/// program one after the other, from where the step around it says that the block begins.
/// </summary>
internal sealed class FlowPaths
{
    private readonly TestedFlow flow;
    private readonly CompiledFlow compiled;
    private readonly List<(int Line, string What, Sign Sign)> points = [];
    private readonly List<CompiledStep> program;

    public FlowPaths(TestedFlow flow)
    {
        this.flow = flow;
        compiled = flow.Loaded.Flow;
        program = [.. compiled.Steps];
        Walk(flow.Document.Steps, 0);
        foreach (var fail in flow.Document.Fails) Add(fail.Code, $"end '{fail.Code.Value}'", Sign.End(fail.Code.Value));
        if (compiled.Steps.Any(step => step is CompiledStep.Connect)) Add(flow.Document.Steps.Place.Line, "end 'succeeded'", Sign.End("succeeded"));
    }

    public ImmutableArray<(int Line, string What, Sign Sign)> Points => [.. points.Distinct()];

    /// <summary>The flow's program with a step before each failure's own.</summary>
    public ImmutableArray<CompiledStep> Program => [.. program];

    private void Walk(Block? block, int start)
    {
        if (block is null) return;
        for (var i = 0; i < block.Steps.Length; i++) Walk(block.Steps[i], start + i);
    }

    private void Walk(StepNode node, int at)
    {
        switch (node, compiled.Steps[at])
        {
            case (StepNode.Call call, CompiledStep.Call step): WalkCall(call, step, at); break;
            case (StepNode.Poll poll, CompiledStep.Poll step): WalkPoll(poll, step, at); break;
            case (StepNode.Prompt prompt, CompiledStep.Prompt step): WalkPrompt(prompt, step, at); break;
            case (StepNode.Redirect redirect, CompiledStep.Redirect step): WalkRedirect(redirect, step, at); break;
            case (StepNode.Await wait, CompiledStep.Await step):
                Add(wait.Timeout.Scalar, "timeout", Sign.Journal("timed_out", at));
                Walk(wait.OnTimeout, step.OnTimeout ?? 0);
                break;
            case (StepNode.Branch branch, CompiledStep.Branch step): WalkBranch(branch, step); break;
            case (StepNode.If choice, CompiledStep.If step):
                Add(choice.Verb, "if: then", Sign.Condition(step.Condition, true));
                Add(choice.Verb, "if: else", Sign.Condition(step.Condition, false));
                Walk(choice.Then, step.Then);
                Walk(choice.Else, step.Else);
                break;
            case (StepNode.Require require, CompiledStep.If step):
                Add(require.Verb, "require: holds", Sign.Condition(step.Condition, true));
                Add(require.Verb, "require: else", Sign.Condition(step.Condition, false));
                Walk(require.Else, step.Else);
                break;
            case (StepNode.Repeat repeat, CompiledStep.StartOfRepeat step): WalkRepeat(repeat, step); break;
            case (StepNode.Connect { Identity: IdentityNode.Key } connect, CompiledStep.Connect step): WalkConnect(connect, step); break;
        }
    }

    private void WalkCall(StepNode.Call call, CompiledStep.Call step, int at)
    {
        WalkHandlers(call.Catch, step.Catch, "catch", handlers => program[at] = (CompiledStep.Call)program[at] with { Catch = handlers });
        AddFailures(call.Operation, step.Site, at, call.Catch);
        if (call.Confirm is { } confirm) Add(confirm.Scalar, "confirm", Sign.Journal("confirm_sent", at, OperationOf(step.Confirm ?? step.Site)));
        if (call.Undo is UndoNode.Call undo) Add(undo.Operation.Scalar, "undo", Sign.Journal("undone", at));
        if (call.Timeout is { } timeout) Add(timeout.Scalar, "timeout", Sign.Journal("timed_out", at));
        Walk(call.OnTimeout, step.OnTimeout ?? 0);
    }

    private void WalkPoll(StepNode.Poll poll, CompiledStep.Poll step, int at)
    {
        WalkHandlers(poll.Catch, step.Catch, "catch", handlers => program[at] = (CompiledStep.Poll)program[at] with { Catch = handlers });
        AddFailures(poll.Operation, step.Site, at, poll.Catch);
        Add(poll.Timeout.Scalar, "timeout", Sign.Journal("timed_out", at));
        Walk(poll.OnTimeout, step.OnTimeout ?? 0);
        WalkActions(poll.Actions, step.Actions, at);
    }

    private void WalkPrompt(StepNode.Prompt prompt, CompiledStep.Prompt step, int at)
    {
        WalkHandlers(prompt.Catch, step.Catch, "catch", handlers => program[at] = (CompiledStep.Prompt)program[at] with { Catch = handlers });
        WalkHandlers(prompt.AgainOn, step.AgainOn, "again_on", handlers => program[at] = (CompiledStep.Prompt)program[at] with { AgainOn = handlers });
        if (prompt.Submit is { } submit && step.Submit is { } site)
        {
            AddFailures(submit.Operation, site, at, [.. prompt.Catch, .. prompt.AgainOn]);
            if (submit.Confirm is { } confirm) Add(confirm.Scalar, "confirm", Sign.Journal("confirm_sent", at, OperationOf(step.SubmitConfirm ?? site)));
            if (submit.Undo is UndoNode.Call undo) Add(undo.Operation.Scalar, "undo", Sign.Journal("undone", at));
        }

        if (prompt.AgainWhen is { } again && step.AgainCondition is { } condition) Add(again.Scalar, "again_when", Sign.Condition(condition, true));
        if (prompt.OnGiveUp is { } giveUp && step.OnGiveUp is { } target)
        {
            var probe = Probe(target, giveUp.Place.Line);
            program[at] = (CompiledStep.Prompt)program[at] with { OnGiveUp = probe.Index };
            Add(giveUp.Place.Line, "on_give_up", probe.Sign);
            Walk(giveUp, target);
        }

        if (prompt.Timeout is { } timeout) Add(timeout.Scalar, "timeout", Sign.Journal("timed_out", at));
        Walk(prompt.OnTimeout, step.OnTimeout ?? 0);
        WalkActions(prompt.Actions, step.Actions, at);
    }

    private void WalkRedirect(StepNode.Redirect redirect, CompiledStep.Redirect step, int at)
    {
        WalkHandlers(redirect.Catch, step.Catch, "catch", handlers => program[at] = (CompiledStep.Redirect)program[at] with { Catch = handlers });
        foreach (var failure in flow.FindRedirect(step)?.Failures ?? [])
        {
            if (redirect.Catch.Any(handler => handler.Codes.Any(word => word.Value == failure.Code))) continue;
            Add(redirect.Page.Scalar, $"failure '{failure.Code}' of {redirect.Page.Scalar}", Sign.Journal("return_failed", at, failure.Code));
        }

        Add(redirect.Timeout.Scalar, "timeout", Sign.Journal("timed_out", at));
        Walk(redirect.OnTimeout, step.OnTimeout ?? 0);
    }

    private void WalkBranch(StepNode.Branch branch, CompiledStep.Branch step)
    {
        for (var i = 0; i < branch.Cases.Length; i++)
        {
            var one = branch.Cases[i];
            Add(one.Names[0].Place.Line, $"case {string.Join(" or ", one.Names)}", Sign.Choice(step.Choice, i));
            Walk(one.Steps, step.Cases[i]);
        }

        if (branch.ElseKey is { } key) Add(key, "branch: else", Sign.Choice(step.Choice, -1));
        Walk(branch.Else, step.Else ?? 0);
    }

    private void WalkRepeat(StepNode.Repeat repeat, CompiledStep.StartOfRepeat step)
    {
        if (compiled.Steps[step.Repeat] is not CompiledStep.EndOfRepeat end) return;
        var probe = Probe(end.OnGiveUp, repeat.OnGiveUp.Place.Line);
        program[step.Repeat] = end with { OnGiveUp = probe.Index };
        Add(repeat.Condition.Scalar, "repeat: again", Sign.Condition(end.AgainCondition, true));
        Add(repeat.Condition.Scalar, "repeat: enough", Sign.Condition(end.AgainCondition, false));
        Add(repeat.OnGiveUp.Place.Line, "on_give_up", probe.Sign);
        Walk(repeat.Body, step.Next);
        Walk(repeat.OnGiveUp, end.OnGiveUp);
    }

    /// <summary>Accounts are compared only where the provider tells them.</summary>
    private void WalkConnect(StepNode.Connect connect, CompiledStep.Connect step)
    {
        var isRenewed = compiled.Purposes.Any(purpose => purpose != Purpose.Connect);
        if (isRenewed && step.OnOtherAccount == OnOtherAccount.Reject) Add(connect.Verb, "on_other_account: reject", Sign.End("wrong_account"));
        if (step.OnDuplicate == OnDuplicate.Reject) Add(connect.Verb, "on_duplicate: reject", Sign.End("already_connected"));
    }

    private void WalkActions(ImmutableArray<ActionNode> nodes, ImmutableArray<PromptAction> actions, int at)
    {
        foreach (var (node, action) in nodes.Zip(actions))
        {
            Add(node.Name, $"action '{action.Name}'", Sign.Journal("action_taken", at, action.Name));
            if (node.Outcome is ActionOutcome.Do act) Walk(act.Steps, action.Target);
        }
    }

    /// <summary>Puts a step before each failure's steps, and gives the handlers that lead there.</summary>
    private void WalkHandlers(
        ImmutableArray<HandlerNode> nodes, ImmutableArray<Handler> handlers, string key, Action<ImmutableArray<Handler>> replace)
    {
        if (handlers.IsEmpty) return;
        var probed = ImmutableArray.CreateBuilder<Handler>();
        foreach (var (node, code) in nodes.SelectMany(node => node.Codes.Select(code => (node, code))))
        {
            var handler = handlers[probed.Count];
            var probe = Probe(handler.Target, code.Place.Line);
            Add(code.Place.Line, $"{key} {code}", probe.Sign);
            if (code == node.Codes[0]) Walk(node.Steps, handler.Target);
            probed.Add(handler with { Target = probe.Index });
        }

        replace(probed.ToImmutable());
    }

    /// <summary>The failures that no step handles: the run ends with them.</summary>
    private void AddFailures(CallNode node, int site, int at, ImmutableArray<HandlerNode> handled)
    {
        var operation = OperationOf(site);
        var given = node.Arguments.Select(argument => argument.Name.Value).ToHashSet(StringComparer.Ordinal);
        var codes = (flow.FindOperation(compiled.Calls[site])?.Failures ?? [])
            .Where(failure => failure.When is null || given.Contains(failure.When))
            .Select(failure => (failure.Code, Sign: Sign.Journal("call_failed", at, $"{operation} {failure.Code}")));
        if (compiled.Calls[site].Effect == Effect.Once) codes = codes.Append((Failures.InDoubt, Sign.Journal("in_doubt", at)));
        foreach (var (code, sign) in codes.Where(one => !handled.Any(handler => handler.Codes.Any(word => word.Value == one.Code))))
        {
            var isRound = compiled.Steps[at] is CompiledStep.Poll;
            Add(node.Scalar, $"failure '{code}' of {node.Scalar}", isRound ? Sign.Journal("round_failed", at, code) : sign);
        }
    }

    private (int Index, Sign Sign) Probe(int target, int line)
    {
        var number = FlowCoverage.FirstProbe + program.Count;
        program.Add(new CompiledStep.If($"way_{number}", line, number, target, target));
        return (program.Count - 1, Sign.Condition(number, true));
    }

    private string OperationOf(int site) => $"{compiled.Calls[site].Provider}.{compiled.Calls[site].Operation}";

    private void Add(Scalar place, string what, Sign sign) => Add(place.Place.Line, what, sign);

    private void Add(int line, string what, Sign sign) => points.Add((line, what, sign));
}
