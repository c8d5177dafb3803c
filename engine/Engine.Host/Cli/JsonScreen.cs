using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Flows;
using Engine.Runs;

namespace Engine.Host;

/// <summary>Shows a run to a program: one JSON object for each line. Asks nobody; only the answers on the command line count.</summary>
internal sealed class JsonScreen(TextWriter output, GivenAnswers given, TimeProvider time) : IRunScreen
{
    private static readonly JsonSerializerOptions json = NewOptions();

    private (PromptId Id, int Rev)? prompted;
    private (RunStatus Status, string Step)? progressed;

    public void Start(StartedRun started) => Write(new Started(
        "run.started", started.Run.Id, started.Run.Flow, started.Run.FlowVersion, started.Run.Purpose, Sorted(started.Title.ByLanguage),
        started.Phone, started.Page, started.Run.CreatedAt));

    public void Show(StoredRun run)
    {
        if (run.Prompt is { } prompt)
        {
            progressed = null;
            if (prompted == (prompt.Id, prompt.Rev)) return;
            prompted = (prompt.Id, prompt.Rev);
            Write(new Prompted("run.prompted", run.Id, run.Status, prompt, run.UpdatedAt));
        }
        else if (!run.Status.IsFinal() && progressed != (run.Status, run.Step))
        {
            progressed = (run.Status, run.Step);
            Write(new Progressed("run.progress", run.Id, run.Status, run.Step, run.UpdatedAt));
        }
    }

    public async Task<AskOutcome> AskAsync(PromptView prompt, CancellationToken cancellation)
    {
        if (prompt.CanSubmit) return await new FormAnswers(given, time, (_, _) => Task.FromResult<string?>(null)).FillAsync(prompt, cancellation);
        await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation);
        throw new OperationCanceledException(cancellation);
    }

    public void Stop()
    {
    }

    public void End(StoredRun run, AskOutcome.Missing? missing) => Write(new Ended(
        "run.ended", run.Status, run.Exit?.Code, run.Id, run.Connection, run.Exit?.Step, Sorted(run.Exit?.Text), missing?.Field,
        Sorted(missing?.Refusal),
        run.Exit?.At));

    private void Write<T>(T line)
    {
        output.Write(JsonSerializer.Serialize(line, json) + "\n");
        output.Flush();
    }

    private static JsonSerializerOptions NewOptions()
    {
        var options = Wire.NewOptions();
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new SortedTexts());
        return options;
    }

    private static ImmutableSortedDictionary<string, string>? Sorted(IReadOnlyDictionary<string, string>? texts) =>
        texts?.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>The same run gives the same lines, whatever order a process keeps its dictionaries in.</summary>
    private sealed class SortedTexts : JsonConverter<ImmutableDictionary<string, string>>
    {
        public override ImmutableDictionary<string, string> Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, ImmutableDictionary<string, string> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, Sorted(value), options);
    }

    /// <param name="Phone">Where the sandbox plays the phone; null where nobody has to touch it.</param>
    /// <param name="Page">Where the person goes to the provider's page; not written where the flow needs none.</param>
    private sealed record Started(
        string Type, RunId Run, string Flow, string Version, Purpose Purpose, ImmutableSortedDictionary<string, string>? Title, Uri? Phone,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Page, DateTimeOffset At);

    private sealed record Prompted(string Type, RunId Run, RunStatus Status, PromptView Prompt, DateTimeOffset At);

    private sealed record Progressed(string Type, RunId Run, RunStatus Status, string Step, DateTimeOffset At);

    /// <param name="Missing">The field that nobody answered, which ended the run; null where it ended otherwise.</param>
    /// <param name="Refusal">Why the last answer to it was not taken; null where there was none.</param>
    private sealed record Ended(
        string Type, RunStatus Status, string? Code, RunId Run, ConnectionId? Connection, string? Step,
        ImmutableSortedDictionary<string, string>? Text, string? Missing, ImmutableSortedDictionary<string, string>? Refusal, DateTimeOffset? At);
}
