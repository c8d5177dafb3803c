using System.Collections.Immutable;

namespace Engine.Flows;

internal sealed partial class FlowReader
{
    /// <summary>The property of every form that counts the tries left.</summary>
    private static readonly string[] FormProperties = ["left"];

    private StepNode.Poll? ReadPoll(YamlEntry verb, Keys keys)
    {
        var operation = ReadOperation(verb, keys);
        var every = keys.Require("every") is { } pause ? ReadDuration(pause, LongestStep) : null;
        var until = keys.Require("until") is { } end ? ReadExpression(end) : null;
        var timeout = keys.Require("timeout") is { } limit ? ReadDuration(limit, LongestStep) : null;
        var first = keys.Find("first") is { } word && ReadScalar(word) is { } when ? FindWord(when, "after") : null;
        var asName = ReadAs(keys);
        var wakeOn = ReadWakeOn(keys);
        var from = FindMarkedExpression(keys, "from");
        var deadline = FindMarkedExpression(keys, "deadline");
        var onTimeout = FindBlock(keys, "on_timeout");
        var handlers = FindHandlers(keys, "catch");
        var show = ReadShow(keys, isPrompt: false);
        var actions = ReadActions(keys);
        if (from is not null && first is not null)
        {
            findings.Error(FindingCodes.KeysDoNotFit, keys.Find("first")?.Key.Place ?? verb.Key.Place,
                "'first' says when the first call is made, and 'from' takes its place; leave one of them out");
        }

        return operation is null || every is null || until is null || timeout is null
            ? null
            : new StepNode.Poll(
                verb.Key, operation, asName, from, first is not null, every, until, timeout, deadline, onTimeout, handlers, show,
                actions, wakeOn);
    }

    private ValueNode.Expression? FindMarkedExpression(Keys keys, string key) =>
        keys.Find(key) is { } entry ? ReadMarkedExpression(entry) : null;

    private StepNode.Prompt ReadPrompt(YamlEntry verb, Keys keys)
    {
        keys.RequireWith("timeout", "on_timeout");
        keys.RequireWith("submit", "again_when", "again_on", "catch");
        if (keys.Find("again_when") is null && keys.Find("again_on") is null)
        {
            RefuseWithoutAgain(keys, "again_text", "max", "on_give_up");
        }
        else
        {
            keys.Require("on_give_up");
        }

        return new StepNode.Prompt(
            verb.Key,
            ReadFields(verb, FormProperties),
            keys.Find("text") is { } above ? ReadText(above, isFixed: false) : null,
            keys.Find("button") is { } button ? ReadText(button, isFixed: true) : null,
            ReadAs(keys),
            keys.Find("submit") is { } submit ? ReadSubmit(submit) : null,
            keys.Find("again_when") is { } when ? ReadExpression(when) : null,
            FindHandlers(keys, "again_on"),
            FindHandlers(keys, "catch"),
            keys.Find("again_text") is { } again ? ReadText(again, isFixed: false) : null,
            FindCount(keys, "max", 1, 100),
            FindBlock(keys, "on_give_up"),
            FindDuration(keys, "timeout"),
            FindBlock(keys, "on_timeout"),
            ReadShow(keys, isPrompt: true),
            ReadActions(keys));
    }

    private void RefuseWithoutAgain(Keys keys, params string[] names)
    {
        foreach (var entry in names.Select(keys.Find).OfType<YamlEntry>())
        {
            findings.Error(FindingCodes.KeysDoNotFit, entry.Key.Place,
                $"'{entry.Key.Value}' needs 'again_when' or 'again_on' beside it");
        }
    }

    private SubmitNode? ReadSubmit(YamlEntry entry)
    {
        if (ReadKeys(entry) is not { } keys) return null;
        keys.RefuseOthers("call", "with", "as", "retry", "confirm", "undo", "because");
        var operation = keys.Require("call") is { } call ? ReadOperation(call, keys) : null;
        var (asName, retry, confirm, undo) = (ReadAs(keys), ReadRetry(keys), ReadConfirm(keys), ReadUndo(keys));
        return operation is null ? null : new SubmitNode(operation, asName, retry, confirm, undo);
    }

    private ShowNode? ReadShow(Keys keys, bool isPrompt)
    {
        if (keys.Find("show") is not { } entry || ReadKeys(entry) is not { } show) return null;
        show.RefuseOthers("qr", "image", "code", "link", "frame", "frame_says", "text", "expires_at", "life", "rotations_left");
        var shownText = show.Find("text");
        if (isPrompt && shownText is not null)
        {
            findings.Error(FindingCodes.KeysDoNotFit, shownText.Key.Place,
                "a prompt's text is the key 'text' of its step; move it there");
        }

        return new ShowNode(
            entry.Key,
            FindValue(show, "qr"),
            FindValue(show, "image"),
            FindValue(show, "code"),
            FindValue(show, "link"),
            FindValue(show, "frame"),
            shownText is null ? null : ReadText(shownText, isFixed: false),
            FindMarkedExpression(show, "expires_at"),
            FindDuration(show, "life"),
            FindMarkedExpression(show, "rotations_left"),
            ReadFrameSays(show));
    }

    private ValueNode? FindValue(Keys keys, string key) => keys.Find(key) is { } entry ? ReadValue(entry) : null;

    private ImmutableArray<ActionNode> ReadActions(Keys keys)
    {
        if (keys.Find("actions") is not { } entry) return [];
        var actions = ImmutableArray.CreateBuilder<ActionNode>();
        foreach (var action in ReadKeys(entry)?.All ?? [])
        {
            if (!IsName(action.Key)) continue;
            if (action.Key.Value == "cancel")
            {
                findings.Error(FindingCodes.ReservedName, action.Key.Place,
                    "'cancel' exists on every waiting step already; remove it or choose another name");
            }
            else if (ReadAction(action) is { } node)
            {
                actions.Add(node);
            }
        }

        return actions.ToImmutable();
    }

    private ActionNode? ReadAction(YamlEntry entry)
    {
        if (ReadKeys(entry) is not { } keys) return null;
        keys.RefuseOthers("label", "after", "max", "do", "leave", "restart");
        var label = keys.Require("label") is { } labelEntry ? ReadText(labelEntry, isFixed: true) : null;
        var (after, max) = (FindDuration(keys, "after"), FindCount(keys, "max", 1, 100));
        var outcomes = keys.All.Where(key => key.Key.Value is "do" or "leave" or "restart").ToList();
        if (outcomes.Count == 0)
        {
            findings.Error(FindingCodes.MissingKey, entry.Key.Place,
                $"'{entry.Key.Value}' needs 'do', 'leave: true' or 'restart: true'");
        }

        foreach (var second in outcomes.Skip(1))
        {
            findings.Error(FindingCodes.KeysDoNotFit, second.Key.Place,
                "an action has one of 'do', 'leave' and 'restart'");
        }

        var outcome = outcomes.Count > 0 ? ReadOutcome(outcomes[0]) : null;
        return label is null || outcome is null ? null : new ActionNode(entry.Key, label, after, max, outcome);
    }

    private ActionOutcome? ReadOutcome(YamlEntry entry)
    {
        if (entry.Key.Value == "do") return new ActionOutcome.Do(ReadBlock(entry));
        if (!ReadTrue(entry)) return null;
        return entry.Key.Value == "leave" ? new ActionOutcome.Leave() : new ActionOutcome.Restart();
    }
}
