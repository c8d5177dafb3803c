using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Plugins;

/// <summary>Reads one answer of a provider as its file says: strictly what flows see, leniently what only conditions read.</summary>
/// <param name="root">The JSON of the answer; null where it had none.</param>
/// <param name="now">When the answer came: what lasts is counted from then.</param>
internal sealed class AnswerReader(HttpOperation operation, Assembly types, JsonElement? root, DateTimeOffset now)
{
    /// <summary>What lasts longer is a mistake; as for tokens .</summary>
    private const double LongestSeconds = 10 * 366 * 86400d;

    /// <summary>Sets the answer's fields in its scope; one that is missing or of another type is null.</summary>
    public void Fill(FlowScope scope, int status)
    {
        foreach (var field in operation.Fields)
        {
            try
            {
                scope.Set(field.Slot, Find(root, field.Path) is { } value ? Read(field.Shape, value, null) : null);
            }
            catch (UnfitException)
            {
                scope.Set(field.Slot, null);
            }
        }

        scope.Set(operation.Fields.Length, status);
    }

    /// <summary>The operation's record.</summary>
    /// <exception cref="UnfitException">Something is missing or of another type; the message says where.</exception>
    public object Read(FlowScope? scope) =>
        operation.Answer.Fields.IsEmpty ? New(operation.Answer.Type, [])
        : root is { } value ? Read(operation.Answer, value, scope)
        : throw new UnfitException("it is not JSON");

    /// <summary>The seconds that a field names, at most ten minutes; null where it is not there.</summary>
    public TimeSpan? Seconds(string? name) =>
        operation.Fields.FirstOrDefault(field => field.Name == name) is { } field && Find(root, field.Path) is { ValueKind: JsonValueKind.Number } value
        && value.TryGetInt32(out var seconds) && seconds >= 0
            ? TimeSpan.FromSeconds(Math.Min(seconds, 600))
            : null;

    private object Read(AnswerShape shape, JsonElement value, FlowScope? scope)
    {
        switch (shape)
        {
            case AnswerShape.Scalar scalar:
                return Scalar(scalar.Type, value) ?? throw new UnfitException("it has another type");
            case AnswerShape.Word word:
                return Member(word.Type, value.ValueKind == JsonValueKind.String ? value.GetString() : throw new UnfitException("it is no text"));
            case AnswerShape.List list:
                return List(list, value, scope);
            case AnswerShape.Record record:
                return New(record.Type, [.. record.Fields.Select(field => (object?)Field(field, value, scope))]);
            default:
                throw new UnfitException("it cannot be read");
        }
    }

    private object? Field(RecordField field, JsonElement owner, FlowScope? scope)
    {
        if (field.Shape is AnswerShape.Chosen chosen)
        {
            var member = chosen.Members.FirstOrDefault(member => scope?.Condition(member.Value) == true).Key;
            return Member(chosen.Type, member);
        }

        if (Find(owner, field.Path) is not { } value)
        {
            return field.IsOptional ? null : throw new UnfitException($"it lacks '{field.Name}'");
        }

        try
        {
            return Read(field.Shape, value, scope);
        }
        catch (UnfitException unfit) when (!unfit.HasPlace)
        {
            throw new UnfitException($"'{field.Name}': {unfit.Message}", hasPlace: true);
        }
    }

    private Array List(AnswerShape.List list, JsonElement value, FlowScope? scope)
    {
        if (value.ValueKind != JsonValueKind.Array) throw new UnfitException("it is no list");
        var type = TypeOf(list.Item);
        var items = Array.CreateInstance(type, value.GetArrayLength());
        var index = 0;
        foreach (var item in value.EnumerateArray()) items.SetValue(Read(list.Item, item, scope), index++);
        return items;
    }

    private Type TypeOf(AnswerShape shape) => shape switch
    {
        AnswerShape.Scalar scalar => scalar.Type switch
        {
            ProviderScalar.Text => typeof(string),
            ProviderScalar.Int => typeof(int),
            ProviderScalar.Long => typeof(long),
            ProviderScalar.Decimal => typeof(decimal),
            ProviderScalar.Bool => typeof(bool),
            ProviderScalar.Url => typeof(Uri),
            ProviderScalar.Moment or ProviderScalar.Lasts => typeof(DateTimeOffset),
            ProviderScalar.Secret => typeof(Secret),
            _ => typeof(ShowOnce),
        },
        AnswerShape.Word word => Named(word.Type),
        AnswerShape.Record record => Named(record.Type),
        AnswerShape.List list => typeof(IReadOnlyList<>).MakeGenericType(TypeOf(list.Item)),
        _ => throw new UnfitException("it cannot be read"),
    };

    private object? Scalar(ProviderScalar type, JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.String ? TextOf(value) : null;
        return type switch
        {
            ProviderScalar.Text => text,
            ProviderScalar.Secret => text is null ? null : new Secret(text),
            ProviderScalar.ShowOnce => text is null ? null : new ShowOnce(text),
            ProviderScalar.Url => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" ? address : null,
            ProviderScalar.Moment => DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment : null,
            ProviderScalar.Lasts => EndOf(text, value),
            ProviderScalar.Bool => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null,
            _ when value.ValueKind != JsonValueKind.Number => null,
            ProviderScalar.Int => value.TryGetInt32(out var number) ? number : null,
            ProviderScalar.Long => value.TryGetInt64(out var number) ? number : null,
            _ => value.TryGetDecimal(out var number) ? number : null,
        };
    }

    /// <summary>The end of what lasts so many seconds; some providers write the number as a text.</summary>
    private DateTimeOffset? EndOf(string? text, JsonElement value)
    {
        var digits = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : text;
        return double.TryParse(digits, NumberStyles.Float & ~NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            && seconds is >= 0 and <= LongestSeconds ? now + TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary>Null for a text that is no text, such as half of a character, or one with a NUL.</summary>
    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString() is { } text && !text.Contains('\0', StringComparison.Ordinal) ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonElement? Find(JsonElement? from, ImmutableArray<string> path)
    {
        var at = from;
        foreach (var name in path)
        {
            at = at is { ValueKind: JsonValueKind.Object } owner && owner.TryGetProperty(name, out var member) ? member : null;
        }

        return at is { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } ? null : at;
    }

    private object Member(string type, string? name)
    {
        var @enum = Named(type);
        return name is not null && Enum.GetNames(@enum).Contains(name, StringComparer.Ordinal) ? Enum.Parse(@enum, name) : Enum.ToObject(@enum, 0);
    }

    private object New(string type, object?[] arguments) =>
        Named(type).GetConstructors() is [var only] ? only.Invoke(arguments) : throw new TypeLoadException(type);

    private Type Named(string type) => types.GetType(type, throwOnError: true) ?? throw new TypeLoadException(type);
}

/// <summary>An answer is not as the file says; the message names our own fields and never a value.</summary>
internal sealed class UnfitException(string message, bool hasPlace = false) : Exception(message)
{
    public bool HasPlace { get; } = hasPlace;
}
