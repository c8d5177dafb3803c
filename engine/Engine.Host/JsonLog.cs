using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Engine.Host;

/// <summary>
/// Writes each log line as one JSON object: <c>time</c>, <c>level</c>, <c>event</c> (its stable name), <c>id</c>, <c>source</c>, <c>message</c>, the values of the
/// message under <c>values</c>, and <c>exception</c> where there is one.
/// </summary>
internal sealed class JsonLog(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "engine-json";

    // A log is no web page: what is not ASCII stays as it is.
    private static readonly JsonWriterOptions form = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, form))
        {
            json.WriteStartObject();
            json.WriteString("time", time.GetUtcNow());
            json.WriteString("level", Words.Word(logEntry.LogLevel));
            if (logEntry.EventId.Name is { } name) json.WriteString("event", name);
            json.WriteNumber("id", logEntry.EventId.Id);
            json.WriteString("source", logEntry.Category);
            json.WriteString("message", logEntry.Formatter(logEntry.State, logEntry.Exception));
            if (logEntry.State is IReadOnlyList<KeyValuePair<string, object?>> values) WriteValues(json, values);
            if (logEntry.Exception is { } error) json.WriteString("exception", error.ToString());
            json.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void WriteValues(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        var named = values.Where(value => value.Key != "{OriginalFormat}").ToList();
        if (named.Count == 0) return;
        json.WriteStartObject("values");
        foreach (var (name, value) in named)
        {
            json.WritePropertyName(JsonNamingPolicy.SnakeCaseLower.ConvertName(name));
            switch (value)
            {
                case null: json.WriteNullValue(); break;
                case bool truth: json.WriteBooleanValue(truth); break;
                case int number: json.WriteNumberValue(number); break;
                case long number: json.WriteNumberValue(number); break;
                default: json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
            }
        }

        json.WriteEndObject();
    }
}
