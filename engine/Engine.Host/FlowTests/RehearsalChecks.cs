using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Flows;
using Engine.Runs;

namespace Engine.Host;

/// <summary>How a test's run stands at its end.</summary>
/// <param name="EndLine">The line of the transcript that says so.</param>
internal sealed record RehearsalOutcome(
    StoredRun Run, int EndLine, TimeSpan After, Connection? Connection, string? Leftover, IReadOnlyList<(OperationCall Call, int Line)> Calls, RehearsalRecord Record);

/// <summary>Compares what came of a test with what it expects.</summary>
internal sealed class RehearsalChecks(FlowTest test, RehearsalOutcome outcome, JsonSerializerOptions json)
{
    private readonly List<Difference> differences = [];

    public IReadOnlyList<Difference> Run()
    {
        var expect = test.Expect;
        if (expect.End is { } end) CheckEnd(end);
        if (expect.After is { } after && (outcome.After < after.Least || outcome.After > after.Most)) CheckTime(after);
        if (expect.Text is { } text) Compare("the end's text", text, outcome.Run.Exit?.Text ?? ImmutableDictionary<string, string>.Empty, outcome.EndLine);
        if (expect.Connection is { } connection) CheckConnection(connection);
        if (expect.Leftover is { } leftover) CheckLeftover(leftover);
        foreach (var calls in expect.Calls) CheckCalls(calls);
        if (expect.Prompts is { } prompts) CheckPrompts(prompts);
        CheckJournal(expect.Journal);
        return differences;
    }

    /// <summary>What a prompt shows, by the keys that flows have for it; an empty text for nothing.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Shown(ShownValues? shown) =>
    [
        new("qr", shown?.Qr ?? ""), new("image", shown?.Image ?? ""), new("code", shown?.Code ?? ""), new("link", shown?.Link ?? ""),
        new("frame", shown?.Frame ?? ""),
    ];

    /// <summary>A run's end: its status, and its code where that says more.</summary>
    public static string EndText(StoredRun run) => EndText(run.Status.ToString().ToLowerInvariant(), run.Exit?.Code ?? "");

    private static string EndText(string status, string code) => status == code ? status : $"{status} {code}";

    private void CheckEnd(ExpectedEnd end)
    {
        var (expected, was) = (EndText(end.Status, end.Code), EndText(outcome.Run));
        if (expected != was) Differ(end.Place, $"end: {expected}", was, outcome.EndLine);
    }

    private void CheckTime(ExpectedTime after)
    {
        var span = after.Least == after.Most ? Transcript.ToText(after.Least) : $"{Transcript.ToText(after.Least)}..{Transcript.ToText(after.Most)}";
        Differ(after.Place, $"after: {span}", Transcript.ToText(outcome.After), outcome.EndLine);
    }

    private void CheckConnection(ExpectedConnection expected)
    {
        if (outcome.Connection is not { } stored || (expected.IsNone && test.Connection is null))
        {
            if (expected.IsNone != (outcome.Connection is null)) Differ(expected.Place, expected.IsNone ? "connection: none" : "a connection is stored", expected.IsNone ? "one is stored" : "none is", null);
            return;
        }

        if (expected.IsNone && stored.Revision > 1) Differ(expected.Place, "connection: none", "the stored one was changed", null);
        if (expected.Params is { } parameters) Compare(expected.Place, "params", parameters, JsonSerializer.SerializeToNode(stored.Params));
        if (expected.Credentials is { } credentials) CheckCredentials(expected.Place, credentials, stored);
        Compare(expected.Place, "health", expected.Health, JsonNamingPolicy.SnakeCaseLower.ConvertName(stored.Health.ToString()));
        Compare(expected.Place, "cause", expected.Cause, stored.Cause);
        Compare(expected.Place, "identity", expected.Identity, stored.IdentityKey);
        Compare(expected.Place, "label", expected.Label, stored.IdentityLabel);
        Compare(expected.Place, "revision", expected.Revision?.ToString(CultureInfo.InvariantCulture), stored.Revision.ToString(CultureInfo.InvariantCulture));
    }

    private void CheckCredentials(Place place, ImmutableArray<string> expected, Connection stored)
    {
        var actual = stored.Credentials is { ValueKind: JsonValueKind.Object } record
            ? record.EnumerateObject().Where(one => one.Value.ValueKind != JsonValueKind.Null).Select(one => one.Name)
            : [];
        Compare(place, "credentials", Listed(expected), Listed(actual));

        static string Listed(IEnumerable<string> names) => $"[{string.Join(", ", names.Order(StringComparer.Ordinal))}]";
    }

    private void CheckLeftover(ExpectedLeftover expected)
    {
        var actual = outcome.Leftover is { } json ? JsonNode.Parse(json) : null;
        if (!JsonNode.DeepEquals(expected.Json, actual)) Differ(expected.Place, $"leftover: {expected.Json?.ToJsonString() ?? "none"}", outcome.Leftover ?? "none", null);
    }

