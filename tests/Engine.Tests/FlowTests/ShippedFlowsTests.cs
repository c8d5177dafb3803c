using Xunit;

namespace Engine.Tests.FlowTests;

public sealed class ShippedFlowsTests
{
    [Fact]
    public void Every_shipped_flow_passes_its_tests_and_they_reach_all_of_it()
    {
        var (outcome, text) = ShippedPlugins.Run(Repository.Path("workflows"));

        Assert.True(outcome.Files.All(file => file.IsPassed && file.Results.Length > 0), text);
        Assert.NotEmpty(outcome.Coverage);
        Assert.True(outcome.Coverage.All(flow => !flow.Missed.Any()), text);
    }
}
