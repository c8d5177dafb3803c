using System.Text;
using Engine.Flows;
using Engine.Tests.Cli;
using Xunit;

namespace Engine.Tests.FlowTests;

/// <summary>Test files with their findings written under the lines, as in <see cref="GoldenFlow"/>.</summary>
public sealed class FlowTestFindingsTests
{
    private static string Folder { get; } = Repository.Path(Path.Combine("tests", "Engine.Tests", "FlowTests", "Golden", "findings"));

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Folder, "*.test.yaml").Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_wrong_test_file_has_exactly_the_findings_written_under_its_lines(string file)
    {
        using var folder = new TestFolder();
        folder.Write("telegram-code.yaml", File.ReadAllText(Repository.Path("workflows/telegram-code.yaml")));
        folder.Write("broken.yaml", "flow: broken\nuses: { radist: radist }\nsteps: [{ call: radist.nothing }]\n");
        var expected = File.ReadAllText(Path.Combine(Folder, file));
        var text = GoldenFlow.Strip(expected);
        folder.Write(file, text);

        var findings = Assert.Single(ShippedPlugins.Run(folder.Path, withCoverage: false).Outcome.Files).Findings;
        var actual = GoldenFlow.Annotate(text, findings);

        if (Environment.GetEnvironmentVariable(GoldenFlow.UpdateVariable) == "1") File.WriteAllText(Path.Combine(Folder, file), actual);
        else Assert.Equal(expected, actual);
    }

    [Fact]
    public void Every_kind_of_finding_has_a_golden_file()
    {
        var all = string.Concat(Directory.EnumerateFiles(Folder).Select(File.ReadAllText));

        Assert.Empty(FindingCodes.FlowTests.Where(code => !all.Contains($" {code.Code}: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_file_that_cannot_be_read_as_a_test_is_a_finding()
    {
        using var folder = new TestFolder();
        var file = folder.Write("a.test.yaml", "flow: [");

        var (outcome, text) = ShippedPlugins.Run(folder.Path, withCoverage: false);

        Assert.False(Assert.Single(outcome.Files).IsPassed);
        Assert.EndsWith("0 tests passed, 1 file with findings\n", text, StringComparison.Ordinal);
        Assert.True(Encoding.UTF8.GetByteCount(file) > 0);
    }
}
