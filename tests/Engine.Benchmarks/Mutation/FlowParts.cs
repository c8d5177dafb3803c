using Engine.Flows;

namespace Engine.Benchmarks;

/// <summary>Walks a flow without a finding and names every part of it.</summary>
internal sealed class FlowParts
{
    private readonly List<FlowPart> parts = [];
    private readonly List<IReadOnlyList<YamlNode>> blocks = [];

    private FlowParts()
    {
    }

    public IReadOnlyList<FlowPart> All => parts;

    /// <summary>Every list of two or more steps.</summary>
    public IReadOnlyList<IReadOnlyList<YamlNode>> Blocks => blocks;

    public static FlowParts Of(YamlNode root)
    {
        var walk = new FlowParts();
        walk.Map(root, "flow", null, null);
        return walk;
    }

    private void Map(YamlNode node, string kind, FlowPart? owner, Scalar? step)
    {
        if (node is not YamlNode.Map { Entries: var entries }) return;
        foreach (var entry in entries)
        {
            var (key, role, inner) = Describe(kind, entry);
            var isInner = inner.Length > 0 && entry.Value is not YamlNode.Value;
            var part = new FlowPart(entry.Key, key, entry.Value, isInner ? ValueRole.Inner : role, owner, step, entries);
            parts.Add(part);
            if (!isInner) continue;
            if (inner == "block") Block(entry.Value, part);
            else if (inner == "fails" && entry.Value is YamlNode.List) Words(entry.Value, part, KeyRole.Failure);
            else if (inner == "words") Words(entry.Value, part, KeyRole.Key);
            else Map(entry.Value, inner, part, step);
        }
    }

    private void Words(YamlNode node, FlowPart owner, KeyRole role)
    {
        if (node is not YamlNode.List { Items: var items }) return;
        foreach (var item in items.OfType<YamlNode.Value>())
        {
            parts.Add(new FlowPart(item.Scalar, role, null, ValueRole.Word, owner, null, []));
        }
    }

    private void Block(YamlNode node, FlowPart owner)
    {
        IReadOnlyList<YamlNode> steps = node is YamlNode.List { Items: var items } ? items : [node];
        if (steps.Count > 1) blocks.Add(steps);
        foreach (var step in steps)
        {
            if (step is YamlNode.Map { Entries: [var verb, ..] }) Map(step, "step", owner, verb.Key);
            else if (step is YamlNode.Value { Scalar: var word }) parts.Add(new FlowPart(word, KeyRole.Verb, null, ValueRole.Free, owner, word, []));
        }
    }

    /// <summary>What the key and a single value of it are, and the kind of map that may stand there instead; empty for none.</summary>
    private static (KeyRole Key, ValueRole Role, string Inner) Describe(string kind, YamlEntry entry)
    {
        var key = entry.Key.Value;
        return kind switch
        {
            "uses" => (KeyRole.Name, ValueRole.Provider, ""),
            "vars" => (KeyRole.Name, ValueRole.Type, ""),
            "fields" => (KeyRole.Name, ValueRole.Type, "field"),
            "fails" => (KeyRole.Failure, ValueRole.FixedText, "fixed_text"),
            "with" => (KeyRole.Argument, ValueRole.Value, ""),
            "named" => (KeyRole.Name, ValueRole.Value, ""),
            "set" => (KeyRole.Name, ValueRole.Expression, ""),
            "handlers" => (KeyRole.Failure, ValueRole.Free, "block"),
            "cases" => (KeyRole.Case, ValueRole.Free, "block"),
            "actions" => (KeyRole.Name, ValueRole.Free, "action"),
            "options" => (KeyRole.Name, ValueRole.FixedText, "fixed_text"),
            "text" => (KeyRole.Language, ValueRole.Text, ""),
            "fixed_text" => (KeyRole.Language, ValueRole.FixedText, ""),
            "step" when Grammar.Verbs.ContainsKey(key) && key != "as" => OfVerb(key),
            _ => OfKey(kind, key),
        };
    }

    private static (KeyRole Key, ValueRole Role, string Inner) OfVerb(string verb) => verb switch
    {
        "call" or "poll" => (KeyRole.Verb, ValueRole.Operation, ""),
        "prompt" => (KeyRole.Verb, ValueRole.Free, "fields"),
        "set" => (KeyRole.Verb, ValueRole.Free, "set"),
        "repeat" => (KeyRole.Verb, ValueRole.Free, "block"),
        "connect" => (KeyRole.Verb, ValueRole.Free, "connect"),
        "wait" => (KeyRole.Verb, ValueRole.Duration, ""),
        "fail" => (KeyRole.Verb, ValueRole.Failure, ""),
        "done" => (KeyRole.Verb, ValueRole.Free, ""),
        _ => (KeyRole.Verb, ValueRole.Expression, ""),
    };

    private static (KeyRole Key, ValueRole Role, string Inner) OfKey(string kind, string key)
    {
        var (role, inner) = (kind, key) switch
        {
            ("flow", "uses") or ("flow", "vars") or ("flow", "fails") or ("flow", "limits") => (ValueRole.Free, key),
            ("flow", "input") => (ValueRole.Free, "fields"),
            ("flow", "steps") => (ValueRole.Free, "block"),
            ("flow", "languages") or ("flow", "purpose") => (ValueRole.Word, "words"),
            ("connect", "params") => (ValueRole.Free, "named"),
            ("connect", "credentials") or (_, "leftover") => (ValueRole.Free, "named"),
            ("connect", "identity") => (ValueRole.Free, "identity"),
            ("connect", _) => (ValueRole.Word, ""),
            ("identity", "none") => (ValueRole.Free, ""),
            ("identity", _) => (ValueRole.Value, ""),
            ("field", "type") => (ValueRole.Type, ""),
            ("field", "options") => (ValueRole.Free, "options"),
            ("field", "max_length") => (ValueRole.Count, ""),
            ("field", "default" or "pattern") => (ValueRole.Free, ""),
            ("show", "text") => (ValueRole.Text, "text"),
            ("show", "life") => (ValueRole.Duration, ""),
            ("show", _) => (ValueRole.Value, ""),
            (_, "label" or "hint" or "title" or "button") => (ValueRole.FixedText, "fixed_text"),
            (_, "text" or "again_text") => (ValueRole.Text, "text"),
            (_, "as") => (ValueRole.Declared, ""),
            (_, "call") => (ValueRole.Operation, ""),
            (_, "with" or "show" or "submit" or "retry" or "actions") => (ValueRole.Free, key),
            (_, "confirm") => (ValueRole.Free, "call"),
            (_, "undo") => (ValueRole.Word, "call"),
            (_, "first") => (ValueRole.Word, ""),
            (_, "catch" or "again_on") => (ValueRole.Free, "handlers"),
            (_, "cases") => (ValueRole.Free, "cases"),
            (_, "timeout" or "every" or "after" or "total") => (ValueRole.Duration, ""),
            (_, "max" or "restarts") => (ValueRole.Count, ""),
            (_, "from" or "deadline") => (ValueRole.Value, ""),
            (_, "until" or "while" or "again_when") => (ValueRole.Expression, ""),
            (_, "leave" or "restart") => (ValueRole.True, ""),
            (_, "on_timeout" or "on_give_up" or "else" or "then" or "do") => (ValueRole.Free, "block"),
            _ => (ValueRole.Free, ""),
        };
        return (KeyRole.Key, role, inner);
    }
}
