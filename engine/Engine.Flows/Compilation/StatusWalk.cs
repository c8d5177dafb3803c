using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Engine.Flows;

/// <summary>
/// Follows every path through a flow and keeps account of which statuses are still possible: finds missing and dead cases, conditions
/// that are decided before they are read, and steps that no run reaches. Null facts mean that a point is not reached.
/// </summary>
internal sealed partial class StatusWalk(FlowTypes types, Binder binder, FindingList findings)
{
    /// <summary>What is known where a run succeeds: at its <c>connect</c>, or at the end of a flow that has none.</summary>
    private StatusFacts? success;

    public void Run(FlowDocument document)
    {
        var end = Block(document.Steps, StatusFacts.None);
        if (!Steps.All(document.Steps).Any(step => step is StepNode.Connect or StepNode.Done)) success = end;
        foreach (var (key, by) in success?.OnlyUnknown ?? [])
        {
            findings.Error(FindingCodes.OnlyUnknownSucceeds, by,
                $"no run succeeds but with {Words(key)} unknown, which is what nobody knows; name the values to go on with");
        }
    }

    private StatusFacts? Block(Block? block, StatusFacts? facts)
    {
        ImmutableArray<StepNode> steps = block?.Steps ?? [];
        foreach (var step in steps)
        {
            if (facts is null)
            {
                if (steps.All(one => one.IsWhole)) findings.Error(FindingCodes.Unreachable, step.Verb.Place, "no run gets here; every way ends before");
                return null;
            }

            facts = Step(step, step.IsWhole ? facts : facts.Vague(types.Slots.All));
        }

        return facts;
    }

    private StatusFacts? Step(StepNode step, StatusFacts facts) => step switch
    {
        StepNode.Call call => Call(call, facts),
        StepNode.Poll poll => Poll(poll, facts),
        StepNode.Prompt prompt => Prompt(prompt, facts),
        StepNode.Redirect redirect => Exits(
            facts.Without(SetBy(redirect)), facts, [redirect.OnTimeout, .. redirect.Catch.Select(handler => handler.Steps)]),
        StepNode.Await wait => Exits(facts.Without(SetBy(wait)), facts, [wait.OnTimeout]),
        StepNode.Branch branch => Branch(branch, facts),
        StepNode.If choice => If(choice, facts),
        StepNode.Require require => Require(require, facts),
        StepNode.Repeat repeat => Repeat(repeat, facts),
        StepNode.Connect => Succeed(facts),
        StepNode.Done => End(facts),
        StepNode.Fail => null,
        _ => facts.Without(SetBy(step)),
    };

    private StatusFacts Succeed(StatusFacts facts)
    {
        success = StatusFacts.Join(success, facts);
        return facts;
    }

    private StatusFacts? End(StatusFacts facts)
    {
        Succeed(facts);
        return null;
    }

    private StatusFacts? If(StepNode.If choice, StatusFacts facts)
    {
        var condition = binder.Condition(choice.Condition);
        facts = Judge(choice.Condition, facts, Refused.False);
        return StatusFacts.Join(Block(choice.Then, facts.Assume(condition, true)), Block(choice.Else, facts.Assume(condition, false)));
    }

    private StatusFacts? Call(StepNode.Call call, StatusFacts facts)
    {
        var after = facts.Without(SetBy(call));
        return Exits(after, facts, [call.OnTimeout, .. call.Catch.Select(handler => handler.Steps)]);
    }

    private StatusFacts? Poll(StepNode.Poll poll, StatusFacts facts)
    {
        var round = facts.Without(SetWithin(poll));
        Actions(poll.Actions, round);
        round = Judge(poll.Until, round, Refused.False);
        var after = round.Assume(binder.Condition(poll.Until), true);
        if (binder.Condition(poll.Until) is Bound.Computed { Translation: var until })
        {
            RefuseUnknown(until);
            if (RefuseOnlyUnknown(until, true)) after = after.Vague([.. until.Names.Reads.Values]);
        }

        return Leave(poll.Actions, Exits(after, round, [poll.OnTimeout, .. poll.Catch.Select(handler => handler.Steps)]), round);
    }

    private StatusFacts? Prompt(StepNode.Prompt prompt, StatusFacts facts)
    {
        var round = facts.Without(SetWithin(prompt));
        Actions(prompt.Actions, round);
        foreach (var handler in prompt.AgainOn) Block(handler.Steps, round);
        var after = round;
        if (prompt.AgainWhen is { } again)
        {
            round = Judge(again, round, Refused.Both);
            after = round.Assume(binder.Condition(again), false).Accept(again, binder.Condition(again));
        }

        return Leave(
            prompt.Actions,
            Exits(after, round, [prompt.OnTimeout, prompt.OnGiveUp, .. prompt.Catch.Select(handler => handler.Steps)]),
            round);
    }

    private StatusFacts? Require(StepNode.Require require, StatusFacts facts)
    {
        var condition = binder.Condition(require.Condition);
        var otherwise = require.Else is null ? null : Block(require.Else, facts.Assume(condition, false));
        if (otherwise is not null || !RefuseAccepted(require, facts, condition)) facts = Judge(require.Condition, facts, Refused.False);
        return StatusFacts.Join(facts.Assume(condition, true), otherwise);
    }

