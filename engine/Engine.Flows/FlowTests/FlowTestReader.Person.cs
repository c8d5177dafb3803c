using System.Collections.Immutable;

namespace Engine.Flows;

public sealed partial class FlowTestReader
{
    private ImmutableArray<PersonAct> ReadPerson(YamlEntry entry)
    {
        var acts = ImmutableArray.CreateBuilder<PersonAct>();
        foreach (var item in ReadList(entry))
        {
            if (item is YamlNode.Map map)
            {
                if (ReadAct(new Keys(map, "an act", item.Place, findings), item.Place) is { } act) acts.Add(act);
            }
            else if (item is not YamlNode.Refused)
            {
                findings.Error(FindingCodes.WrongKind, item.Place, $"an act of the person is a map such as 'reply: {{ … }}', and this is {item.Kind}");
            }
        }

        return acts.ToImmutable();
    }

    private PersonAct? ReadAct(Keys keys, Place place)
    {
        keys.RefuseOthers("at", "after", "step", "reply", "action", "back", "cancel", "hook", "says", "key", "refused", "crash");
        var moves = new[] { keys.Find("reply"), keys.Find("action"), keys.Find("back"), keys.Find("hook"), keys.Find("cancel") }
            .OfType<YamlEntry>().ToList();
        keys.RequireWith("hook", "says", "key");
        if (moves is not [var only])
        {
            findings.Error(FindingCodes.ActKeysDoNotFit, moves is [_, var second, ..] ? second.Key.Place : place,
                "an act of the person has one of 'reply', 'action', 'back', 'hook' and 'cancel'");
            return null;
        }

        var (at, after) = (keys.Find("at"), keys.Find("after"));
        if (at is not null && after is not null)
        {
            findings.Error(FindingCodes.ActKeysDoNotFit, after.Key.Place, "'after' counts from when it became possible, and 'at' says when it is; keep one");
        }

        var refused = keys.Find("refused") is { } fields ? ReadTexts(fields, FieldNames, "a field of the flow's prompts") : ImmutableDictionary<string, string>.Empty;
        return ReadMove(only, keys) is { } move
            ? new PersonAct(
                place, at is null ? null : ReadDuration(at), after is null ? default : ReadDuration(after) ?? default,
                keys.Find("step") is { } step ? ReadStep(step) : null, move, refused,
                keys.Find("crash") is { } crash ? ReadCrash(crash) : null)
            : null;
    }

    private PersonMove? ReadMove(YamlEntry entry, Keys act)
    {
        switch (entry.Key.Value)
        {
            case "reply":
                return new PersonMove.Reply(ReadTexts(entry, FieldNames, "a field of the flow's prompts"));
            case "action":
                var actions = flow.Actions.Select(action => action.Name).ToList();
                return ReadScalar(entry) is { } name && IsKnown(name, actions, "an action of the flow") ? new PersonMove.Action(name.Value) : null;
            case "hook":
                return ReadCall(entry, act);
            case "back":
                return ReadBack(entry);
            default:
                return ReadWord(entry, "true") is null ? null : new PersonMove.Cancel();
        }
    }

    private IEnumerable<string> FieldNames => flow.Prompts.SelectMany(prompt => prompt.Fields).Select(one => one.Name);
}
