using System.Text.Json;
using System.Text.Json.Nodes;

namespace Engine.Flows;

/// <summary>A value of a plugin's record as a test writes it. Moments in it may be counted from when it is given.</summary>
public sealed class TypedValue
{
    private readonly Type type;
    private readonly JsonSerializerOptions json;
    private readonly Func<DateTimeOffset, JsonNode?> write;

    internal TypedValue(Type type, JsonSerializerOptions json, Func<DateTimeOffset, JsonNode?> write)
    {
        this.type = type;
        this.json = json;
        this.write = write;
    }

    /// <summary>The record as JSON.</summary>
    /// <param name="given">The moment from which <c>+30s</c> is counted.</param>
    public JsonElement MakeJson(DateTimeOffset given) => JsonSerializer.SerializeToElement(write(given));

    /// <summary>The record.</summary>
    /// <param name="given">The moment from which <c>+30s</c> is counted.</param>
    public object Make(DateTimeOffset given) =>
        write(given).Deserialize(type, json) ?? throw new JsonException($"'{type}' gave nothing");
}
