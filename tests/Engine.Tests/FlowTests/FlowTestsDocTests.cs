using System.Text.RegularExpressions;
using Engine.Flows;
using Engine.Tests.Cli;
using Xunit;

namespace Engine.Tests.FlowTests;

/// <summary>
/// The examples of the document: <c>yaml file</c> is a whole test file, <c>yaml tests</c> some tests under its <c>yaml head</c>, <c>yaml failing</c>
/// one that fails with the <c>text output</c> after it.
/// </summary>
[Collection(SharedPlugins.Name)]
public sealed partial class FlowTestsDocTests(ShippedPlugins plugins)
{
    private static readonly string DocumentPath = Repository.Path(Path.Combine("engine", "docs", "flow-tests.md"));

    private static readonly string Document = File.ReadAllText(DocumentPath).ReplaceLineEndings("\n");

    public static TheoryData<int> Lines =>
        [.. Examples("yaml file", "yaml tests").Select(example => Document.AsSpan(0, example.Index).Count('\n') + 1)];

    [Theory]
    [MemberData(nameof(Lines))]
    public void The_tests_of_an_example_pass(int line)
    {
        var example = Examples("yaml file", "yaml tests").Single(example => Document.AsSpan(0, example.Index).Count('\n') + 1 == line);

        var (isPassed, text) = Run(example.Groups["kind"].Value == "yaml file" ? example.Groups["text"].Value : UnderHead(example));

        Assert.True(isPassed, text);
    }

    [Fact]
    public void The_failing_example_fails_as_the_document_shows()
    {
        var shown = Examples("text output").Single().Groups["text"].Value;

        var (_, text) = Run(UnderHead(Examples("yaml failing").Single()));

        var output = text[..(text.LastIndexOf("\n\n", StringComparison.Ordinal) + 1)];
        if (Environment.GetEnvironmentVariable(GoldenFlow.UpdateVariable) == "1") File.WriteAllText(DocumentPath, Document.Replace(shown, output, StringComparison.Ordinal));
        else Assert.Equal(shown, output);
    }

    [Fact]
    public void Every_kind_of_finding_is_listed_with_its_meaning() => Assert.Empty(
        FindingCodes.FlowTests.Where(code => !Document.Contains($"| `{code.Code}` | {code.Meaning} |", StringComparison.Ordinal)));

    private (bool IsPassed, string Text) Run(string tests)
    {
        using var folder = new TestFolder();
        folder.Write("telegram-qr.yaml", File.ReadAllText(Repository.Path("workflows/telegram-qr.yaml")));
        folder.Write("telegram-qr.test.yaml", tests);
        var (outcome, text) = plugins.Run(folder.Path, withCoverage: false);
        return (outcome.Files.All(file => file.IsPassed && file.Results.Length > 0), text);
    }

    private static string UnderHead(Match example) =>
        Examples("yaml head").Single().Groups["text"].Value
        + string.Concat(example.Groups["text"].Value.Split('\n').Select(line => line.Length == 0 ? "\n" : $"  {line}\n"));

    private static IEnumerable<Match> Examples(params string[] kinds) => Example().Matches(Document).Where(example => kinds.Contains(example.Groups["kind"].Value));

    [GeneratedRegex("^```(?<kind>yaml [a-z]+|text output)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();
}
