using System.Text.Encodings.Web;
using System.Text.Json;
using Engine.Flows;

namespace Engine.Host;

/// <summary>Looks for a test's secrets wherever a person, an operator or a log could see them.</summary>
internal sealed class SecretWatch(FlowTest test, IEnumerable<string> typed)
{
    /// <summary>A shorter secret would be found by accident. What the test names itself is looked for whatever its length.</summary>
    private const int ShortestLength = 4;

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<(string Value, Place Place)> secrets =
    [
        .. test.Expect.NeverShown.Where(value => value.Length > 0).Select(value => (value, test.Expect.Place)),
        .. test.Secrets.Concat(typed).Where(value => value.Length >= ShortestLength).Select(value => (value, test.Place)),
    ];

    /// <summary>One difference for each place where one stands; it does not repeat the secret.</summary>
    public IEnumerable<Difference> Find(RehearsalOutcome outcome) => Seen(outcome)
        .SelectMany(seen => secrets.Where(secret => seen.Text.Contains(secret.Value, StringComparison.Ordinal))
            .Select(secret => new Difference(secret.Place, "a secret is shown nowhere", $"one stands in {seen.Where}", seen.Line)))
        .Distinct();

    /// <summary>A transcript with stars for the secrets in it: where one leaks, it does not leak on.</summary>
    public IReadOnlyList<TranscriptLine> Redact(IReadOnlyList<TranscriptLine> transcript) =>
        [.. transcript.Select(line => secrets.Aggregate(line, (now, secret) => now with { Text = now.Text.Replace(secret.Value, "***", StringComparison.Ordinal) }))];

    private static IEnumerable<(string Where, string Text, int? Line)> Seen(RehearsalOutcome outcome)
    {
        foreach (var (view, line, _) in outcome.Record.Prompts) yield return ($"what '{view.Step}' shows", JsonSerializer.Serialize(view, Readable), line);
        foreach (var entry in outcome.Record.Journal)
        {
            yield return ($"the journal's '{entry.Kind}'", string.Join('\n', entry.Detail.Values.Append(entry.Step)), null);
        }

        if (outcome.Run.Exit is { } exit) yield return ("the end's text", string.Join('\n', exit.Text.Values.Append(exit.Code)), outcome.EndLine);
        if (outcome.Connection is { } connection)
        {
            yield return ("the connection's parameters", JsonSerializer.Serialize(connection.Params, Readable), null);
            yield return ("the connection's identity", $"{connection.IdentityKey}\n{connection.IdentityLabel}", null);
        }
    }
}