    private StatusFacts? Repeat(StepNode.Repeat repeat, StatusFacts facts)
    {
        var end = Block(repeat.Body, facts.Without(SetWithin(repeat)));
        if (end is null) return null;
        var condition = binder.Condition(repeat.Condition);
        end = Judge(repeat.Condition, end, repeat.IsUntil ? Refused.False : Refused.True);
        if (condition is Bound.Computed { Translation: var until } && RefuseOnlyUnknown(until, repeat.IsUntil)) end = end.Vague([.. until.Names.Reads.Values]);
        return StatusFacts.Join(
            end.Assume(condition, repeat.IsUntil),
            Block(repeat.OnGiveUp, end.Assume(condition, !repeat.IsUntil)));
    }

    private StatusFacts? Branch(StepNode.Branch node, StatusFacts facts)
    {
        var branch = binder.Branch(node);
        if (branch.Subject is null) facts = Blur(node.Subject, facts);
        if (branch is { Enum: { } choice, Subject: { } subject }) return OverEnum(node, branch, choice, subject, facts);
        StatusFacts? after = null;
        foreach (var one in node.Cases) after = StatusFacts.Join(after, Block(one.Steps, facts));
        var isWhole = branch.Subject is null || branch.Cases.Sum(one => one.Length) == 2 && branch.Subject.Target == "bool";
        if (node.Else is not null) return StatusFacts.Join(after, Block(node.Else, facts));
        if (!isWhole)
        {
            findings.Error(FindingCodes.CaseMissing, node.Subject.Scalar.Place, branch.Subject?.Target == "bool"
                ? "the branch needs cases for true and false"
                : "the branch needs an 'else', since its subject can have any value");
        }

        return after;
    }

    private StatusFacts? OverEnum(
        StepNode.Branch node, BoundBranch branch, INamedTypeSymbol choice, Bound.Computed subject, StatusFacts facts)
    {
        var key = StatusLogic.KeyOf(subject.Translation);
        var isVague = key is not null && facts.IsVague(key);
        var left = (key is null ? StatusFacts.Members(choice) : facts.Possible(key)).ToList();
        StatusFacts? after = null;
        foreach (var (one, values) in node.Cases.Zip(branch.Cases))
        {
            foreach (var value in isVague ? [] : values) WarnWhereDead(value, left);
            var members = values.Select(value => value.Member).OfType<IFieldSymbol>().ToList();
            after = StatusFacts.Join(after, Block(one.Steps, key is null ? facts : facts.With(key, members, one.Names[0].Place)));
        }

        var named = branch.Cases.SelectMany(values => values).Select(value => value.Member?.Name).ToHashSet(StringComparer.Ordinal);
        left.RemoveAll(member => named.Contains(member.Name));
        var missing = string.Join(", ", left.Select(member => Names.Snake(member.Name)));
        if (node.ElseKey is { } otherwise)
        {
            if (!isVague) findings.Warning(
                left.Count > 0 ? FindingCodes.ElseSwallows : FindingCodes.CaseNeverHappens, otherwise.Place,
                left.Count > 0
                    ? $"'else' takes {missing}, and whatever the provider adds later; name them"
                    : "'else' takes nothing; every value has a case");
            return StatusFacts.Join(after, Block(node.Else, key is null ? facts : facts.With(key, left, otherwise.Place)));
        }

        var isRefused = branch.Cases.Zip(node.Cases).Any(pair => pair.First.Length < pair.Second.Names.Length);
        if (left.Count > 0 && !isRefused && !isVague)
        {
            findings.Error(FindingCodes.CaseMissing, node.Subject.Scalar.Place, $"there is no case for {missing}");
        }

        return after;
    }

    private void WarnWhereDead(BoundCase value, List<IFieldSymbol> left)
    {
        if (value.Member is null || left.Exists(member => Library.Is(member, value.Member))) return;
        findings.Warning(FindingCodes.CaseNeverHappens, value.Name.Place, $"'{value.Name}' cannot come here; what stands before rules it out");
    }

    /// <summary>The facts after a step that may also be left by other ways.</summary>
    private StatusFacts? Exits(StatusFacts? after, StatusFacts before, ImmutableArray<Block?> others)
    {
        foreach (var other in others)
        {
            if (other is not null) after = StatusFacts.Join(after, Block(other, before));
        }

        return after;
    }

    private void Actions(ImmutableArray<ActionNode> actions, StatusFacts facts)
    {
        foreach (var action in actions)
        {
            if (action.Outcome is ActionOutcome.Do act) Block(act.Steps, facts);
        }
    }

    private static StatusFacts? Leave(ImmutableArray<ActionNode> actions, StatusFacts? after, StatusFacts facts) =>
        actions.Any(action => action.Outcome is ActionOutcome.Leave) ? StatusFacts.Join(after, facts) : after;

    private HashSet<Slot> SetBy(StepNode step) =>
        [.. Steps.Assigns(step).Select(assigned => types.Slots.Get(assigned.Name)), .. Broken(step)];

    /// <summary>The variables set by a step or by any step within it.</summary>
    private HashSet<Slot> SetWithin(StepNode step) =>
        [.. SetBy(step), .. Steps.Blocks(step).SelectMany(Steps.All).SelectMany(SetBy)];

    private IEnumerable<Slot> Broken(StepNode step) =>
        step is StepNode.Broken broken ? broken.Names.Select(name => types.Slots.Find(name)).OfType<Slot>() : [];
}
