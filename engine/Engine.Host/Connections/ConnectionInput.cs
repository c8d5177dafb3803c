using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Plugins;
using Engine.Runs;
using Engine.Sdk;

namespace Engine.Host;

/// <summary>
/// Makes an operation's input from what a connection knows and what a caller gives. What the connection knows is its own: nobody can put another value in
/// its place, and a secret comes from nowhere else.
/// </summary>
internal static class ConnectionInput
{
    /// <summary>The input record, or one sentence that says what is wrong and never a value.</summary>
    public static (object? Record, string? Problem) Make(OperationRecords records, ConnectionCall call, JsonSerializerOptions json)
    {
        var properties = records.Input.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetIndexParameters().Length == 0 && property.Name != "EqualityContract")
            .ToDictionary(property => NameOf(property.Name), StringComparer.Ordinal);
        if (call.Given is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null) }) return (null, "the input must be an object");
        var given = call.Given is { ValueKind: JsonValueKind.Object } some
            ? some.EnumerateObject().ToDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal)
            : [];
        if (FindRefused(records, call, properties, given) is { } refusal) return (null, refusal);

        var input = new JsonObject();
        foreach (var (name, property) in properties)
        {
            var value = Find(call.Credentials, name) ?? Find(call.Connection.Params, name)
                ?? (given.TryGetValue(name, out var own) && own.ValueKind != JsonValueKind.Null ? own : null);
            if (value is { } found) input[name] = JsonNode.Parse(found.GetRawText());
            else if (IsNeeded(records.Input, property)) return (null, Missing(call, name, property));
        }

        try
        {
            return (input.Deserialize(records.Input, json), null);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            // The path alone: the message may quote a value.
            return (null, $"'{call.Operation.Name}' cannot be given this input: look at {(error as JsonException)?.Path ?? "$"}");
        }
    }

    private static string? FindRefused(
        OperationRecords records, ConnectionCall call, Dictionary<string, PropertyInfo> properties, Dictionary<string, JsonElement> given)
    {
        var declared = records.Credentials?.GetProperties().Select(property => NameOf(property.Name)).ToHashSet(StringComparer.Ordinal) ?? [];
        foreach (var name in given.Keys)
        {
            if (!properties.TryGetValue(name, out var property))
            {
                var open = properties.Where(pair => IsOpen(pair.Key, pair.Value)).Select(pair => pair.Key).Order(StringComparer.Ordinal).ToList();
                return $"'{call.Operation.Name}' takes no '{name}'; a caller gives {(open.Count == 0 ? "nothing" : string.Join(", ", open))}";
            }

            if (property.PropertyType == typeof(Secret)) return $"'{name}' is a secret, which the connection alone can give: leave it out";
            if (!IsOpen(name, property)) return $"'{name}' is the connection's own: leave it out";
        }

        return null;

        bool IsOpen(string name, PropertyInfo property) =>
            property.PropertyType != typeof(Secret) && !declared.Contains(name) && Find(call.Connection.Params, name) is null;
    }

    private static string Missing(ConnectionCall call, string name, PropertyInfo property) => property.PropertyType == typeof(Secret)
        ? $"'{call.Operation.Name}' needs '{name}', a secret that the connection does not have: it is not for stored connections"
        : $"'{call.Operation.Name}' needs '{name}'";

    private static JsonElement? Find(JsonElement? from, string name) =>
        from is { ValueKind: JsonValueKind.Object } record && record.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    /// <summary>Neither nullable nor with a default.</summary>
    private static bool IsNeeded(Type record, PropertyInfo property) =>
        new NullabilityInfoContext().Create(property).WriteState != NullabilityState.Nullable
        && record.GetConstructors().SelectMany(one => one.GetParameters())
            .FirstOrDefault(parameter => parameter.Name == property.Name) is { HasDefaultValue: false };

    private static string NameOf(string property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property);
}
