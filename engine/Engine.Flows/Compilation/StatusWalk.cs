using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Engine.Flows;

/// <summary>
/// Follows every path through a flow and keeps account of which statuses are still possible: finds missing and dead cases, and
/// steps that no run reaches. Null facts mean that a point is not reached.
/// </summary>
internal sealed class StatusWalk(FlowTypes types, Binder binder, FindingList findings)
{
    public StatusFacts? Block(Block? block, StatusFacts? facts)
    {
        foreach (var step in block?.Steps ?? [])
        {
            if (facts is null)
            {
                findings.Error(FindingCodes.Unreachable, step.Verb.Place, "no run gets here; every way ends before");
                return null;
            }

            facts = Step(step, facts);
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
        StepNode.If choice => StatusFacts.Join(
            Block(choice.Then, facts.Assume(binder.Condition(choice.Condition), true)),
            Block(choice.Else, facts.Assume(binder.Condition(choice.Condition), false))),
        StepNode.Require require => Require(require, facts),
        StepNode.Repeat repeat => Repeat(repeat, facts),
        StepNode.Fail or StepNode.Done => null,
        _ => facts.Without(SetBy(step)),
    };

    private StatusFacts? Call(StepNode.Call call, StatusFacts facts)
    {
        var after = facts.Without(SetBy(call));
        return Exits(after, facts, [call.OnTimeout, .. call.Catch.Select(handler => handler.Steps)]);
    }

    private StatusFacts? Poll(StepNode.Poll poll, StatusFacts facts)
    {
        var round = facts.Without(SetWithin(poll));
        Actions(poll.Actions, round);
        var after = round.Assume(binder.Condition(poll.Until), true);
        if (binder.Condition(poll.Until) is Bound.Computed { Translation: var until }) RefuseUnknown(until);
        return Leave(poll.Actions, Exits(after, round, [poll.OnTimeout, .. poll.Catch.Select(handler => handler.Steps)]), round);
    }

    private StatusFacts? Prompt(StepNode.Prompt prompt, StatusFacts facts)
    {
        var round = facts.Without(SetWithin(prompt));
        Actions(prompt.Actions, round);
        foreach (var handler in prompt.AgainOn) Block(handler.Steps, round);
        var after = prompt.AgainWhen is null ? round : round.Assume(binder.Condition(prompt.AgainWhen), false);
        return Leave(
            prompt.Actions,
            Exits(after, round, [prompt.OnTimeout, prompt.OnGiveUp, .. prompt.Catch.Select(handler => handler.Steps)]),
            round);
    }

    private StatusFacts? Require(StepNode.Require require, StatusFacts facts)
    {
        var condition = binder.Condition(require.Condition);
        var otherwise = require.Else is null ? null : Block(require.Else, facts.Assume(condition, false));
        return StatusFacts.Join(facts.Assume(condition, true), otherwise);
    }

    private StatusFacts? Repeat(StepNode.Repeat repeat, StatusFacts facts)
    {
        var end = Block(repeat.Body, facts.Without(SetWithin(repeat)));
        if (end is null) return null;
        var condition = binder.Condition(repeat.Condition);
        return StatusFacts.Join(
            end.Assume(condition, repeat.IsUntil),
            Block(repeat.OnGiveUp, end.Assume(condition, !repeat.IsUntil)));
    }

    private StatusFacts? Branch(StepNode.Branch node, StatusFacts facts)
    {
        var branch = binder.Branch(node);
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
        var left = (key is null ? StatusFacts.Members(choice) : facts.Possible(key)).ToList();
        StatusFacts? after = null;
        foreach (var (one, values) in node.Cases.Zip(branch.Cases))
        {
            foreach (var value in values) WarnWhereDead(value, left);
            var members = values.Select(value => value.Member).OfType<IFieldSymbol>().ToList();
            after = StatusFacts.Join(after, Block(one.Steps, key is null ? facts : facts.With(key, members)));
        }

        var named = branch.Cases.SelectMany(values => values).Select(value => value.Member?.Name).ToHashSet(StringComparer.Ordinal);
        left.RemoveAll(member => named.Contains(member.Name));
        var missing = string.Join(", ", left.Select(member => Names.Snake(member.Name)));
        if (node.ElseKey is { } otherwise)
        {
            findings.Warning(
                left.Count > 0 ? FindingCodes.ElseSwallows : FindingCodes.CaseNeverHappens, otherwise.Place,
                left.Count > 0
                    ? $"'else' takes {missing}, and whatever the provider adds later; name them"
                    : "'else' takes nothing; every value has a case");
            return StatusFacts.Join(after, Block(node.Else, key is null ? facts : facts.With(key, left)));
        }

        var isRefused = branch.Cases.Zip(node.Cases).Any(pair => pair.First.Length < pair.Second.Names.Length);
        if (left.Count > 0 && !isRefused)
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

    private void RefuseUnknown(Translation until)
    {
        foreach (var test in new StatusLogic(until).TestsThatUnknownPasses())
        {
            findings.Error(FindingCodes.UnknownEndsPoll, until.Source.PlaceOf(test),
                "a status that nobody knows would end the poll; name the statuses that end it, or add 'unknown' to those named");
        }
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
