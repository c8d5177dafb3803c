using Engine.History;
using Engine.Tests.FlowTests;
using Xunit;
using Xunit.Abstractions;

namespace Engine.Tests.History;

/// <summary>Records that no sound engine could have left, each spoilt in one way. Each must be found out in every history that can be spoilt so.</summary>
public sealed class SpoiltHistoryTests(ITestOutputHelper output)
{
    private static readonly Lazy<IReadOnlyList<RunHistory>> clean = new(() => [.. Play()]);

    [Theory]
    [InlineData("journal_gap", "an entry is missing and its number with it")]
    [InlineData("after_the_end", "something is done after the end")]
    [InlineData("other_end", "the row says cancelled after the journal said succeeded")]
    [InlineData("not_ended", "a run is left hanging")]
    [InlineData("prompt_reused", "a prompt's id is used again")]
    [InlineData("effect_reused", "an effect's id is used again")]
    [InlineData("once_repeated", "a call that must happen once is repeated after a crash")]
    [InlineData("once_repeated", "a call in doubt is sent again without being looked up")]
    [InlineData("once_abandoned", "a call that must happen once is given up while it is under way")]
    [InlineData("undo_missing", "what was done is not taken back")]
    [InlineData("input_twice", "two items of the inbox are applied in the other order")]
    [InlineData("input_from_nowhere", "a run hears what nobody said")]
    [InlineData("answered_twice", "a prompt takes two answers")]
    [InlineData("unfounded_end", "a run is cancelled and nobody asked for it")]
    [InlineData("unfounded_end", "a run expires before its time")]
    [InlineData("unfounded_end", "a run succeeds halfway")]
    [InlineData("no_such_edge", "a failure goes on as if it were another")]
    [InlineData("connected_twice", "two connections are stored")]
    [InlineData("connection_from_nowhere", "a connection is stored that the run does not know")]
    [InlineData("answer_from_nowhere", "a call is answered that the provider never got")]
    [InlineData("run_lost", "a run is gone")]
    [InlineData("time_backwards", "time goes backwards")]
    [InlineData("started_again", "a run begins again")]
    [InlineData("prompt_after_end", "a prompt outlives its run")]
    public void A_history_that_cannot_be_is_found_out(string code, string bug)
    {
        var (spoilt, missed) = (0, new List<string>());
        foreach (var history in clean.Value)
        {
            if (SpoiltHistory.Of(bug, history) is not { } changed) continue;
            spoilt++;
            if (HistoryChecker.Check(changed).All(finding => finding.Code != code)) missed.Add(history.Name);
        }

        output.WriteLine($"{bug}: in {spoilt} histories");
        Assert.Empty(missed);
        Assert.NotEqual(0, spoilt);
    }

    [Fact]
    public void One_idempotency_key_that_made_two_runs_is_found_out()
    {
        var starts = new[] { "run_a", "run_b" }.Select(run => new ClientInput.Start(default, true, "key", run));

        Assert.Equal("started_twice", Assert.Single(HistoryChecker.CheckStarts(starts)).Code);
    }

    /// <summary>Histories without a fault, some of them of runs whose engine died.</summary>
    private static IEnumerable<RunHistory> Play()
    {
        foreach (var scenario in ShippedPlugins.Scenarios.All)
        {
            using var store = PlayedStore.InMemory();
            yield return PlayedRun.Play(scenario, store, new Faults.None()).History;
            using var other = PlayedStore.InMemory();
            yield return PlayedRun.Play(scenario, other, new Faults.Crash(4, isBefore: false)).History;
        }
    }
}
