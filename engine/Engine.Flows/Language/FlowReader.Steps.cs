using System.Collections.Immutable;

namespace Engine.Flows;

internal sealed partial class FlowReader
{
    private static readonly string[] AllStepKeys = [.. Grammar.Verbs.Values.SelectMany(keys => keys).Distinct(StringComparer.Ordinal)];

    /// <summary>Steps as a list, or one step without the dash.</summary>
    private Block ReadBlock(YamlEntry entry)
    {
        switch (entry.Value)
        {
            case YamlNode.List list:
                return new Block(list.Place, [.. list.Items.Select(ReadStep).OfType<StepNode>()]);
            case YamlNode.Value { Scalar: { IsPlain: true, Value: "" } }:
                findings.Error(FindingCodes.NoValue, entry.Key.Place,
                    $"'{entry.Key.Value}' has no steps; write [] for none");
                return new Block(entry.Key.Place, []);
            default:
                return new Block(entry.Value.Place, ReadStep(entry.Value) is { } only ? [only] : []);
        }
    }

    private StepNode? ReadStep(YamlNode node)
    {
        switch (node)
        {
            case YamlNode.Map { Entries: [var first, ..] } map:
                return ReadStep(map, first);
            case YamlNode.Value { Scalar: { Value: "done" } done }:
                return new StepNode.Done(done);
            case YamlNode.Refused:
                return null;
            case YamlNode.Map:
                findings.Error(FindingCodes.NoVerb, node.Place,
                    "a step has a verb, and this map is empty; write [] for no steps");
                return null;
            default:
                var what = node is not YamlNode.Value { Scalar: var scalar } ? "a list"
                    : scalar.Value.Length == 0 ? "an empty item" : Characters.Quote(scalar.Value);
                findings.Error(FindingCodes.WrongKind, node.Place,
                    $"{what} is not a step; a step begins with its verb, such as 'call: radist.telegram_init'");
                return null;
        }
    }

    private StepNode? ReadStep(YamlNode.Map map, YamlEntry first)
    {
        var errors = findings.ErrorCount;
        var step = ReadVerb(map, first);
        return errors == findings.ErrorCount && map.IsWholeWithin ? step : step with { IsWhole = false };
    }

    private StepNode ReadVerb(YamlNode.Map map, YamlEntry first)
    {
        var verb = FindVerb(map, first);
        if (verb is null) return new StepNode.Broken(first.Key, NamesSetBy(map));
        var name = verb.Key.Value;
        var keys = new Keys(map, $"the '{name}' step", verb.Key.Place, findings);
        if (!Grammar.Verbs.TryGetValue(name, out var allowed))
        {
            RefuseForNow(verb.Key);
            return new StepNode.Broken(verb.Key, NamesSetBy(map));
        }

        foreach (var entry in map.Entries.Where(entry => !ReferenceEquals(entry.Value, verb.Value) && !allowed.Contains(entry.Key.Value)))
        {
            RefuseStepKey(keys, entry, name, allowed);
        }

        return ReadVerb(verb, keys) ?? new StepNode.Broken(verb.Key, NamesSetBy(map));
    }

    /// <summary>The entry of the verb; null, with a finding, where there is none.</summary>
    private YamlEntry? FindVerb(YamlNode.Map map, YamlEntry first)
    {
        if (IsVerb(first)) return first;
        if (map.Entries.FirstOrDefault(IsVerb) is { } later)
        {
            findings.Error(FindingCodes.VerbNotFirst, later.Key.Place,
                $"the verb '{later.Key.Value}' comes first in its step; move it up");
            return later;
        }

        var name = first.Key.Value;
        if (AllStepKeys.Contains(name))
        {
            findings.Error(FindingCodes.NoVerb, first.Key.Place,
                $"this step has no verb; write one before '{name}', such as 'call: radist.telegram_init'");
            return null;
        }

        var meant = Nearest.Find(name, Grammar.Verbs.Keys);
        findings.Error(FindingCodes.UnknownVerb, first.Key.Place, $"{Characters.Quote(name)} is not a verb"
            + (meant is null ? $"; verbs are {string.Join(", ", Grammar.Verbs.Keys)}" : $"; did you mean '{meant}'?"));
        return meant is null ? null : first with { Key = first.Key.ReadAs(meant) };
    }

    private static bool IsVerb(YamlEntry entry) =>
        Grammar.Verbs.ContainsKey(entry.Key.Value) || Grammar.LaterVerbs.Contains(entry.Key.Value);

    private void RefuseStepKey(Keys keys, YamlEntry entry, string verb, string[] allowed)
    {
        var key = entry.Key.Value;
        if (IsVerb(entry))
        {
            findings.Error(FindingCodes.TwoVerbs, entry.Key.Place,
                $"this step has the verb '{verb}' already; begin a new step with '- ' for '{key}'");
        }
        else if (Grammar.LaterStepKeys.Contains(key))
        {
            RefuseForNow(entry.Key);
        }
        else if (AllStepKeys.Contains(key))
        {
            var owners = Grammar.Verbs.Where(pair => pair.Value.Contains(key)).Select(pair => $"'{pair.Key}'");
            findings.Error(FindingCodes.KeyOfAnotherVerb, entry.Key.Place,
                $"the '{verb}' step has no '{key}'; it is for {string.Join(", ", owners)}");
        }
        else
        {
            keys.RefuseUnknown(entry, allowed);
        }
    }

