using Engine.Runs;
using Engine.Tests.FlowTests;
using Xunit;
using Xunit.Abstractions;

namespace Engine.Tests.History;

/// <summary>
/// The checker is as good as what it finds: engines and stores that are broken on purpose, one bug at a time. Each bug must be found in every
/// scenario that it comes to bear in; records that no sound engine could have left are in <see cref="SpoiltHistoryTests"/>.
/// </summary>
public sealed class SeededBugTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("input_lost", "an acknowledged input is thrown away")]
    [InlineData("input_twice", "an input is given to the run twice")]
    [InlineData("stale_holder", "the fence of a save is not looked at")]
    [InlineData("input_lost", "the inbox is marked as seen beyond what was seen")]
    [InlineData("no_such_edge", "a journal entry is lost: step_entered")]
    [InlineData("prompt_missing", "a journal entry is lost: prompted")]
    [InlineData("unsent_effect", "a journal entry is lost: call_sent")]
    [InlineData("no_end", "a journal entry is lost: ended")]
    [InlineData("no_start", "a journal entry is lost: started")]
    [InlineData("ended_again", "a run ends twice")]
    [InlineData("no_such_edge", "the entries of a save are written in the other order")]
    [InlineData("unsaved_effect", "a call is made without its attempt being stored")]
    [InlineData("connection_lost", "another connection is stored than the run says")]
    [InlineData("connection_lost", "the connection is left out of the save")]
    [InlineData("input_skipped", "an item of the inbox is passed over")]
    public void A_broken_store_is_found_out(string code, string bug)
    {
        var (bitten, caught, missed) = (0, 0, new List<string>());
        foreach (var scenario in ShippedPlugins.Scenarios.All.Where((_, index) => Sweep.IsLong || index % 5 == 0))
        {
            BrokenStore? broken = null;
            using var store = PlayedStore.InMemory();
            var played = PlayedRun.Play(scenario, store, new Faults.None(), inner => broken = Break(bug, inner));
            if (broken is not { Bites: > 0 }) continue;
            bitten++;
            if (played.Findings.Any(finding => finding.Code == code)) caught++;
            if (played.Findings.IsEmpty) missed.Add(scenario.Name);
        }

        output.WriteLine($"{bug}: came to bear in {bitten} scenarios, told by '{code}' in {caught}");
        Assert.Empty(missed);
        Assert.InRange(caught, 1, bitten);
    }

    [Fact]
    public void A_call_that_must_happen_once_and_reaches_the_provider_twice_is_found_out()
    {
        var caught = 0;
        foreach (var scenario in ShippedPlugins.Scenarios.All)
        {
            var doubled = 0;
            var once = scenario.Flow.Loaded.Flow.Calls.Where(site => site.Effect == Sdk.Effect.Once).Select(site => site.Operation).ToHashSet();
            using var store = PlayedStore.InMemory();
            var played = PlayedRun.Play(scenario, store, new Faults.None(), null, call => once.Contains(call.Operation) && doubled++ >= 0 ? 2 : 1);

            Assert.Equal(doubled > 0, played.Findings.Any(finding => finding.Code == "called_too_often"));
            if (doubled > 0) caught++;
        }

        Assert.NotEqual(0, caught);
    }

    private static BrokenStore Break(string bug, IRunStore inner)
    {
        var claims = 0;
        return bug switch
        {
            "an acknowledged input is thrown away" => new BrokenStore(inner) { IsDeaf = true },
            "an input is given to the run twice" => new BrokenStore(inner)
            {
                // A second wish to end the run, or one after its end, changes nothing and is no harm.
                Claim = run => run.Inbox is [{ Content: InboxContent.Replied { Reply.Action: not "cancel" } } item] ? run with { Inbox = [item, item with { Seq = item.Seq + 1 }] } : run,
            },
            "an item of the inbox is passed over" => new BrokenStore(inner)
            {
                Claim = run => run.Inbox is [var item, ..] ? run with { Inbox = [item with { Seq = item.Seq + 1 }] } : run,
            },
            "the fence of a save is not looked at" => new BrokenStore(inner)
            {
                RealLeases = [],
                Claim = run => ++claims == 3 ? run with { Lease = run.Lease with { Fence = 1 } } : run,
            },
            "the inbox is marked as seen beyond what was seen" => new BrokenStore(inner)
            {
                Save = save => save.Run.Prompt is null || save.Run.Status.IsFinal() ? save : save with { Run = save.Run with { InboxSeen = save.Run.InboxSeen + 1 } },
            },
            "a run ends twice" => new BrokenStore(inner) { Save = save => save.Run.Status.IsFinal() ? save with { Journal = [.. save.Journal, save.Journal[^1]] } : save },
            "the entries of a save are written in the other order" => new BrokenStore(inner) { Save = save => save.Journal.Count > 1 ? save with { Journal = [.. save.Journal.Reverse()] } : save },
            "a call is made without its attempt being stored" => new BrokenStore(inner) { Save = save => save.Journal.Any(entry => entry.Kind == "call_sent") ? null : save },
            "another connection is stored than the run says" => new BrokenStore(inner)
            {
                Save = save => save.Connection is { Revision: 1 } connection ? save with { Connection = connection with { Id = new ConnectionId(connection.Id + "x") } } : save,
            },
            "the connection is left out of the save" => new BrokenStore(inner) { Save = save => save.Connection is { Revision: 1 } ? save with { Connection = null } : save },
            _ when bug.StartsWith("a journal entry is lost: ", StringComparison.Ordinal) && bug[(bug.IndexOf(':', StringComparison.Ordinal) + 2)..] is var kind => new BrokenStore(inner)
            {
                // A prompt of a poll that nobody answers may be shown or not: nothing else follows from it.
                Save = save => save.Journal.Any(entry => entry.Kind == kind) && (kind != "prompted" || save.Run.Prompt is { CanSubmit: true } or { Redirect: not null }) ? save with { Journal = BrokenStore.Without(save.Journal, kind) } : save,
            },
            _ => throw new ArgumentException(bug),
        };
    }
}