    private void CheckCalls(ExpectedCalls expected)
    {
        var name = $"{expected.Provider}.{expected.Operation}";
        var calls = outcome.Calls.Where(one => one.Call.Provider == expected.Provider && one.Call.Operation == expected.Operation).ToList();
        if (calls.Count != expected.Count)
        {
            Differ(expected.Place, string.Create(CultureInfo.InvariantCulture, $"calls: {expected.Count} of {name}"), calls.Count.ToString(CultureInfo.InvariantCulture), null);
        }

        foreach (var (input, (call, line)) in (expected.Inputs ?? []).Zip(calls)) CheckInput(input, call, line);
    }

    private void CheckInput(ExpectedInput expected, OperationCall call, int line)
    {
        var input = JsonSerializer.SerializeToNode(call.Input, call.Input.GetType(), json);
        foreach (var (name, value) in expected.Members)
        {
            if (JsonNode.DeepEquals(value, input?[name])) continue;
            var isSecret = expected.Secrets.Contains(name, StringComparer.Ordinal);
            Differ(expected.Place, $"{call.Provider}.{call.Operation} with {name}: {Text(value)}", isSecret && input?[name] is not null ? "another one" : Text(input?[name]), line);

            string Text(JsonNode? node) => node is null ? "null" : isSecret ? "***" : node.ToJsonString();
        }
    }

    private void CheckPrompts(ExpectedPrompts expected)
    {
        var shown = outcome.Record.Prompts;
        foreach (var (item, (view, line, at)) in expected.Items.Zip(shown)) CheckPrompt(item, view, line, at);
        if (shown.Count > expected.Items.Length)
        {
            Differ(expected.Place, Count(expected.Items.Length), $"{Count(shown.Count)}; this one is more", shown[expected.Items.Length].Line);
        }
        else if (shown.Count < expected.Items.Length) Differ(expected.Items[shown.Count].Place, "this is shown", $"there are only {Count(shown.Count)}", null);

        static string Count(int count) => count == 1 ? "1 prompt" : string.Create(CultureInfo.InvariantCulture, $"{count} prompts");
    }

    private void CheckPrompt(ExpectedPrompt expected, PromptView view, int line, TimeSpan at)
    {
        var (place, code) = (expected.Place, view.Messages is [var first, ..] ? first.Code : "");
        Compare(place, "step", expected.Step, view.Step, line);
        Compare(place, "fields", expected.Fields, view.Fields.Select(field => field.Name), line);
        Compare(place, "actions", expected.Actions, view.Actions.Select(action => action.Name), line);
        Compare(place, "said", expected.Code, code, line);
        Compare(place, "left", expected.Left?.ToString(CultureInfo.InvariantCulture), view.Left?.ToString(CultureInfo.InvariantCulture), line);
        if (expected.At is { } moment && moment != at) Differ(place, $"at: {Transcript.ToText(moment)}", Transcript.ToText(at), line);
        if (expected.Text is { } text) Compare("text", text, view.Text, line);
        if (expected.Button is { } button) Compare("button", button, view.Button, line);
        if (expected.Message is { } message) Compare("message", message, view.Messages is [var said, ..] ? said.Text : ImmutableDictionary<string, string>.Empty, line);
        foreach (var (key, value) in Shown(view.Show)) Compare(place, key, expected.Show.GetValueOrDefault(key), value, line);
    }

    private void CheckJournal(ImmutableArray<ExpectedWord> words)
    {
        var rest = outcome.Record.Journal.Select(entry => entry.Kind).ToList();
        foreach (var word in words)
        {
            var index = rest.IndexOf(word.Word);
            if (index < 0)
            {
                Differ(word.Place, $"journal: {word.Word}", rest.Count == 0 ? "nothing more" : $"what comes is {string.Join(", ", rest)}", null);
                return;
            }

            rest.RemoveRange(0, index + 1);
        }
    }

    private void Compare(Place place, string what, JsonNode expected, JsonNode? actual)
    {
        if (!JsonNode.DeepEquals(expected, actual)) Differ(place, $"{what}: {expected.ToJsonString()}", actual?.ToJsonString() ?? "none", null);
    }

    private void Compare(Place place, string what, ImmutableArray<string>? expected, IEnumerable<string> actual, int line)
    {
        if (expected is not { } names) return;
        var found = actual.ToList();
        if (!names.SequenceEqual(found, StringComparer.Ordinal)) Differ(place, $"{what}: [{string.Join(", ", names)}]", $"[{string.Join(", ", found)}]", line);
    }

    private void Compare(Place place, string what, string? expected, string? actual, int? line = null)
    {
        if (expected is not null && expected != (actual ?? "")) Differ(place, $"{what}: {Or(expected)}", Or(actual), line);
    }

    private void Compare(string what, ExpectedText expected, IReadOnlyDictionary<string, string> actual, int line)
    {
        foreach (var (language, text) in expected.ByLanguage.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            var was = actual.GetValueOrDefault(language) ?? "";
            if (text != was) Differ(expected.Place, $"{what} ({language}): {Or(text)}", Or(was), line);
        }
    }

    private static string Or(string? text) => string.IsNullOrEmpty(text) ? "nothing" : text;

    private void Differ(Place place, string expected, string was, int? line) => differences.Add(new Difference(place, expected, was, line));
}
