using System.Collections.Immutable;
using Engine.Sdk;

namespace Engine.Flows;

/// <summary>
/// Checks how a flow that makes a connection is authorized again: it walks the flow as a run with the purpose reauth does, the stored
/// connection being there, and wants that walk to reach <c>connect</c> without making a second thing at the provider.
/// </summary>
internal sealed class ReauthCheck(FlowDocument document, FlowTypes types, Binder binder, FindingList findings)
{
    private bool isReached;

    /// <param name="isRight">Whether nothing was refused so far: otherwise what leads here may only have been refused.</param>
    public void Run(bool isRight)
    {
        var steps = Steps.All(document.Steps).ToList();
        if (steps.Exists(step => step is StepNode.Broken)) return;
        var connects = steps.OfType<StepNode.Connect>().ToList();
        if (!document.Purposes.Contains(Purpose.Reauth))
        {
            if (connects is [var only, ..] && document.PurposeKey is null)
            {
                findings.Warning(FindingCodes.ReauthNotSaid, only.Verb.Place,
                    "the flow does not say how this connection is authorized again; write 'purpose: [connect, reauth]', "
                    + "or 'purpose: [connect]' where another flow does it");
            }

            return;
        }

        if (connects is [] && document.PurposeKey is not null) RefuseWithoutConnect(connects);
        if (connects is [] || !isRight) return;
        Block(document.Steps, new Way(StoredFacts.None, IsCertain: true, IsAnswer: false));
        if (!isReached) RefuseWithoutConnect(connects);
        if (connects.Find(connect => connect.IsSwappedByProvider) is not { } swapped || ReadsConnection) return;
        findings.Error(FindingCodes.ReauthIgnoresConnection, swapped.Verb.Place,
            "the provider swaps accounts itself, so on reauth it must be told which of its connections is meant; "
            + "read it from 'connection?.params' and pass it on");
    }

    private bool ReadsConnection =>
        binder.Translations.Exists(read => read.Names.Reads.Values.Any(slot => slot.Index == RootSlots.Connection));

    private void RefuseWithoutConnect(List<StepNode.Connect> connects)
    {
        if (connects is [var never, ..])
        {
            findings.Error(FindingCodes.ReauthNotConnected, never.Verb.Place,
                "a run with the purpose reauth never gets here: what stands before rules it out while 'connection' is there");
        }
        else if (document.PurposeKey is { } key)
        {
            findings.Warning(FindingCodes.ReauthNotConnected, key.Place,
                "the purpose reauth needs a 'connect' that stores what comes back, and the flow has none");
        }
    }

    /// <summary>Null: no run gets past the block.</summary>
    private StoredFacts? Block(Block? block, Way way)
    {
        StoredFacts? facts = way.Facts;
        foreach (var step in block?.Steps ?? [])
        {
            if (facts is null) return null;
            facts = Step(step, way with { Facts = facts });
        }

        return facts;
    }

    private StoredFacts? Step(StepNode step, Way way)
    {
        switch (step)
        {
            case StepNode.Fail or StepNode.Done:
                return null;
            case StepNode.Connect:
                isReached = true;
                return way.Facts;
            case StepNode.If choice:
                return Either(choice.Condition, choice.Then, choice.Else, way);
            case StepNode.Require require:
                var holds = way.Facts.Value(binder.Condition(require.Condition));
                var otherwise = holds == true || require.Else is null ? null : Block(require.Else, way.Perhaps);
                return holds == false ? otherwise : StoredFacts.Join(way.Facts, otherwise);
            case StepNode.Branch branch:
                var blocks = branch.Cases.Select(one => one.Steps).Append(branch.Else);
                return blocks.OfType<Block>().Select(block => Block(block, way.Perhaps)).Aggregate((StoredFacts?)null, StoredFacts.Join);
            case StepNode.Repeat repeat:
                var body = Block(repeat.Body, way with { Facts = way.Facts.Without(SetWithin(repeat)) });
                return body is null ? null : StoredFacts.Join(body, Block(repeat.OnGiveUp, way with { Facts = body, IsAnswer = true }));
            case StepNode.Set set:
                return set.Values.Aggregate(way.Facts, (facts, value) => facts.With(types.Slots.Get(value.Name), binder.Any(value.Value)));
            default:
                return Waiting(step, way);
        }
    }

    private StoredFacts? Either(ValueNode.Expression condition, Block then, Block? otherwise, Way way) =>
        way.Facts.Value(binder.Condition(condition)) switch
        {
            true => Block(then, way),
            false => Block(otherwise, way),
            null => StoredFacts.Join(Block(then, way.Perhaps), Block(otherwise, way.Perhaps)),
        };

    /// <summary>A step that calls or asks: what answers a failure or a choice may make a new thing, since the old one may be gone.</summary>
    private StoredFacts? Waiting(StepNode step, Way way)
    {
        if (Steps.Operation(step) is { } operation) Judge(operation, UndoOf(step), way);
        var facts = way.Facts.Without(SetWithin(step));
        var others = Steps.Blocks(step).Select(block => Block(block, way with { Facts = facts, IsAnswer = true }));
        return others.Aggregate((StoredFacts?)facts, StoredFacts.Join);
    }

    private void Judge(CallNode node, UndoNode? undo, Way way)
    {
        if (way.IsAnswer || undo is UndoNode.Call || binder.Call(node) is not { Operation: { Effect: Effect.Once, Creates: true } }) return;
        const string Cure = "; do it under 'if: connection is null', or take it back with 'undo'";
        if (way.IsCertain)
        {
            findings.Error(FindingCodes.ReauthMakesAnother, node.Operation.Place,
                $"on reauth, '{node.Operation}' makes a second one beside what 'connection' has already{Cure}");
        }
        else
        {
            findings.Warning(FindingCodes.ReauthMakesAnother, node.Operation.Place,
                $"on reauth, '{node.Operation}' may make a second one beside what 'connection' has already{Cure}");
        }
    }

    private static UndoNode? UndoOf(StepNode step) => step switch
    {
        StepNode.Call call => call.Undo,
        StepNode.Prompt prompt => prompt.Submit?.Undo,
        _ => null,
    };

    private ImmutableArray<Slot> SetWithin(StepNode step) =>
        [.. Steps.Blocks(step).SelectMany(Steps.All).Prepend(step).SelectMany(Steps.Assigns).Select(assigned => types.Slots.Get(assigned.Name))];

    /// <summary>How the walk got somewhere.</summary>
    /// <param name="IsCertain">Whether every run with a stored connection comes here.</param>
    /// <param name="IsAnswer">Whether it is within the steps for a failure or for a person's choice.</param>
    private sealed record Way(StoredFacts Facts, bool IsCertain, bool IsAnswer)
    {
        public Way Perhaps => this with { IsCertain = false };
    }
}
