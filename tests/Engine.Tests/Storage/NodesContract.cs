using System.Text.Json;
using Engine.Flows;
using Engine.Postgres;
using Engine.Runs;
using Engine.Sdk;
using Engine.Storage;
using Xunit;

namespace Engine.Tests.Storage;

/// <summary>What must hold when several nodes work on one database at the same time. Each database runs through the same tests.</summary>
public abstract partial class NodesContract : IAsyncLifetime
{
    private const int NodeCount = 4;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);

    private readonly List<EngineStore> nodes = [];

    internal StoreClock Clock { get; } = new();

    private DateTimeOffset Now => Clock.GetUtcNow();

    public async Task InitializeAsync()
    {
        for (var node = 0; node < NodeCount; node++) nodes.Add(await OpenAsync(Clock));
    }

    public abstract Task DisposeAsync();

    /// <summary>One more node on the test's database.</summary>
    protected abstract Task<EngineStore> OpenAsync(TimeProvider time);

    [ContractFact]
    public async Task Each_run_is_claimed_by_one_node()
    {
        await AllAsync(100, (node, i) => node.CreateAsync(Given.Run($"r{i}", Now), null, [], default));

        var claims = await AllAsync(40, (node, i) => node.ClaimDueAsync(new ClaimRequest($"node-{i % NodeCount}", 7, Lease), default));

        var claimed = claims.SelectMany(runs => runs).Select(run => run.Run.Id).ToList();
        Assert.Equal(claimed.Count, claimed.Distinct().Count());
        Assert.Equal(100, claimed.Count + (await nodes[0].ClaimDueAsync(new ClaimRequest("rest", 200, Lease), default)).Count);
    }

    [ContractFact]
    public async Task After_its_lease_a_run_is_another_nodes_and_nothing_of_the_first_is_taken()
    {
        await CreateAsync("a");
        var first = Assert.Single(await ClaimAsync(nodes[0]));
        Clock.Advance(Lease - TimeSpan.FromSeconds(1));
        Assert.Empty(await ClaimAsync(nodes[1]));
        Clock.Advance(TimeSpan.FromSeconds(1));

        var second = Assert.Single(await ClaimAsync(nodes[1]));

        Assert.Equal(first.Lease.Fence + 1, second.Lease.Fence);
        Assert.False(await nodes[0].SaveAsync(Given.Save(first, first.Run with { Step = "stale" }), default));
        Assert.False(await nodes[0].SaveAsync(Given.Save(first, first.Run) with { Connection = Given.Connection("con_1", Now) }, default));
        Assert.False(await nodes[0].PostponeAsync(first.Lease, Now.AddDays(1), default));
        Assert.Equal([first.Run.Id], await nodes[0].RenewAsync([first.Lease], Lease, default));
        Assert.Empty(await nodes[1].RenewAsync([second.Lease], Lease, default));
        Assert.Null(await nodes[0].FindConnectionAsync(new ConnectionId("con_1"), default));
        Assert.True(await nodes[1].SaveAsync(Given.Save(second, second.Run with { Step = "good" }), default));
        Assert.Equal("good", (await nodes[2].FindAsync(first.Run.Id, default))?.Step);
    }

    [ContractFact]
    public async Task A_renewed_lease_holds_for_its_whole_time_again()
    {
        await CreateAsync("a");
        var held = Assert.Single(await ClaimAsync(nodes[0]));
        Clock.Advance(Lease - TimeSpan.FromSeconds(1));

        Assert.Empty(await nodes[0].RenewAsync([held.Lease], Lease, default));

        Clock.Advance(Lease - TimeSpan.FromSeconds(1));
        Assert.Empty(await ClaimAsync(nodes[1]));
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(await ClaimAsync(nodes[1]));
    }

    [ContractFact]
    public async Task Of_many_replies_to_a_prompt_one_is_accepted()
    {
        await CreateAsync("a", Given.Prompt("p1"));

        var outcomes = await AllAsync(24, (node, i) => node.AcceptReplyAsync(new RunId("run_a"), Given.Reply("p1", $"t{i}"), default));

        Assert.Single(outcomes.OfType<ReplyOutcome.Accepted>());
        Assert.Equal(23, outcomes.OfType<ReplyOutcome.Stale>().Count());
        Assert.Single(Assert.Single(await ClaimAsync(nodes[0])).Inbox);
    }

    [ContractFact]
    public async Task Of_one_reply_that_is_sent_many_times_one_is_kept_and_all_are_accepted()
    {
        await CreateAsync("a", Given.Prompt("p1"));

        var outcomes = await AllAsync(24, (node, _) => node.AcceptReplyAsync(new RunId("run_a"), Given.Reply("p1", "t"), default));

        Assert.Equal(1, outcomes.Cast<ReplyOutcome.Accepted>().Count(outcome => !outcome.IsRepeated));
        Assert.Single(Assert.Single(await ClaimAsync(nodes[0])).Inbox);
    }

    [ContractFact]
    public async Task A_reply_at_the_end_of_a_poll_keeps_the_run_due()
    {
        for (var round = 0; round < 20; round++)
        {
            await CreateAsync($"r{round}", Given.Prompt("p1"));
            var held = Assert.Single(await ClaimAsync(nodes[0]));
            var id = held.Run.Id;
            var reply = Task.Run(() => nodes[1].AcceptReplyAsync(id, Given.Reply("p1", "t"), default));
            var end = round % 2 == 0
                ? Task.Run(() => nodes[0].PostponeAsync(held.Lease, Now.AddHours(1), default))
                : Task.Run(() => nodes[0].SaveAsync(Given.Save(held, held.Run with { Due = Now.AddHours(1) }), default));
            await Task.WhenAll(reply, end);

            Assert.True(await end);
            Assert.IsType<ReplyOutcome.Accepted>(await reply);
            var again = Assert.Single(await ClaimAsync(nodes[2]));
            Assert.Single(again.Inbox);
            await nodes[2].SaveAsync(Given.Save(again, again.Run.Ended(RunStatus.Succeeded, Now)), default);
        }
    }

    [ContractFact]
    public async Task Of_many_requests_with_one_key_one_makes_the_run()
    {
        var key = new IdempotencyKey("order-1", "hash-1");

        var outcomes = await AllAsync(24, (node, i) => node.CreateAsync(Given.Run($"r{i}", Now), key, [], default));

        Assert.Single(outcomes.OfType<RunCreation.Created>());
        Assert.Single(outcomes.OfType<RunCreation.Repeated>().Distinct());
        Assert.Equal(24, outcomes.Count(outcome => outcome is RunCreation.Created or RunCreation.Repeated));
    }

    [ContractFact]
    public async Task Of_many_runs_for_one_connection_one_is_made()
    {
        var outcomes = await AllAsync(24, (node, i) => node.CreateAsync(Given.Run($"r{i}", Now, Purpose.Reauth, "con_1"), null, [], default));

        Assert.Single(outcomes.OfType<RunCreation.Created>());
        Assert.Equal(23, outcomes.OfType<RunCreation.AlreadyOpen>().Count());
    }

    [ContractFact]
    public async Task A_call_of_a_provider_that_comes_many_times_is_taken_once()
    {
        await CreateAsync("a");
        var signal = new Signal("event", "k1", JsonElement.Parse("{}"));

        Assert.Single(await AllAsync(16, (node, _) => node.AcceptSignalAsync(new RunId("run_a"), signal, default)), isTaken => isTaken);
        Assert.Single(
            await AllAsync(16, (node, _) => node.KeepDeliveryAsync(new Delivery("d1", "radist", null, "event", JsonElement.Parse("{}")), default)),
            isKept => isKept);
    }

    [ContractFact]
    public async Task A_link_is_redeemed_once_and_a_visit_returns_once()
    {
        await CreateAsync("a");
        await nodes[0].AddLinkAsync(new TokenHash("link"), new RunId("run_a"), Now.AddHours(1), default);
        await nodes[0].AddVisitAsync(
            new TokenHash("state"), new Visit(new RunId("run_a"), new PromptId("p1"), "radist", null, new TokenHash("b"), false, new Secret("v"), Now.AddHours(1)), default);
        var back = new Return(new TokenHash("state"), new PromptId("p1"), JsonElement.Parse("{}"), null);

        Assert.Single(
            await AllAsync(16, (node, i) => node.RedeemLinkAsync(new TokenHash("link"), new TokenHash($"s{i}"), Now.AddHours(1), default)),
            session => session is not null);
        Assert.Single(await AllAsync(16, (node, _) => node.AcceptReturnAsync(new RunId("run_a"), back, default)), isTaken => isTaken);
        Assert.Single(Assert.Single(await ClaimAsync(nodes[0])).Inbox);
    }

    [ContractFact]
    public async Task Of_a_run_that_the_claimer_knows_no_more_is_read_unless_something_came_in()
    {
        await CreateAsync("a");
        var first = Assert.Single(await ClaimAsync(nodes[0]));
        Assert.True(await nodes[0].PostponeAsync(first.Lease, Now, default));

        var known = Assert.Single(await ClaimKnownAsync(first.Run with { Step = "known", State = default, Rounds = 0 }));
        Assert.Equal(("known", 1, first.Lease.Fence + 1), (known.Run.Step, known.Run.Rounds, known.Lease.Fence));
        Assert.Equal((first.Lease.Run, first.Lease.Row), (known.Lease.Run, known.Lease.Row));
        Assert.True(known.Run.State.IsEmpty);

        Assert.True(await nodes[0].PostponeAsync(known.Lease, Now.AddHours(1), default));
        Assert.True(await nodes[1].RequestCancelAsync(new RunId("run_a"), default));
        var told = Assert.Single(await ClaimKnownAsync(first.Run with { Step = "known", State = default }));
        Assert.Equal((first.Run.Step, 2), (told.Run.Step, told.Run.Rounds));
        Assert.False(told.Run.State.IsEmpty);
        Assert.Single(told.Inbox);

        Task<IReadOnlyList<ClaimedRun>> ClaimKnownAsync(StoredRun row) => nodes[0].ClaimDueAsync(
            new ClaimRequest("node", 100, Lease) { Known = (number, fence) => number == first.Lease.Row && fence > first.Lease.Fence ? row : null }, default);
    }

    private Task<RunCreation> CreateAsync(string id, PromptView? prompt = null) =>
        nodes[0].CreateAsync(Given.Run(id, Now) with { Prompt = prompt }, null, [], default);

    private static Task<IReadOnlyList<ClaimedRun>> ClaimAsync(EngineStore node) => node.ClaimDueAsync(new ClaimRequest("node", 100, Lease), default);

    /// <summary>The same work many times at once, on all nodes in turn.</summary>
    private Task<T[]> AllAsync<T>(int times, Func<EngineStore, int, Task<T>> work) =>
        Task.WhenAll(Enumerable.Range(0, times).Select(i => Task.Run(() => work(nodes[i % NodeCount], i))));
}