    /// <summary>What a step that cannot be read would have set, the steps within it included.</summary>
    private static ImmutableArray<string> NamesSetBy(YamlNode.Map map)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        foreach (var entry in map.Entries)
        {
            if (entry is { Key.Value: "as", Value: YamlNode.Value { Scalar: var name } }) names.Add(name.Value);
            else if (entry is { Key.Value: "set", Value: YamlNode.Map set }) names.AddRange(set.Entries.Select(one => one.Key.Value));
            else if (entry.Value is YamlNode.Map inner) names.AddRange(NamesSetBy(inner));
            else if (entry.Value is YamlNode.List list) names.AddRange(list.Items.OfType<YamlNode.Map>().SelectMany(item => NamesSetBy(item)));
        }

        return names.ToImmutable();
    }

    /// <summary>The step; null, with findings, where a part it cannot do without is missing.</summary>
    private StepNode? ReadVerb(YamlEntry verb, Keys keys) => verb.Key.Value switch
    {
        "call" => ReadCallStep(verb, keys),
        "poll" => ReadPoll(verb, keys),
        "prompt" => ReadPrompt(verb, keys),
        "redirect" => ReadRedirect(verb, keys),
        "await" => ReadAwait(verb, keys),
        "branch" => ReadBranch(verb, keys),
        "if" => ReadIf(verb, keys),
        "require" => ReadExpression(verb) is { } condition ? new StepNode.Require(verb.Key, condition, FindBlock(keys, "else")) : null,
        "repeat" => ReadRepeat(verb, keys),
        "set" => new StepNode.Set(verb.Key, ReadNamedValues(verb, ReadExpression)),
        "wait" => ReadDuration(verb, LongestStep) is { } duration ? new StepNode.Wait(verb.Key, duration) : null,
        "connect" => ReadConnect(verb),
        "fail" => ReadScalar(verb) is { } code && IsName(code) ? new StepNode.Fail(verb.Key, code) : null,
        _ => ReadDone(verb),
    };

    private StepNode.Done ReadDone(YamlEntry verb)
    {
        if (verb.Value is not YamlNode.Value { Scalar: { IsPlain: true, Value: "" } })
        {
            findings.Error(FindingCodes.WrongKind, verb.Value.Place, "'done' takes no value; write '- done'");
        }

        return new StepNode.Done(verb.Key);
    }

    private Block? FindBlock(Keys keys, string key) => keys.Find(key) is { } entry ? ReadBlock(entry) : null;

    private StepNode.If? ReadIf(YamlEntry verb, Keys keys)
    {
        var condition = ReadExpression(verb);
        var then = keys.Require("then") is { } entry ? ReadBlock(entry) : null;
        var otherwise = FindBlock(keys, "else");
        return condition is null || then is null ? null : new StepNode.If(verb.Key, condition, then, otherwise);
    }

    private StepNode.Branch? ReadBranch(YamlEntry verb, Keys keys)
    {
        var subject = ReadExpression(verb);
        var cases = keys.Require("cases") is { } entry ? ReadHandlers(entry) : [];
        var otherwise = FindBlock(keys, "else");
        return subject is null
            ? null
            : new StepNode.Branch(
                verb.Key, subject, [.. cases.Select(one => new CaseNode(one.Codes, one.Steps))], keys.Find("else")?.Key, otherwise);
    }

    private StepNode.Repeat? ReadRepeat(YamlEntry verb, Keys keys)
    {
        var body = ReadBlock(verb);
        var (again, until) = (keys.Find("while"), keys.Find("until"));
        if (again is not null && until is not null)
        {
            findings.Error(FindingCodes.KeysDoNotFit, until.Key.Place,
                "the 'repeat' step has 'while' or 'until', not both");
        }
        else if (again is null && until is null)
        {
            findings.Error(FindingCodes.MissingKey, verb.Key.Place, "the 'repeat' step needs 'while' or 'until'");
        }

        var condition = (again ?? until) is { } end ? ReadExpression(end) : null;
        var max = keys.Require("max") is { } count ? ReadCount(count, 1, 1000) : null;
        var giveUp = keys.Require("on_give_up") is { } entry ? ReadBlock(entry) : null;
        return condition is null || max is null || giveUp is null
            ? null
            : new StepNode.Repeat(verb.Key, body, condition, again is null, max, giveUp);
    }

    /// <summary>A map of names, or <c>a or b</c>, to steps.</summary>
    private ImmutableArray<HandlerNode> ReadHandlers(YamlEntry entry)
    {
        var handlers = ImmutableArray.CreateBuilder<HandlerNode>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var handler in ReadKeys(entry)?.All ?? [])
        {
            var names = ReadAlternatives(handler.Key, seen);
            var steps = ReadBlock(handler);
            if (names.Length > 0) handlers.Add(new HandlerNode(names, steps));
        }

        return handlers.ToImmutable();
    }

    private ImmutableArray<Word> ReadAlternatives(Scalar key, HashSet<string> seen)
    {
        const string Or = " or ";
        var words = ImmutableArray.CreateBuilder<Word>();
        for (var start = 0; start <= key.Value.Length;)
        {
            var end = key.Value.IndexOf(Or, start, StringComparison.Ordinal);
            if (end < 0) end = key.Value.Length;
            var word = new Word(key, start, end - start);
            if (!IsName(word)) return [];
            if (seen.Add(word.Value)) words.Add(word);
            else findings.Error(FindingCodes.NamedTwice, word.Place, $"'{word.Value}' has steps here already");
            start = end + Or.Length;
        }

        return words.ToImmutable();
    }
}
