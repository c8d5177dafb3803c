using System.Text.RegularExpressions;
using Engine.Flows;
using Xunit;

namespace Engine.Tests;

/// <summary>
/// The examples of the language's document: <c>yaml flow</c> is a whole flow, <c>yaml steps</c> some steps of one,
/// <c>yaml wrong</c> has a finding.
/// </summary>
public sealed partial class FlowLanguageDocTests
{
    /// <summary>What the document says stands before its steps.</summary>
    private const string Header =
        """
        flow: example
        title: Example
        uses: { radist: radist }
        purpose: [connect]
        input: { name: string, phone: phone? }
        fails: [session_lost, phone_refused, wrong_code, code_expired, wrong_password, too_many_attempts, not_scanned, in_doubt]
        vars: { connection_id: int? }
        steps:
          - call: radist.telegram_init
            with: { auth_type: qr }
            as: session
            undo: none
            because: Radist has no call that ends a session; it lapses by itself

        """;

    private static readonly string Document =
        File.ReadAllText(Path.Combine(GoldenFlow.Folder, "..", "..", "..", "engine", "docs", "flow-language.md")).ReplaceLineEndings("\n");

    public static TheoryData<int> Lines => [.. Example().Matches(Document).Select(example => LineOf(example.Index))];

    [Theory]
    [MemberData(nameof(Lines))]
    public void An_example_is_what_the_document_says(int line)
    {
        var example = Example().Matches(Document).Single(example => LineOf(example.Index) == line);
        var kind = example.Groups["kind"].Value;
        var yaml = example.Groups["yaml"].Value;
        var flow = kind == "steps" ? Header + Indented(yaml) : yaml;

        var errors = GoldenFlow.Findings("compiler/flow-language.md", flow).Where(finding => finding.Severity == Severity.Error).ToList();

        if (kind == "wrong") Assert.NotEmpty(errors);
        else Assert.Empty(errors);
    }

    [Fact]
    public void Every_key_of_every_step_is_named()
    {
        var missing = Grammar.Verbs.Values.SelectMany(keys => keys).Concat(Grammar.FlowKeys).Distinct()
            .Where(key => !Document.Contains($"`{key}", StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    private static string Indented(string yaml) => string.Concat(yaml.Split('\n').Select(line => line.Length == 0 ? "" : $"  {line}\n"));

    private static int LineOf(int index) => Document.AsSpan(0, index).Count('\n') + 1;

    [GeneratedRegex("^```yaml (?<kind>flow|steps|wrong)\n(?<yaml>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();
}
