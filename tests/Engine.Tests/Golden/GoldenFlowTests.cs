using Engine.Flows;
using Xunit;

namespace Engine.Tests;

public sealed class GoldenFlowTests
{
    /// <summary>No file shows it: a plugin is at fault, or the time; <see cref="FlowCompilerTests"/> has it.</summary>
    private static readonly FindingCode[] WithoutGoldenFile = [FindingCodes.NotChecked];

    public static TheoryData<string> Files => [.. GoldenFlow.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_golden_flow_has_exactly_the_findings_written_under_its_lines(string file)
    {
        var path = Path.Combine(GoldenFlow.Folder, file);
        var expected = File.ReadAllText(path);
        var flow = GoldenFlow.Strip(expected);
        var actual = GoldenFlow.Annotate(flow, GoldenFlow.Findings(file, flow));

        if (Environment.GetEnvironmentVariable(GoldenFlow.UpdateVariable) == "1") File.WriteAllText(path, actual);
        else Assert.Equal(expected, actual);
    }

    [Fact]
    public void Every_kind_of_finding_has_a_golden_flow()
    {
        var all = string.Concat(GoldenFlow.Files.Select(file => File.ReadAllText(Path.Combine(GoldenFlow.Folder, file))));
        var missing = FindingCodes.All.Concat(FindingCodes.Providers).Except(WithoutGoldenFile)
            .Where(code => !all.Contains($" {code.Code}: ", StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    [Fact]
    public void No_two_kinds_of_finding_share_a_code()
    {
        var codes = FindingCodes.All.Concat(FindingCodes.Files).Concat(FindingCodes.FlowTests).Select(code => code.Code).ToList();

        Assert.Equal(codes.Distinct(), codes);
    }
}
