using System.Collections.Immutable;

namespace Engine.Flows;

internal sealed partial class FlowReader
{
    private const int MostFrameMessages = 20;
    private const int MostFrameMembers = 8;

    /// <summary>What messages of the page in the frame mean for the person; they mean nothing for the run.</summary>
    private ImmutableArray<FrameSaysNode> ReadFrameSays(Keys show)
    {
        show.RequireWith("frame", "frame_says");
        if (show.Find("frame_says") is not { } entry || ReadKeys(entry) is not { } messages) return [];
        RefuseTooMany(entry, messages, MostFrameMessages, "messages");
        return [.. messages.All.Where(message => IsName(message.Key)).Select(ReadFrameMessage).OfType<FrameSaysNode>()];
    }

    private FrameSaysNode? ReadFrameMessage(YamlEntry entry)
    {
        if (ReadKeys(entry) is not { } keys) return null;
        keys.RefuseOthers("when", "text");
        var said = keys.Require("text") is { } words ? ReadText(words, isFixed: true) : null;
        if (keys.Require("when") is not { } when || ReadKeys(when) is not { } members) return null;
        RefuseTooMany(when, members, MostFrameMembers, "members");
        if (!members.All.Any())
        {
            findings.Error(FindingCodes.MissingKey, when.Key.Place, "'when' needs at least one member that the message has, and its text");
        }

        var known = ImmutableArray.CreateBuilder<KeyValuePair<Scalar, Scalar>>();
        foreach (var member in members.All)
        {
            if (ReadScalar(member) is { } value) known.Add(KeyValuePair.Create(member.Key, value));
        }

        return said is null ? null : new FrameSaysNode(entry.Key, known.ToImmutable(), said);
    }

    private void RefuseTooMany(YamlEntry entry, Keys keys, int most, string what)
    {
        if (keys.All.Skip(most).FirstOrDefault() is not { } first) return;
        findings.Error(FindingCodes.KeysDoNotFit, first.Key.Place, $"'{entry.Key.Value}' has more than {most} {what}; leave this one and those after it out");
    }
}
