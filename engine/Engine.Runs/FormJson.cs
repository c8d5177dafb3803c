using System.Globalization;
using System.Text.Json;
using Engine.Flows;

namespace Engine.Runs;

/// <summary>Makes a flow's generated record out of typed values.</summary>
internal static class FormJson
{
    /// <param name="values">Checked by <see cref="FieldRules"/>; a missing one becomes null.</param>
    /// <param name="left">The tries left, for a prompt's form; null for a flow's input.</param>
    public static object Read(
        LoadedFlow flow, Type type, IReadOnlyList<Field> fields, IReadOnlyDictionary<string, string> values, int? left)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var field in fields)
            {
                if (!values.TryGetValue(field.Name, out var value)) continue;
                writer.WritePropertyName(flow.Json.PropertyNamingPolicy?.ConvertName(field.Name) ?? field.Name);
                Write(writer, field.Type, value);
            }
            if (left is { } count) writer.WriteNumber("left", count);
            writer.WriteEndObject();
        }
        return JsonSerializer.Deserialize(buffer.ToArray(), type, flow.Json) ?? throw new JsonException($"'{type}' gave nothing");
    }

    private static void Write(Utf8JsonWriter writer, FieldType type, string value)
    {
        switch (type)
        {
            case FieldType.Number:
                writer.WriteNumberValue(int.Parse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
                break;
            case FieldType.Boolean:
                writer.WriteBooleanValue(value == "true");
                break;
            case FieldType.Text or FieldType.Secret or FieldType.Phone or FieldType.Code or FieldType.Url or FieldType.Select:
                writer.WriteStringValue(value);
                break;
        }
    }
}
