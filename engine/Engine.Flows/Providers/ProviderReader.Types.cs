using System.Collections.Immutable;

namespace Engine.Flows;

internal sealed partial class ProviderReader
{
    public const string Unknown = "unknown";
    public const string StatusName = "http_status";

    private static readonly Dictionary<string, ProviderScalar> Small = new(StringComparer.Ordinal)
    {
        ["string"] = ProviderScalar.Text,
        ["int"] = ProviderScalar.Int,
        ["long"] = ProviderScalar.Long,
        ["decimal"] = ProviderScalar.Decimal,
        ["bool"] = ProviderScalar.Bool,
        ["url"] = ProviderScalar.Url,
        ["datetime"] = ProviderScalar.Moment,
        ["lasts"] = ProviderScalar.Lasts,
        ["secret"] = ProviderScalar.Secret,
        ["show_once"] = ProviderScalar.ShowOnce,
    };

    /// <summary>A map with one of these describes the type; any other map is a choice by conditions.</summary>
    private static readonly string[] TypeKeys = ["type", "record", "list", "when", "from"];

    /// <param name="within">The names that lead to where the fields are.</param>
    private ImmutableArray<ProviderField> ReadFields(YamlEntry entry, ImmutableArray<string> within, FieldKind kind)
    {
        var fields = ImmutableArray.CreateBuilder<ProviderField>();
        foreach (var field in values.ReadKeys(entry)?.All ?? [])
        {
            if (!values.IsName(field.Key, isReserved: true)) continue;
            if (field.Key.Value == StatusName)
            {
                findings.Error(FindingCodes.ReservedName, field.Key.Place, $"'{StatusName}' is the status of the answer; choose another name");
            }
            else if (ReadField(field, within, kind) is { } node)
            {
                fields.Add(node);
            }
        }

        RefuseNear(fields.Select(field => field.Name));
        return fields.ToImmutable();
    }

    private ProviderField? ReadField(YamlEntry entry, ImmutableArray<string> within, FieldKind kind)
    {
        ImmutableArray<string> way = [.. within, entry.Key.Value];
        switch (entry.Value)
        {
            case YamlNode.List:
                return new ProviderField(entry.Key, ReadWords(entry), false, way);
            case YamlNode.Map map when !map.Entries.Any(one => TypeKeys.Contains(one.Key.Value)):
                return Chosen(entry, entry, kind);
            case YamlNode.Map:
                return ReadLong(entry, within, kind);
            default:
                return ReadSmall(entry, kind) is var (type, isOptional, _) ? new ProviderField(entry.Key, new ProviderType.Small(type), isOptional, way) : null;
        }
    }

    private ProviderField? ReadLong(YamlEntry entry, ImmutableArray<string> within, FieldKind kind)
    {
        if (values.ReadKeys(entry) is not { } keys) return null;
        keys.RefuseOthers([.. TypeKeys, "optional"]);
        var kinds = keys.All.Where(one => one.Key.Value is "type" or "record" or "list" or "when").ToList();
        if (kinds is not [var described])
        {
            findings.Error(FindingCodes.KeysDoNotFit, entry.Key.Place, $"'{entry.Key}' takes one of type, record, list, when");
            return null;
        }

        if (keys.Find("from") is { } moved && kind == FieldKind.Taken)
        {
            findings.Error(FindingCodes.KeysDoNotFit, moved.Key.Place, "'from' says where a value stands in an answer");
        }

        ImmutableArray<string> way = keys.Find("from") is { } from ? [.. within, .. ReadWay(from)] : [.. within, entry.Key.Value];
        var isOptional = keys.Find("optional") is { } optional && values.ReadTrue(optional);
        switch (described.Key.Value)
        {
            case "when":
                return Chosen(entry, described, kind);
            case "type" when described.Value is YamlNode.List:
                return new ProviderField(entry.Key, ReadWords(described), isOptional, way);
            case "type":
                return ReadSmall(described, kind) is var (type, isNullable, _)
                    ? new ProviderField(entry.Key, new ProviderType.Small(type), isOptional || isNullable, way)
                    : null;
            case "record":
                return new ProviderField(entry.Key, new ProviderType.Record(ReadFields(described, [], Nested(kind))), isOptional, way);
            default:
                return ReadItem(described, kind) is { } item ? new ProviderField(entry.Key, new ProviderType.List(item), isOptional, way) : null;
        }
    }

