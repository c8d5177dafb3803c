using Engine.Flows;
using Engine.Tests.Cli;
using Xunit;

namespace Engine.Tests.FlowTests;

/// <summary>The examples of flow-tests.md run, or fail as it shows.</summary>
public sealed class FlowTestsDocTests
{
    private const string Document = "engine/docs/flow-tests.md";

    public static TheoryData<int> Lines => [.. DocumentExample.Of(Document, "yaml file", "yaml tests").Select(example => example.Line)];

    [Theory]
    [MemberData(nameof(Lines))]
    public void The_tests_of_an_example_pass(int line)
    {
        var (isPassed, text) = Run(DocumentExample.Of(Document, "yaml file", "yaml tests").Single(example => example.Line == line));

        Assert.True(isPassed, text);
    }

    [Fact]
    public void The_failing_example_fails_as_the_document_shows()
    {
        var shown = DocumentExample.Of(Document, "text output").Single().Text;

        var (_, text) = Run(DocumentExample.Of(Document, "yaml failing").Single());

        var output = text[..(text.LastIndexOf("\n\n", StringComparison.Ordinal) + 1)];
        if (Environment.GetEnvironmentVariable(GoldenFlow.UpdateVariable) != "1") Assert.Equal(shown, output);
        else File.WriteAllText(Repository.Path(Document), DocumentExample.TextOf(Document).Replace(shown, output, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_kind_of_finding_is_listed_with_its_meaning() => Assert.Empty(FindingCodes.FlowTests.Where(
        code => !DocumentExample.TextOf(Document).Contains($"| `{code.Code}` | {code.Meaning} |", StringComparison.Ordinal)));

    private static (bool IsPassed, string Text) Run(DocumentExample example)
    {
        using var folder = new TestFolder();
        folder.Write("telegram-qr.yaml", File.ReadAllText(Repository.Path("workflows/telegram-qr.yaml")));
        folder.Write("telegram-qr.test.yaml", example.Whole);
        var (outcome, text) = ShippedPlugins.Run(folder.Path, withCoverage: false);
        return (outcome.Files.All(file => file.IsPassed && file.Results.Length > 0), text);
    }
}
