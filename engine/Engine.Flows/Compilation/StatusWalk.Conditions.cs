namespace Engine.Flows;

internal sealed partial class StatusWalk
{
    /// <summary>What a condition must not always come to; that it always comes to the other is only said.</summary>
    private enum Refused
    {
        True,
        False,
        Both,
    }

    /// <summary>Looks for a condition that what stands before decides already; where it was refused, what it reads becomes vague.</summary>
    private StatusFacts Judge(ValueNode.Expression node, StatusFacts facts, Refused refused)
    {
        if (binder.Condition(node) is not Bound.Computed { Translation: var translation } condition) return Blur(node, facts);
        if (facts.Decide(condition) is not { } value) return facts;
        var message = value
            ? "this is always true: what stands before, or the condition itself, rules everything else out"
            : "this is never true: what stands before, or the condition itself, rules it out";
        if (refused == Refused.Both || refused == (value ? Refused.True : Refused.False))
        {
            findings.Error(FindingCodes.ConstantCondition, translation.Place, message);
        }
        else
        {
            findings.Warning(FindingCodes.ConstantCondition, translation.Place, message);
        }

        return facts;
    }

    private StatusFacts Blur(ValueNode.Expression node, StatusFacts facts) =>
        facts.Vague(types.Slots.All.Where(slot => node.Scalar.Value.Contains(slot.Name, StringComparison.Ordinal)));

    private void RefuseUnknown(Translation until)
    {
        foreach (var test in new StatusLogic(until).TestsThatUnknownPasses())
        {
            findings.Error(FindingCodes.UnknownEndsPoll, until.Source.PlaceOf(test),
                "a status that nobody knows would end the poll; name the statuses that end it, or add 'unknown' to those named");
        }
    }

    private bool RefuseOnlyUnknown(Translation until, bool truth)
    {
        if (!new StatusLogic(until).NeedsUnknown(truth)) return false;
        findings.Error(FindingCodes.UnknownEndsPoll, until.Place,
            "only a status that nobody knows ends this; name the statuses that end it");
        return true;
    }

    /// <summary>An answer that is taken, after which the run can only fail, was never meant to be taken.</summary>
    private bool RefuseAccepted(StepNode.Require require, StatusFacts facts, Bound condition)
    {
        var isRefused = false;
        foreach (var again in facts.AcceptedOnlyToFail(condition))
        {
            isRefused = true;
            if (binder.Condition(again) is not Bound.Computed { Translation: var translation }) continue;
            findings.Error(FindingCodes.AcceptedToFail, translation.Place, string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"no answer that is accepted here gets past the 'require' in line {require.Verb.Place.Line}; is it the other way round?"));
        }

        return isRefused;
    }

    private static string Words(StatusKey key) => $"the {TypeNames.Words(key.Enum)} of '{key.Slot.Name}'";
}
