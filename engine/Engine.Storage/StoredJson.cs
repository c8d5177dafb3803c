using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Runs;

namespace Engine.Storage;

/// <summary>
/// How prompts, replies and small clear values are written. Open runs carry them over an upgrade of the engine.
/// </summary>
internal static class StoredJson
{
    /// <summary>
    /// What a provider sent may lie deeper than JSON's readers go by themselves: whatever was stored must be readable, or it would hold up all
    /// that is read with it. Elements are read and written without recursion.
    /// </summary>
    private const int MaxDepth = 1_000_000;

    private static readonly JsonSerializerOptions Options = new()
    {
        MaxDepth = MaxDepth,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new PromptIdConverter() },
    };

    public static JsonElement Parse(string json) => JsonElement.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });

    public static JsonElement Parse(ReadOnlySpan<byte> json) => JsonElement.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });

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
