using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Flows;
using Engine.Runs;
using Engine.Sdk;

namespace Engine.Host;

/// <summary>What happened in a test, in order, for people. No secret is written into it.</summary>
/// <param name="json">Of <see cref="NewJson"/>.</param>
internal sealed class Transcript(JsonSerializerOptions json, TimeProvider time)
{
    private const int NoteLimit = 400;

    private readonly List<TranscriptLine> lines = [];
    private readonly DateTimeOffset start = time.GetUtcNow();

    /// <summary>How values are written; made once for each flow, since it is dear.</summary>
    public static JsonSerializerOptions NewJson(LoadedFlow flow)
    {
        var masked = new JsonSerializerOptions(flow.Json) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        masked.Converters.Insert(0, new MaskedSecret());
        masked.Converters.Insert(0, new RevealedValue());
        return masked;
    }

    public IReadOnlyList<TranscriptLine> Lines => lines;

    /// <summary>Adds a line at the present moment; gives its index.</summary>
    public int Add(string kind, string text)
    {
        lines.Add(new TranscriptLine(time.GetUtcNow() - start, kind, text.Length > NoteLimit ? string.Concat(text.AsSpan(0, NoteLimit), "…") : text));
        return lines.Count - 1;
    }

    public int AddCall(OperationCall call) => Add("call", $"{call.Provider}.{call.Operation} {ToText(call.Input)}");

    public void AddAnswer(Result<object> answer) => Add("answer", answer.IsFailure ? ToText(answer.Failure) : ToText(answer.Value));

    /// <summary>A record as JSON, with stars for its secrets.</summary>
    public string ToText(object value) => JsonSerializer.Serialize(value, value.GetType(), json);

    /// <summary>A moment or a span as transcripts and expectations write it: <c>1m5s</c>.</summary>
    public static string ToText(TimeSpan span)
    {
        if (span < TimeSpan.Zero) return "-" + ToText(-span);
        var text = span.TotalDays >= 1 ? $"{Number((int)span.TotalDays)}d" : "";
        if (span.Hours > 0) text += $"{Number(span.Hours)}h";
        if (span.Minutes > 0) text += $"{Number(span.Minutes)}m";
        var seconds = span.TotalSeconds % 60;
        return seconds > 0 || text.Length == 0 ? $"{text}{seconds.ToString("0.###", CultureInfo.InvariantCulture)}s" : text;
    }

    /// <summary>A moment, counted from the test's start.</summary>
    public string At(DateTimeOffset moment) => ToText(moment - start);

    private static string ToText(Failure failure)
    {
        var after = failure.RetryAfter is { } asked ? $", retry after {ToText(asked)}" : "";
        return $"fails with {failure.Code}{after}{(failure.IsInDoubt ? ", in doubt" : "")}";
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class MaskedSecret : JsonConverter<Secret>
    {
        public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("a transcript is not read");

        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) => writer.WriteStringValue("***");
    }

    // It is made up by the test's author, and what was shown is what most tests are about.
    private sealed class RevealedValue : JsonConverter<ShowOnce>
    {
        public override ShowOnce Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("a transcript is not read");

        public override void Write(Utf8JsonWriter writer, ShowOnce value, JsonSerializerOptions options) => writer.WriteStringValue(value.Reveal());
    }
}

/// <summary>One line of a transcript.</summary>
/// <param name="At">Virtual time since the test's start.</param>
/// <param name="Kind"><c>start</c>, <c>step</c>, <c>call</c>, <c>answer</c>, <c>prompt</c>, <c>reply</c>, <c>journal</c>, <c>crash</c>, <c>end</c>.</param>
internal sealed record TranscriptLine(TimeSpan At, string Kind, string Text);
