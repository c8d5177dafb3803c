using System.Collections.Immutable;

namespace Engine.Flows;

/// <summary>
/// Reads a flow file: its grammar only. It never stops at the first mistake, and bad input gives findings, never an
/// exception.
/// </summary>
internal sealed partial class FlowReader
{
    private static readonly TimeSpan LongestTotal = TimeSpan.FromDays(30);

    private readonly FlowText text;
    private readonly FindingList findings;
    private ImmutableArray<string> languages = ["en", "ru"];
    private ImmutableArray<Purpose> purposes = [Purpose.Connect];

    /// <summary>For a file of another kind, which has values of the same kinds.</summary>
    public FlowReader(FlowText text, FindingList findings)
    {
        this.text = text;
        this.findings = findings;
    }

    public static FlowReading Read(FlowSource source)
    {
        var found = new FindingList();
        if (FlowDecoder.Decode(source, found) is not { } decoded)
        {
            return new FlowReading(null, new FlowText(source.Path, ""), found.InOrder());
        }

        var document = YamlReader.Read(decoded, found) is { } root ? new FlowReader(decoded, found).ReadFlow(root) : null;
        return new FlowReading(document, decoded, found.InOrder());
    }

    private FlowDocument? ReadFlow(YamlNode root)
    {
        if (root is not YamlNode.Map map)
        {
            findings.Error(FindingCodes.NotAFlow, root.Place,
                $"a flow is a map that begins with 'flow: its-name', and this is {root.Kind}");
            return null;
        }

        var keys = new Keys(map, "a flow", text.PlaceOf(0, 0), findings);
        RefuseOtherFlowKeys(keys);
        if (keys.Find("languages") is { } listed) ReadLanguages(listed);
        var purpose = keys.Find("purpose");
        if (purpose is not null) ReadPurposes(purpose);
        var limits = keys.Find("limits") is { } entry ? ReadKeys(entry) : null;
        limits?.RefuseOthers("total", "restarts");
        return new FlowDocument(
            text,
            keys.Require("flow") is { } name ? ReadFlowName(name) : "",
            keys.Find("title") is { } title ? ReadText(title, isFixed: true) : null,
            languages,
            keys.Find("uses") is { } uses ? ReadUses(uses) : [],
            purposes,
            purpose?.Key,
            keys.Find("input") is { } input ? ReadFields(input, []) : [],
            keys.Find("fails") is { } fails ? ReadFails(fails) : [],
            limits?.Find("total") is { } total ? ReadDuration(total, LongestTotal) : null,
            limits?.Find("restarts") is { } restarts ? ReadCount(restarts, 0, 20) : null,
            keys.Find("vars") is { } vars ? ReadVars(vars) : [],
            keys.Find("hooks") is { } hooks ? ReadHooks(hooks) : [],
            keys.Find("starts_on") is { } startsOn ? ReadStartsOn(startsOn) : null,
            keys.Require("steps") is { } steps ? ReadBlock(steps) : new Block(root.Place, []));
    }

    private void RefuseOtherFlowKeys(Keys keys)
    {
        foreach (var entry in keys.All.Where(entry => !Grammar.FlowKeys.Contains(entry.Key.Value)).ToList())
        {
            if (Grammar.LaterFlowKeys.Contains(entry.Key.Value)) RefuseForNow(entry.Key);
            else keys.RefuseUnknown(entry, Grammar.FlowKeys);
        }
    }

    private void RefuseForNow(Scalar key) => findings.Error(
        FindingCodes.NotInThisVersion, key.Place, $"'{key.Value}' is not available in this version of the engine");

    private string ReadFlowName(YamlEntry entry)
    {
        if (ReadScalar(entry) is not { } name) return "";
        if (Grammar.IsFlowName(name.Value)) return name.Value;
        findings.Error(FindingCodes.BadName, name.Place, $"{Characters.Quote(name.Value)} is not a flow's name; " +
            "it has up to 64 lower-case letters, digits, '_' and '-', and begins with a letter");
        return "";
    }

