using System.Text.Json;
using System.Text.Json.Serialization;

namespace Engine.Sdk;

/// <summary>
/// A sensitive value that must nevertheless be shown, such as the text behind a QR code or a pairing code. It may go into
/// the <c>show</c> of a prompt of the run's own person, or back into an operation's parameter; nowhere else.
/// </summary>
[JsonConverter(typeof(RefusingConverter))]
public sealed class ShowOnce : IEquatable<ShowOnce>
{
    private readonly string value;

    /// <summary>Takes a value into custody.</summary>
    public ShowOnce(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        this.value = value;
    }

    /// <summary>The bare value, for the prompt that shows it. Never log or format what it gives.</summary>
    public string Reveal() => value;

    /// <summary>Whether both hide the same value: a QR code is drawn again only when it changed.</summary>
    public bool Equals(ShowOnce? other) => other is not null && string.Equals(value, other.value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as ShowOnce);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(value);

    /// <summary>Always three stars.</summary>
    public override string ToString() => "***";

    private sealed class RefusingConverter : JsonConverter<ShowOnce>
    {
        public override ShowOnce Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is { } text ? new ShowOnce(text) : throw new JsonException("a value to show is a text");

        public override void Write(Utf8JsonWriter writer, ShowOnce value, JsonSerializerOptions options) =>
            throw new NotSupportedException("a value that is shown once has no text form");
    }
}
