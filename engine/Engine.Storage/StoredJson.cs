using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Runs;

namespace Engine.Storage;

/// <summary>
/// How prompts, replies and small clear values are written. Open runs carry them over an upgrade of the engine.
/// </summary>
internal static class StoredJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new PromptIdConverter() },
    };

    public static byte[] ToBytes<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    public static string ToText<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(ReadOnlySpan<byte> json) where T : class =>
        JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException("null is stored");

    public static T Read<T>(string json) where T : class =>
        JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException("null is stored");

    private sealed class PromptIdConverter : JsonConverter<PromptId>
    {
        public override PromptId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(reader.GetString() ?? "");

        public override void Write(Utf8JsonWriter writer, PromptId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.Value);
    }
}