    private void ReadLanguages(YamlEntry entry)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        foreach (var item in ReadWordList(entry))
        {
            if (Grammar.IsLanguage(item.Value)) found.Add(item.Value);
            else findings.Error(FindingCodes.BadName, item.Place,
                $"{Characters.Quote(item.Value)} is not a language; write its code of two or three letters, such as en");
        }

        if (found.Count > 0) languages = found.ToImmutable();
    }

    private void ReadPurposes(YamlEntry entry)
    {
        var found = ImmutableArray.CreateBuilder<Purpose>();
        foreach (var item in ReadWordList(entry))
        {
            if (FindWord(item, "connect", "reauth", "reconfigure") is not { } word) continue;
            found.Add(Enum.Parse<Purpose>(word, ignoreCase: true));
        }

        if (found.Count > 0) purposes = found.ToImmutable();
    }

    private ImmutableArray<UseNode> ReadUses(YamlEntry entry)
    {
        var uses = ImmutableArray.CreateBuilder<UseNode>();
        foreach (var use in ReadKeys(entry)?.All ?? [])
        {
            if (!IsName(use.Key, isReserved: true) || ReadScalar(use) is not { } provider || !IsName(provider)) continue;
            uses.Add(new UseNode(use.Key, provider));
        }

        return uses.ToImmutable();
    }

    private ImmutableArray<FailNode> ReadFails(YamlEntry entry)
    {
        if (entry.Value is not YamlNode.Map)
        {
            return [.. ReadWordList(entry).Where(code => IsName(code)).Select(code => new FailNode(code, null))];
        }

        var fails = ImmutableArray.CreateBuilder<FailNode>();
        foreach (var fail in ReadKeys(entry)?.All ?? [])
        {
            if (!IsName(fail.Key)) continue;
            var hasText = fail.Value is not YamlNode.Value { Scalar: { IsPlain: true, Value: "" } };
            fails.Add(new FailNode(fail.Key, hasText ? ReadText(fail, isFixed: true) : null));
        }

        return fails.ToImmutable();
    }

    private ImmutableArray<VarNode> ReadVars(YamlEntry entry)
    {
        var vars = ImmutableArray.CreateBuilder<VarNode>();
        foreach (var variable in ReadKeys(entry)?.All ?? [])
        {
            if (!IsName(variable.Key, isReserved: true) || ReadVariableType(variable) is not { } type) continue;
            vars.Add(new VarNode(variable.Key, type));
        }

        return vars.ToImmutable();
    }

    private TypeNode? ReadVariableType(YamlEntry entry)
    {
        if (ReadScalar(entry) is not { } scalar) return null;
        var isNullable = scalar.Value.EndsWith('?');
        var name = isNullable ? scalar.Value[..^1] : scalar.Value;
        var isOperation = name.Split('.') is [var alias, var operation] && Grammar.IsName(alias) && Grammar.IsName(operation);
        if (isOperation || Grammar.VariableTypes.Contains(name))
        {
            return new TypeNode(scalar, name, isNullable);
        }

        return RefuseType(scalar, name, Grammar.VariableTypes, ", or alias.operation for what an operation gives") is { } meant
            ? new TypeNode(scalar, meant, isNullable)
            : null;
    }

    /// <summary>The type that was meant; null where none is near.</summary>
    private string? RefuseType(Scalar scalar, string name, IReadOnlyCollection<string> types, string others)
    {
        var hint = Nearest.DidYouMean(name, types);
        if (hint.Length == 0) hint = $"; types are {string.Join(", ", types)}{others}";
        findings.Error(FindingCodes.UnknownType, scalar.PlaceOf(0, name.Length),
            $"{Characters.Quote(name)} is not a type{hint}");
        return Nearest.Find(name, types);
    }
}
