using Engine.Sdk;

namespace Engine.Flows;

/// <summary>
/// Computes the most that a run of a flow can cost: each figure is that of the way on which it is largest. Rate limits are waited
/// out on top, and <see cref="Limits.Total"/> ends a run in any case.
/// </summary>
internal sealed class WorstCase(FlowDocument document, Catalog catalog)
{
    private const int DefaultTries = 5;
    private const int DefaultActions = 3;
    private const int DefaultAttempts = 3;
    private bool restarts;

    private TimeSpan Total => document.Total?.Value ?? Compilation.DefaultLimits.Total;

    public Cost Compute()
    {
        var outcome = Block(document.Steps);
        var once = Cost.Max(outcome.Going, outcome.Ending) ?? Cost.None;
        return restarts ? once * (1 + (document.Restarts?.Value ?? Compilation.DefaultLimits.Restarts)) : once;
    }

    private Outcome Block(Block? block)
    {
        var so = new Outcome(Cost.None, null);
        foreach (var step in block?.Steps ?? [])
        {
            if (so.Going is not { } before) return so;
            var after = Step(step);
            so = new Outcome(Add(before, after.Going), Cost.Max(so.Ending, Add(before, after.Ending)));
        }

        return so;
    }

    private Outcome Step(StepNode step) => step switch
    {
        StepNode.Call call => Leave(
            Calls(call.Operation, call.Retry, call.Confirm, call.Undo, call.Timeout?.Value), [call.OnTimeout, .. Blocks(call.Catch)]),
        StepNode.Poll poll => Poll(poll),
        StepNode.Prompt prompt => Prompt(prompt),
        StepNode.Branch branch => Either([.. branch.Cases.Select(one => Block(one.Steps)), .. Given(branch.Else)]),
        StepNode.If choice => Either([Block(choice.Then), Block(choice.Else)]),
        StepNode.Require require => Either([new Outcome(Cost.None, Cost.None), .. Given(require.Else)]),
        StepNode.Repeat repeat => Repeat(repeat),
        StepNode.Redirect redirect => Leave(
            Cost.None with { Prompts = 1, Time = redirect.Timeout.Value }, [redirect.OnTimeout, .. Blocks(redirect.Catch)]),
        StepNode.Await wait => Leave(Cost.None with { Time = wait.Timeout.Value }, [wait.OnTimeout]),
        StepNode.Wait wait => new Outcome(Cost.None with { Time = wait.For.Value }, null),
        StepNode.Fail or StepNode.Done => new Outcome(null, Cost.None),
        _ => new Outcome(Cost.None, null),
    };

    private Outcome Repeat(StepNode.Repeat repeat)
    {
        var body = Block(repeat.Body);
        if (body.Going is not { } round) return body;
        var rounds = round * repeat.Max.Value;
        var last = Block(repeat.OnGiveUp);
        var ending = Add(round * (repeat.Max.Value - 1), body.Ending);
        return new Outcome(Cost.Max(rounds, Add(rounds, last.Going)), Cost.Max(ending, Add(rounds, last.Ending)));
    }

    private Outcome Poll(StepNode.Poll poll)
    {
        var rounds = (long)Math.Ceiling(poll.Timeout.Value / poll.Every.Value) - (poll.From is null && !poll.IsFirstAfter ? 0 : 1);
        var choices = poll.Actions.Sum(TimesOf);
        var own = Cost.OfCalls(NameOf(poll.Operation), Math.Max(rounds, 0) + choices, poll.Timeout.Value);
        if (poll.Show is not null || !poll.Actions.IsEmpty) own += Cost.None with { Prompts = 1 + choices };
        return Waiting(own, poll.Actions, [], 0, [poll.OnTimeout, .. Blocks(poll.Catch)]);
    }

    private Outcome Prompt(StepNode.Prompt prompt)
    {
        var asked = prompt.Submit is null ? 1 : prompt.Max?.Value ?? DefaultTries;
        var own = Cost.None with { Prompts = asked + prompt.Actions.Sum(TimesOf), Time = prompt.Timeout?.Value ?? Total };
        if (prompt.Submit is { } submit)
        {
            var calls = Calls(submit.Operation, submit.Retry, submit.Confirm, submit.Undo, null);
            own += (calls * asked) with { Time = calls.Time };
        }

        return Waiting(own, prompt.Actions, prompt.AgainOn, asked - 1, [prompt.OnTimeout, prompt.OnGiveUp, .. Blocks(prompt.Catch)]);
    }

