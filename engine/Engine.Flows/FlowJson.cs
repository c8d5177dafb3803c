using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Sdk;

namespace Engine.Flows;

/// <summary>
/// How run values are written for the store. Secrets are written bare, since the store seals what it is given. One options object
/// for each loaded flow: a shared one would keep every unloaded flow's types alive.
/// </summary>
public static class FlowJson
{
    public static JsonSerializerOptions NewOptions() => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters =
        {
            new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower),
            new SecretConverter(),
            new ShowOnceConverter(),
        },
    };

    private sealed class SecretConverter : JsonConverter<Secret>
    {
        public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Reveal());
    }

    private sealed class ShowOnceConverter : JsonConverter<ShowOnce>
    {
        public override ShowOnce Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, ShowOnce value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Reveal());
    }
}
