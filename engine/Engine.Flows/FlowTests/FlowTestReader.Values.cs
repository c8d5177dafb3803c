using System.Collections.Immutable;
using System.Globalization;

namespace Engine.Flows;

public sealed partial class FlowTestReader
{
    private Keys? ReadKeys(YamlEntry entry)
    {
        if (entry.Value is YamlNode.Map map) return new Keys(map, $"'{entry.Key.Value}'", entry.Key.Place, findings);
        RefuseKind(entry, "a map");
        return null;
    }

    private ImmutableArray<YamlNode> ReadList(YamlEntry entry)
    {
        if (entry.Value is YamlNode.List list) return list.Items;
        RefuseKind(entry, "a list");
        return [];
    }

    /// <summary>A single value that says something; null, with a finding, for anything else.</summary>
    private Scalar? ReadScalar(YamlEntry entry)
    {
        if (entry.Value is YamlNode.Value { Scalar: { IsPlain: false } or { Value.Length: > 0 } } value) return value.Scalar;
        RefuseKind(entry, "a single value");
        return null;
    }

    private void RefuseKind(YamlEntry entry, string wanted)
    {
        if (entry.Value is YamlNode.Refused) return;
        var isEmpty = entry.Value is YamlNode.Value { Scalar: { IsPlain: true, Value: "" } };
        if (isEmpty) findings.Error(FindingCodes.NoValue, entry.Key.Place, $"'{entry.Key.Value}' has no value; it takes {wanted}");
        else findings.Error(FindingCodes.WrongKind, entry.Value.Place, $"'{entry.Key.Value}' takes {wanted}, and this is {entry.Value.Kind}");
    }

    private Scalar? ReadWord(YamlEntry entry, params string[] words) => ReadScalar(entry) is { } scalar && IsWord(scalar, words) ? scalar : null;

    private bool IsWord(Scalar scalar, string[] words)
    {
        if (words.Contains(scalar.Value, StringComparer.Ordinal)) return true;
        var hint = Nearest.DidYouMean(scalar.Value, words);
        if (hint.Length == 0) hint = $"; write {string.Join(" or ", words)}";
        findings.Error(FindingCodes.UnknownWord, scalar.Place, $"{Characters.Quote(scalar.Value)} is not possible here{hint}");
        return false;
    }

    private TimeSpan? ReadDuration(YamlEntry entry) => ReadScalar(entry) is { } scalar ? ReadDuration(scalar, scalar.Value) : null;

    private TimeSpan? ReadDuration(Scalar scalar, string written)
    {
        if (Grammar.ParseDuration(written) is { } duration && duration <= Longest) return duration;
        findings.Error(FindingCodes.BadDuration, scalar.Place, $"{Characters.Quote(written)} is not a duration; write 0s, 90s, 5m or 1h30m");
        return null;
    }

    private int? ReadCount(YamlEntry entry, int least)
    {
        if (ReadScalar(entry) is not { } scalar) return null;
        if (int.TryParse(scalar.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= least) return count;
        findings.Error(FindingCodes.BadNumber, scalar.Place, string.Create(CultureInfo.InvariantCulture,
            $"{Characters.Quote(scalar.Value)} does not fit '{entry.Key.Value}'; write a whole number from {least}"));
        return null;
    }

    /// <summary>Texts by name; every name must be a known one.</summary>
    private ImmutableDictionary<string, string> ReadTexts(YamlEntry entry, IEnumerable<string> names, string what)
    {
        var known = names.Distinct(StringComparer.Ordinal).ToList();
        var texts = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var named in ReadKeys(entry)?.All ?? [])
        {
            if (!IsKnown(named.Key, known, what)) continue;
            if (named.Value is YamlNode.Value { Scalar: { } scalar }) texts[named.Key.Value] = scalar.Value;
            else RefuseKind(named, "a single value");
        }

        return texts.ToImmutable();
    }

    private bool IsKnown(Scalar name, List<string> known, string what)
    {
        if (known.Contains(name.Value)) return true;
        var hint = Nearest.DidYouMean(name.Value, known);
        if (hint.Length == 0) hint = known.Count == 0 ? "; there is none" : $"; there are {string.Join(", ", known)}";
        findings.Error(FindingCodes.UnknownField, name.Place, $"{Characters.Quote(name.Value)} is not {what}{hint}");
        return false;
    }

    private ImmutableArray<string> ReadNames(YamlEntry entry)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        foreach (var item in ReadList(entry))
        {
            if (item is YamlNode.Value { Scalar: { } scalar }) names.Add(scalar.Value);
            else if (item is not YamlNode.Refused) findings.Error(FindingCodes.WrongKind, item.Place, $"'{entry.Key.Value}' lists single values");
        }

        return names.ToImmutable();
    }

    private CrashPoint? ReadCrash(YamlEntry entry) => ReadWord(entry, "before_save", "after_save")?.Value switch
    {
        "before_save" => CrashPoint.BeforeSave,
        "after_save" => CrashPoint.AfterSave,
        _ => null,
    };
}
