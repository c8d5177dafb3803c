using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Engine.Flows;

internal sealed partial class FlowReader
{
    private const int LongestPattern = 200;
    private const int LongestInput = 65_536;

    private static readonly FieldType[] TypesWithPattern =
        [FieldType.Text, FieldType.Secret, FieldType.Phone, FieldType.Code, FieldType.Url];

    /// <param name="taken">Names that no field may have.</param>
    private ImmutableArray<FieldNode> ReadFields(YamlEntry entry, string[] taken)
    {
        var fields = ImmutableArray.CreateBuilder<FieldNode>();
        foreach (var field in ReadKeys(entry)?.All ?? [])
        {
            if (!IsName(field.Key)) continue;
            if (taken.Contains(field.Key.Value))
            {
                findings.Error(FindingCodes.ReservedName, field.Key.Place,
                    $"'{field.Key.Value}' is a property of every form already; choose another name");
            }
            else if (ReadField(field) is { } node)
            {
                fields.Add(node);
            }
        }

        return fields.ToImmutable();
    }

    private FieldNode? ReadField(YamlEntry entry)
    {
        if (entry.Value is not YamlNode.Map)
        {
            return ReadFieldType(entry) is var (shortType, isOptional)
                ? new FieldNode(entry.Key, shortType, isOptional, null, null, null, null, null, [])
                : null;
        }

        if (ReadKeys(entry) is not { } keys) return null;
        keys.RefuseOthers("type", "label", "hint", "default", "pattern", "max_length", "options");
        var label = keys.Find("label") is { } labelEntry ? ReadText(labelEntry, isFixed: true) : null;
        var hint = keys.Find("hint") is { } hintEntry ? ReadText(hintEntry, isFixed: true) : null;
        var options = keys.Find("options") is { } optionsEntry ? ReadOptions(optionsEntry) : [];
        if (keys.Require("type") is not { } typeEntry || ReadFieldType(typeEntry) is not var (type, canBeLeftOut)) return null;

        if (type == FieldType.Select) keys.Require("options");
        else RefuseFor(keys, "options", type, "a field of type select");
        if (!TypesWithPattern.Contains(type)) RefuseFor(keys, "pattern", type, "a field that is typed as text");
        if (!TypesWithPattern.Contains(type)) RefuseFor(keys, "max_length", type, "a field that is typed as text");
        return new FieldNode(
            entry.Key, type, canBeLeftOut, label, hint,
            keys.Find("pattern") is { } pattern ? ReadPattern(pattern) : null,
            keys.Find("default") is { } value ? ReadDefault(value, type, options) : null,
            keys.Find("max_length") is { } length ? ReadCount(length, 1, LongestInput) : null,
            options);
    }

    private void RefuseFor(Keys keys, string key, FieldType type, string owner)
    {
        if (keys.Find(key) is not { } entry) return;
        var name = Grammar.FieldTypes.First(pair => pair.Value == type).Key;
        findings.Error(FindingCodes.KeysDoNotFit, entry.Key.Place,
            $"'{key}' is for {owner}, and this one is of type {name}");
    }

    private (FieldType Type, bool IsOptional)? ReadFieldType(YamlEntry entry)
    {
        if (ReadScalar(entry) is not { } scalar) return null;
        var isOptional = scalar.Value.EndsWith('?');
        var name = isOptional ? scalar.Value[..^1] : scalar.Value;
        if (Grammar.FieldTypes.TryGetValue(name, out var type)) return (type, isOptional);
        return RefuseType(scalar, name, [.. Grammar.FieldTypes.Keys], "") is { } meant ? (Grammar.FieldTypes[meant], isOptional) : null;
    }

    private ImmutableArray<OptionNode> ReadOptions(YamlEntry entry)
    {
        if (ReadKeys(entry) is not { } keys) return [];
        var options = ImmutableArray.CreateBuilder<OptionNode>();
        foreach (var option in keys.All)
        {
            if (!IsName(option.Key) || ReadText(option, isFixed: true) is not { } label) continue;
            options.Add(new OptionNode(option.Key, label));
        }

        if (!keys.All.Any()) findings.Error(FindingCodes.NoValue, entry.Key.Place,
            "'options' has no options; write at least one 'name: text'");
        return options.ToImmutable();
    }

    private Scalar? ReadPattern(YamlEntry entry)
    {
        if (ReadScalar(entry) is not { } scalar) return null;
        if (scalar.Value.Length > LongestPattern)
        {
            findings.Error(FindingCodes.BadPattern, scalar.Place, string.Create(CultureInfo.InvariantCulture,
                $"the pattern has {scalar.Value.Length} characters; it may have {LongestPattern}"));
            return null;
        }

        try
        {
            _ = new Regex(scalar.Value, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return scalar;
        }
        catch (ArgumentException)
        {
            findings.Error(FindingCodes.BadPattern, scalar.Place,
                $"{Characters.Quote(scalar.Value)} is not a regular expression, such as '[0-9]+'");
            return null;
        }
        catch (NotSupportedException)
        {
            findings.Error(FindingCodes.BadPattern, scalar.Place, $"{Characters.Quote(scalar.Value)} " +
                "looks around or back, or is too big, which could take for ever; write a pattern that reads once from left to right");
            return null;
        }
    }

    private Scalar? ReadDefault(YamlEntry entry, FieldType type, ImmutableArray<OptionNode> options)
    {
        if (ReadScalar(entry) is not { } scalar) return null;
        var value = scalar.Value;
        var advice = type switch
        {
            _ when value.StartsWith('=') || value.Contains("{{", StringComparison.Ordinal) => "a default is fixed; it takes no expressions",
            FieldType.Secret => "a secret has no default; flow files hold none",
            FieldType.Number when !int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) =>
                "write a whole number",
            FieldType.Url when Characters.IndexOfHidden(value, 0, value.Length) >= 0 => "write it without characters that no one can see",
            FieldType.Url when !Uri.TryCreate(value, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") =>
                "write an address that begins with https://",
            FieldType.Select when options.All(option => option.Name.Value != value) =>
                Nearest.Find(value, options.Select(option => option.Name.Value)) is { } near
                    ? $"did you mean '{near}'?"
                    : "write the name of an option",
            FieldType.Phone or FieldType.Code when !value.Any(char.IsAsciiDigit) => "write digits",
            _ => null,
        };
        if (advice is null && type == FieldType.Boolean && value is not ("true" or "false"))
        {
            RefuseBoolean(scalar, "write true or false");
            return null;
        }

        if (advice is null) return scalar;
        var what = type == FieldType.Secret ? "this default" : Characters.Quote(value);
        findings.Error(FindingCodes.BadDefault, scalar.Place, $"{what} does not fit the field; {advice}");
        return null;
    }
}
