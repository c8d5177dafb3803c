using Engine.Runs;
using Engine.Sdk;
using Engine.Tests.FlowTests;
using Xunit;
using Xunit.Abstractions;

namespace Engine.Tests.History;

/// <summary>
/// The provider does its worst to every call of every shipped flow. Each run ends, its history is clean, and it does not answer trouble
/// with a storm of calls: how bytes and headers become these failures is tested beside the plugins.
/// </summary>
public sealed class ProviderTroubleTests(ITestOutputHelper output)
{
    private static readonly DateTimeOffset Never = DateTimeOffset.MinValue;

    [Theory]
    [InlineData("refuses every connection")]
    [InlineData("never answers")]
    [InlineData("asks all to come back in ten seconds")]
    [InlineData("asks all to come back in an hour")]
    [InlineData("is out of order for every second call")]
    public void Runs_end_and_calls_stay_few_where_the_provider(string trouble)
    {
        var (runs, calls, most) = (0, 0, 0.0);
        var outcomes = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var scenario in ShippedPlugins.Scenarios.All.Where((_, index) => Sweep.IsLong || index % 3 == 0))
        {
            using var store = PlayedStore.InMemory();
            using var calm = PlayedStore.InMemory();
            var began = store.Time.GetUtcNow();
            var number = 0;
            var played = PlayedRun.Play(scenario, store, new Faults.None(), null, null, call => Answer(trouble, call, number++));
            var made = played.History.Calls?.Length ?? 0;
            var seconds = (played.History.Row?.Exit?.At - began)?.TotalSeconds ?? 0;

            Assert.True(played.Findings.IsEmpty, string.Join("\n", played.Findings));
            Assert.NotNull(played.History.Row?.Exit);

            // Beside the calls that it takes without trouble, a handful of attempts at once, and from then on no more than one in two seconds.
            var needed = PlayedRun.Play(scenario, calm, new Faults.None()).History.Calls?.Length ?? 0;
            Assert.True(made <= needed + 12 + (seconds / 2), $"{played.History.Name}: {made} calls in {seconds:0} s");
            (runs, calls, most) = (runs + 1, calls + made, Math.Max(most, made));
            outcomes[played.Outcome] = outcomes.GetValueOrDefault(played.Outcome) + 1;
        }

        output.WriteLine($"{runs} runs, {calls} calls, {most} at the most: {string.Join(", ", outcomes.Select(one => $"{one.Value} {one.Key}"))}");
    }

    /// <summary>What the provider does with a call; null where it answers it as ever.</summary>
    private static ProviderTrouble? Answer(string trouble, OperationCall call, int number) => trouble switch
    {
        "refuses every connection" => Fails(Failures.ProviderDown, null),
        "never answers" => new ProviderTrouble(null, call.Deadline),
        "asks all to come back in ten seconds" => Fails(Failures.RateLimited, TimeSpan.FromSeconds(10)),
        "asks all to come back in an hour" => Fails(Failures.RateLimited, TimeSpan.FromHours(1)),
        "is out of order for every second call" => number % 2 == 0 ? Fails(Failures.ProviderDown, null) : null,
        _ => throw new ArgumentException(trouble),
    };

    private static ProviderTrouble Fails(string code, TimeSpan? retryAfter) => new(new Failure(code, "the provider is in trouble", retryAfter), Never);
}