    /// <summary>A step that keeps its deadline while the steps of its actions and of refusals run, so that at most one of these is over time.</summary>
    private Outcome Waiting(Cost own, IEnumerable<ActionNode> actions, IEnumerable<HandlerNode> again, int refusals, IEnumerable<Block?> exits)
    {
        var blocks = actions.Select(Act).Append((Inner: Again(again), Times: refusals)).Where(block => block.Times > 0).ToList();
        var over = blocks.Select(block => block.Inner.Going?.Time ?? TimeSpan.Zero).DefaultIfEmpty().Max();
        var all = blocks.Aggregate(own, (sum, block) => sum + Taken(block.Inner, block.Times));
        var outcome = Leave(all with { Time = own.Time + over }, exits);
        foreach (var (inner, times) in blocks)
        {
            // The run ends within the last of them, all others having been taken before.
            var before = blocks.Aggregate(own, (sum, block) => sum + Taken(block.Inner, ReferenceEquals(block.Inner, inner) ? times - 1 : block.Times));
            outcome = outcome with { Ending = Cost.Max(outcome.Ending, Add(before, inner.Ending)) };
        }

        return outcome;
    }

    private static Cost Taken(Outcome inner, int times) => ((inner.Going ?? Cost.None) * times) with { Time = TimeSpan.Zero };

    private (Outcome Inner, int Times) Act(ActionNode action)
    {
        restarts |= action.Outcome is ActionOutcome.Restart;
        return (action.Outcome is ActionOutcome.Do act ? Block(act.Steps) : new Outcome(Cost.None, null), TimesOf(action));
    }

    private Outcome Again(IEnumerable<HandlerNode> handlers) => Either([.. handlers.Select(handler => Block(handler.Steps))]);

    /// <summary>A step that goes on, goes on after other steps, or ends the run with a failure that nobody catches.</summary>
    private Outcome Leave(Cost own, IEnumerable<Block?> exits)
    {
        var others = Either([.. exits.OfType<Block>().Select(Block)]);
        return new Outcome(Cost.Max(own, Add(own, others.Going)), Cost.Max(own, Add(own, others.Ending)));
    }

    private Cost Calls(CallNode node, RetryNode? retry, CallNode? confirm, UndoNode? undo, TimeSpan? timeout)
    {
        var isOnce = OperationOf(node)?.Effect == Effect.Once;
        var attempts = retry?.Max?.Value ?? (isOnce ? 1 : DefaultAttempts);
        var time = CallLimits.Attempt * attempts;
        var pause = retry?.Every?.Value ?? TimeSpan.FromSeconds(1);
        for (var i = 1; i < attempts; i++, pause *= 2)
        {
            if (pause > CallLimits.LongestPause) pause = CallLimits.LongestPause;
            time += pause;
        }

        if (timeout < time) time = timeout.Value;
        var cost = Cost.OfCalls(NameOf(node), attempts, time);
        if (confirm is not null && isOnce) cost += Cost.OfCalls(NameOf(confirm), CallLimits.ConfirmAttempts, CallLimits.Confirm);
        return undo is UndoNode.Call back ? cost + Cost.OfUndo(NameOf(back.Operation)) : cost;
    }

    public Operation? OperationOf(CallNode node) =>
        document.Uses.FirstOrDefault(use => use.Alias.Value == node.Alias.Value) is { } use
            ? catalog.FindProvider(use.Provider.Value)?.FindOperation(node.Operation.Value)
            : null;

    public static string NameOf(CallNode node) => $"{node.Alias}.{node.Operation}";

    private static int TimesOf(ActionNode action) => action.Outcome is ActionOutcome.Do ? action.Max?.Value ?? DefaultActions : 0;

    private IEnumerable<Outcome> Given(Block? block) => block is null ? [] : [Block(block)];

    private static IEnumerable<Block> Blocks(IEnumerable<HandlerNode> handlers) => handlers.Select(handler => handler.Steps);

    private static Outcome Either(IReadOnlyCollection<Outcome> ways) => ways.Aggregate(
        new Outcome(null, null), (one, other) => new Outcome(Cost.Max(one.Going, other.Going), Cost.Max(one.Ending, other.Ending)));

    private static Cost? Add(Cost before, Cost? after) => after is null ? null : before + after;

    /// <param name="Going">The most where it goes on; null where it never does.</param>
    /// <param name="Ending">The most where the run ends within; null where it cannot.</param>
    private sealed record Outcome(Cost? Going, Cost? Ending);
}
