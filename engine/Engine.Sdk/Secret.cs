using System.Text.Json;
using System.Text.Json.Serialization;

namespace Engine.Sdk;

/// <summary>
/// A value that must never be seen: a password, a key, a token. It has no text form; it may go into an operation's
/// secret parameter or into a connection's credentials, nowhere else.
/// </summary>
[JsonConverter(typeof(RefusingConverter))]
public sealed class Secret
{
    private readonly string value;

    /// <summary>Takes a value into custody.</summary>
    public Secret(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        this.value = value;
    }

    /// <summary>The bare value, for the one place that sends it to the provider. Never log, format or store what it gives.</summary>
    public string Reveal() => value;

    /// <summary>Always three stars.</summary>
    public override string ToString() => "***";

    private sealed class RefusingConverter : JsonConverter<Secret>
    {
        public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is { } text ? new Secret(text) : throw new JsonException("a secret is a text");

        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) =>
            throw new NotSupportedException("a secret has no text form");
    }
}