    private ProviderType? ReadItem(YamlEntry entry, FieldKind kind) => entry.Value switch
    {
        YamlNode.Map => new ProviderType.Record(ReadFields(entry, [], Nested(kind))),
        YamlNode.List => ReadWords(entry),
        _ => ReadSmall(entry, kind) is var (type, _, _) ? new ProviderType.Small(type) : null,
    };

    private static FieldKind Nested(FieldKind kind) => kind == FieldKind.Taken ? FieldKind.Taken : FieldKind.Read;

    private ProviderField? Chosen(YamlEntry entry, YamlEntry conditions, FieldKind kind)
    {
        if (kind != FieldKind.Given)
        {
            findings.Error(FindingCodes.BadChoice, conditions.Value.Place,
                "conditions tell only what stands directly under 'gives'; write a type, or a list of words");
            return null;
        }

        var members = ImmutableArray.CreateBuilder<(Scalar, ValueNode.Expression)>();
        foreach (var member in values.ReadKeys(conditions)?.All ?? [])
        {
            if (IsMember(member.Key) && values.ReadExpression(member) is { } condition) members.Add((member.Key, condition));
        }

        RefuseNear(members.Select(member => member.Item1));
        return new ProviderField(entry.Key, new ProviderType.Chosen(members.ToImmutable()), false, []);
    }

    private ProviderType.Words ReadWords(YamlEntry entry)
    {
        var words = values.ReadWordList(entry);
        RefuseNear(words);
        return new ProviderType.Words([.. words.Where(IsMember)]);
    }

    private bool IsMember(Scalar name)
    {
        if (!values.IsName(name)) return false;
        if (name.Value != Unknown) return true;
        findings.Error(FindingCodes.BadChoice, name.Place, $"'{Unknown}' is there by itself, for what no other fits");
        return false;
    }

    private (ProviderScalar Type, bool IsOptional, Scalar Word)? ReadSmall(YamlEntry entry, FieldKind kind)
    {
        if (values.ReadScalar(entry) is not { } scalar) return null;
        var isOptional = scalar.Value.EndsWith('?');
        var name = isOptional ? scalar.Value[..^1] : scalar.Value;
        if (Small.TryGetValue(name, out var type))
        {
            if (type != ProviderScalar.Lasts || kind != FieldKind.Taken) return (type, isOptional, scalar);
            findings.Error(FindingCodes.UnknownType, scalar.PlaceOf(0, name.Length), "'lasts' is how an answer tells a moment; here it is a datetime");
            return null;
        }

        var hint = Nearest.DidYouMean(name, Small.Keys);
        findings.Error(FindingCodes.UnknownType, scalar.PlaceOf(0, name.Length),
            $"{Characters.Quote(name)} is not a type{(hint.Length > 0 ? hint : $"; types are {string.Join(", ", Small.Keys)}")}");
        return null;
    }

    /// <summary>Names with dots between them, which lead to a value in the answer.</summary>
    private ImmutableArray<string> ReadWay(YamlEntry entry)
    {
        if (values.ReadScalar(entry) is not { } scalar) return [];
        var names = scalar.Value.Split('.');
        if (names.All(name => name.Length > 0)) return [.. names];
        findings.Error(FindingCodes.BadName, scalar.Place, $"{Characters.Quote(scalar.Value)} does not lead anywhere; write names with dots between them, such as result.user");
        return [];
    }

    /// <summary>Where a field stands.</summary>
    private enum FieldKind
    {
        Taken,
        Given,

        /// <summary>In an answer, but not directly under <c>gives</c>.</summary>
        Read,
    }
}
