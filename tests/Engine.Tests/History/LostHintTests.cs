using Engine.Tests.FlowTests;
using Xunit;
using Xunit.Abstractions;

namespace Engine.Tests.History;

/// <summary>
/// Nobody tells the engine anything: no hint between nodes or within one, as in every played run, and no call of a provider either. What is due
/// and what time limits say moves each run to an end. (That runs outlive every row of Hangfire's tables is tested beside the extension.)
/// </summary>
[Collection(SharedPlugins.Name)]
public sealed class LostHintTests(ShippedPlugins plugins, ITestOutputHelper output)
{
    [Fact]
    public void Every_run_of_every_shipped_flow_ends_without_hints_and_without_webhooks()
    {
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var waiting = 0;
        foreach (var scenario in ShippedScenarios.Load(plugins).All)
        {
            using var heard = PlayedStore.InMemory();
            using var unheard = PlayedStore.InMemory();
            var with = PlayedRun.Play(scenario, heard, new Faults.None());
            var played = PlayedRun.Play(scenario, unheard, new Faults.None(), hasWebhooks: false);

            Assert.True(played.Findings.IsEmpty, string.Join("\n", played.Findings));
            Assert.NotNull(played.History.Row?.Exit);
            if (played.Outcome != with.Outcome) waiting++;
            outcomes[played.Outcome] = outcomes.GetValueOrDefault(played.Outcome) + 1;
        }

        output.WriteLine($"{string.Join(", ", outcomes.Select(one => $"{one.Value} {one.Key}"))}; {waiting} end in another way than with webhooks");
        Assert.True(waiting > 0, "no flow waits for a webhook");
    }
}
