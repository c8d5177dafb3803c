using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Engine.Sdk;

namespace Engine.Flows;

/// <summary>Reads values of records from YAML, by the records' own members; what could never be is a finding at its place.</summary>
internal sealed class TypedValueReader(JsonSerializerOptions json, FindingList findings)
{
    private readonly List<string> secrets = [];
    private bool isPartial;

    /// <summary>The values that were read for secrets since this was asked last.</summary>
    public ImmutableArray<string> TakeSecrets()
    {
        ImmutableArray<string> taken = [.. secrets];
        secrets.Clear();
        return taken;
    }

    /// <summary>A record; null, with a finding, where it does not fit.</summary>
    public TypedValue? ReadRecord(YamlNode node, Type type, string owner) =>
        Read(node, type, owner) is { } write ? new TypedValue(type, json, write) : null;

    /// <summary>A value that no moment changes, as JSON; null, with a finding, where it does not fit.</summary>
    /// <param name="isWhole">Whether members that are never missing must be there; null stands for a member that must not be there otherwise.</param>
    public JsonNode? ReadJson(YamlNode node, Type type, string owner, bool isWhole = true)
    {
        var before = (isPartial, secrets.Count);
        isPartial = !isWhole;
        var read = Read(node, type, owner)?.Invoke(default);
        isPartial = before.isPartial;
        if (!isWhole) secrets.RemoveRange(before.Count, secrets.Count - before.Count);
        return read;
    }

    private Func<DateTimeOffset, JsonNode?>? Read(YamlNode node, Type type, string owner)
    {
        if (node is YamlNode.Refused) return null;
        if (type == typeof(JsonElement)) return Untyped(node) is var any ? _ => any?.DeepClone() : null;
        var info = json.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Object => ReadMembers(node, info, owner),
            JsonTypeInfoKind.Enumerable => ReadItems(node, info, owner),
            JsonTypeInfoKind.Dictionary => ReadEntries(node, info, owner),
            _ => ReadScalar(node, info.Type, owner),
        };
    }

    private Func<DateTimeOffset, JsonNode?>? ReadMembers(YamlNode node, JsonTypeInfo info, string owner)
    {
        if (node is not YamlNode.Map map) return Misfit(node, owner, $"a map with {Names(info)}");
        var members = new List<(string Name, Func<DateTimeOffset, JsonNode?> Write)>();
        var isRead = true;
        foreach (var entry in map.Entries)
        {
            var member = info.Properties.FirstOrDefault(property => property.Name == entry.Key.Value);
            if (member is null)
            {
                isRead = false;
                var hint = Nearest.DidYouMean(entry.Key.Value, info.Properties.Select(property => property.Name));
                findings.Error(FindingCodes.UnknownAnswerMember, entry.Key.Place,
                    $"{owner} has no member {Characters.Quote(entry.Key.Value)}{(hint.Length > 0 ? hint : $"; it has {Names(info)}")}");
            }
            else if (IsNull(entry.Value) && CanBeNull(member))
            {
                if (isPartial) members.Add((member.Name, _ => null));
            }
            else if (Read(entry.Value, member.PropertyType, $"'{entry.Key.Value}'") is { } write) members.Add((member.Name, write));
            else isRead = false;
        }

        foreach (var missing in info.Properties.Where(member => !isPartial && IsNeeded(member) && map.Entries.All(entry => entry.Key.Value != member.Name)))
        {
            isRead = false;
            if (map.IsWhole) findings.Error(FindingCodes.MissingAnswerMember, node.Place, $"{owner} lacks '{missing.Name}', which is never missing");
        }

        return isRead ? given => new JsonObject(members.Select(member => KeyValuePair.Create(member.Name, member.Write(given)))) : null;
    }

    private Func<DateTimeOffset, JsonNode?>? ReadItems(YamlNode node, JsonTypeInfo info, string owner)
    {
        if (node is not YamlNode.List list) return Misfit(node, owner, "a list");
        var items = list.Items.Select(item => Read(item, info.ElementType ?? typeof(string), $"an item of {owner}")).ToList();
        return items.Contains(null) ? null : given => new JsonArray([.. items.Select(item => item?.Invoke(given))]);
    }

    private Func<DateTimeOffset, JsonNode?>? ReadEntries(YamlNode node, JsonTypeInfo info, string owner)
    {
        if (node is not YamlNode.Map map) return Misfit(node, owner, "a map");
        var entries = map.Entries
            .Select(entry => (Name: entry.Key.Value, Write: Read(entry.Value, info.ElementType ?? typeof(string), $"'{entry.Key.Value}'")))
            .ToList();
        return entries.Exists(entry => entry.Write is null)
            ? null
            : given => new JsonObject(entries.Select(entry => KeyValuePair.Create(entry.Name, entry.Write?.Invoke(given))));
    }

    private Func<DateTimeOffset, JsonNode?>? ReadScalar(YamlNode node, Type type, string owner)
    {
        if (node is not YamlNode.Value { Scalar: { } scalar }) return Misfit(node, owner, Wanted(type));
        var text = scalar.Value;
        if (type == typeof(DateTimeOffset) && Offset(text) is { } offset) return given => JsonValue.Create(given + offset);
        if (type == typeof(Secret) || type == typeof(ShowOnce) || type == typeof(string))
        {
            if (type == typeof(Secret)) secrets.Add(text);
            return _ => JsonValue.Create(text);
        }

        return Literal(text, type) is { } literal && Fits(literal, type) ? _ => literal.DeepClone() : Misfit(node, owner, Wanted(type), text);
    }

    private static JsonValue? Literal(string text, Type type)
    {
        if (type == typeof(bool)) return text is "true" or "false" ? JsonValue.Create(text == "true") : null;
        if (type == typeof(TimeSpan)) return Grammar.ParseDuration(text) is { } span ? JsonValue.Create(span) : null;
        if (IsNumber(type)) return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : null;
        return JsonValue.Create(text);
    }

    /// <summary>Whether the plugin's record would take it: an enum's name, a number in range, an address.</summary>
    private bool Fits(JsonValue literal, Type type)
    {
        try
        {
            // A number is no name of an enum, though the converter reads it.
            return !(type.IsEnum && literal.GetValueKind() == JsonValueKind.String && char.IsAsciiDigit(literal.GetValue<string>().FirstOrDefault()))
                && literal.Deserialize(type, json) is not null;
        }
        catch (Exception error) when (error is JsonException or FormatException or OverflowException or InvalidOperationException)
        {
            return false;
        }
    }

    private Func<DateTimeOffset, JsonNode?>? Misfit(YamlNode node, string owner, string wanted, string text = "")
    {
        if (node is YamlNode.Refused) return null;
        var fact = text.Length > 0 ? Characters.Quote(text) : node.Kind;
        findings.Error(FindingCodes.AnswerMisfit, node.Place, $"{owner} is {wanted}, and this is {fact}");
        return null;
    }

    private string Wanted(Type type) => type switch
    {
        { IsEnum: true } => $"one of {string.Join(", ", Enum.GetNames(type).Select(name => json.PropertyNamingPolicy?.ConvertName(name) ?? name))}",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(DateTimeOffset) => "a moment, such as +30s or 2031-02-03T04:05:06Z",
        _ when type == typeof(TimeSpan) => "a duration, such as 90s",
        _ when IsNumber(type) => Type.GetTypeCode(type) < TypeCode.Single ? "a whole number" : "a number",
        _ when type == typeof(Uri) => "an address",
        _ => "a text",
    };

    /// <summary>What <c>+1m30s</c> or <c>-5s</c> adds to the moment; null for anything else.</summary>
    private static TimeSpan? Offset(string text) => text switch
    {
        ['+', .. var span] => Grammar.ParseDuration(span),
        ['-', .. var span] => -Grammar.ParseDuration(span),
        _ => null,
    };

    private static JsonNode? Untyped(YamlNode node) => node switch
    {
        YamlNode.Map map => new JsonObject(map.Entries.Select(entry => KeyValuePair.Create(entry.Key.Value, Untyped(entry.Value)))),
        YamlNode.List list => new JsonArray([.. list.Items.Select(Untyped)]),
        YamlNode.Value { Scalar: { IsPlain: true, Value: "true" or "false" } word } => JsonValue.Create(word.Value == "true"),
        YamlNode.Value { Scalar: { IsPlain: true } word } when long.TryParse(word.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
            JsonValue.Create(number),
        YamlNode.Value { Scalar: { } scalar } => JsonValue.Create(scalar.Value),
        _ => null,
    };

    private static bool IsNull(YamlNode node) => node is YamlNode.Value { Scalar: { IsPlain: true, Value: "" or "null" or "~" } };

    private static bool IsNumber(Type type) => Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.Decimal && !type.IsEnum;

    private static bool CanBeNull(JsonPropertyInfo member) =>
        Nullable.GetUnderlyingType(member.PropertyType) is not null || (!member.PropertyType.IsValueType && member.IsGetNullable);

    private static bool IsNeeded(JsonPropertyInfo member) =>
        !CanBeNull(member) && (member.AssociatedParameter is { } parameter ? !parameter.HasDefaultValue : member.IsRequired);

    private static string Names(JsonTypeInfo info) => string.Join(", ", info.Properties.Select(property => property.Name));
}
