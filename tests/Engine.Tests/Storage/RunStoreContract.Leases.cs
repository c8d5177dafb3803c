using Engine.Postgres;
using Engine.Runs;
using Xunit;

namespace Engine.Tests.Storage;

public abstract partial class RunStoreContract
{
    [ContractFact]
    public async Task A_due_run_is_claimed_with_its_state_and_a_fence()
    {
        await Create("a");

        var claimed = await Claim("a");

        Assert.Equal("{\"step\":0}", claimed.Run.State.Text());
        Assert.Equal((new RunId("run_a"), 1, Now + Lease), (claimed.Lease.Run, claimed.Lease.Fence, claimed.Lease.Until));
        Assert.Empty(claimed.Inbox);
    }

    [ContractFact]
    public async Task A_held_run_is_not_claimed_again_before_its_lease_has_passed()
    {
        await Create("a");
        await Claim("a");

        Clock.Advance(Lease - TimeSpan.FromTicks(1));
        Assert.Empty(await ClaimAll());

        Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(2, (await Claim("a")).Lease.Fence);
    }

    [ContractFact]
    public async Task A_run_whose_holder_died_is_claimed_at_the_end_of_the_lease_however_late_it_is_due()
    {
        await Create("a");
        var claimed = await Claim("a");
        await Store.SaveAsync(Given.Save(claimed, claimed.Run with { Due = Now.AddHours(1) }, isReleased: false), default);

        Clock.Advance(Lease);

        await Claim("a");
    }

    [ContractFact]
    public async Task A_run_is_not_claimed_before_it_is_due()
    {
        await Create("a");
        var claimed = await Claim("a");
        await Store.SaveAsync(Given.Save(claimed, claimed.Run with { Due = Now.AddSeconds(5) }), default);

        Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Empty(await ClaimAll());

        Clock.Advance(TimeSpan.FromSeconds(1));
        await Claim("a");
    }

    [ContractFact]
    public async Task A_claim_takes_as_many_as_asked_and_the_longest_due_first()
    {
        foreach (var id in (string[])["a", "b", "c"])
        {
            await Create(id);
            Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["run_a", "run_b"], (await ClaimAll(2)).Select(x => x.Run.Id.Value));
        Assert.Equal(["run_c"], (await ClaimAll(2)).Select(x => x.Run.Id.Value));
    }

    [ContractFact]
    public async Task Of_many_claims_at_once_each_run_goes_to_one()
    {
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Create($"{i:000}")));

        var claims = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => ClaimAll(10))));

        var ids = claims.SelectMany(x => x).Select(x => x.Run.Id).ToList();
        Assert.Equal(100, ids.Count);
        Assert.Equal(100, ids.Distinct().Count());
    }

    [ContractFact]
    public async Task A_save_with_an_older_fence_is_refused_and_stores_nothing()
    {
        await Create("a");
        var first = await Claim("a");
        Clock.Advance(Lease);
        await Claim("a");

        var isSaved = await Store.SaveAsync(
            Given.Save(first, first.Run with { Step = "late", Revision = 2 }) with { Journal = [Given.Entry("late", Now)], Connection = Given.Connection("con_1", Now) },
            default);

        Assert.False(isSaved);
        Assert.Equal("create", (await Find("a")).Step);
        Assert.Empty(await Store.ReadJournalAsync(new RunId("run_a"), 0, default));
        Assert.Empty(await Store.ListConnectionsAsync(null, default));
    }

    [ContractFact]
    public async Task A_save_after_the_lease_was_let_go_is_refused()
    {
        await Create("a");
        var claimed = await Claim("a");
        Assert.True(await Store.SaveAsync(Given.Save(claimed, claimed.Run), default));

        Assert.False(await Store.SaveAsync(Given.Save(claimed, claimed.Run), default));
        Assert.False(await Store.PostponeAsync(claimed.Lease, Now, default));
    }

    [ContractFact]
    public async Task A_save_that_keeps_the_lease_may_be_followed_by_another()
    {
        await Create("a");
        var claimed = await Claim("a");

        Assert.True(await Store.SaveAsync(Given.Save(claimed, claimed.Run with { Step = "one" }, isReleased: false), default));
        Assert.Empty(await ClaimAll());
        Assert.True(await Store.SaveAsync(Given.Save(claimed, claimed.Run with { Step = "two" }), default));

        Assert.Equal("two", (await Find("a")).Step);
    }

    [ContractFact]
    public async Task A_renewed_lease_lasts_longer_and_a_lost_one_is_named()
    {
        await Create("a");
        var a = await Claim("a");
        Clock.Advance(Lease);
        var again = await Claim("a");
        await Create("b");
        var b = await Claim("b");
        Clock.Advance(Lease / 2);

        Assert.Equal([a.Lease.Run], await Store.RenewAsync([a.Lease, b.Lease], Lease, default));

        Clock.Advance(Lease / 2);
        Assert.Equal(again.Lease.Run, (await Claim("a")).Run.Id);
        Clock.Advance(Lease / 2);
        Assert.Contains(await ClaimAll(), x => x.Run.Id == b.Run.Id);
    }

    [ContractFact]
    public async Task Postponing_stores_the_due_time_counts_a_round_and_lets_go()
    {
        await Create("a");
        var claimed = await Claim("a");
        var before = await Find("a");

        Assert.True(await Store.PostponeAsync(claimed.Lease, Now.AddSeconds(5), default));

        AssertSame(before with { Due = Now.AddSeconds(5), Rounds = 1 }, await Find("a"));
        Assert.Empty(await ClaimAll());
        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, (await Claim("a")).Run.Rounds);
    }

    [ContractFact]
    public async Task Postponing_with_an_older_fence_is_refused()
    {
        await Create("a");
        var first = await Claim("a");
        Clock.Advance(Lease);
        await Claim("a");

        Assert.False(await Store.PostponeAsync(first.Lease, Now.AddHours(1), default));
        Assert.Equal(0, (await Find("a")).Rounds);
    }

    [ContractFact]
    public async Task The_next_due_time_is_the_earliest_and_that_of_a_held_run_is_its_leases_end()
    {
        Assert.Null(await Store.NextDueAsync(default));

        await Create("a");
        Assert.Equal(Now, await Store.NextDueAsync(default));

        var a = await Claim("a");
        Assert.Equal(Now + Lease, await Store.NextDueAsync(default));

        await Store.PostponeAsync(a.Lease, Now.AddHours(1), default);
        Assert.Equal(Now.AddHours(1), await Store.NextDueAsync(default));

        Clock.Advance(TimeSpan.FromHours(1));
        await End(await Claim("a"), RunStatus.Succeeded);
        Assert.Null(await Store.NextDueAsync(default));
    }

    [ContractFact]
    public async Task A_setback_is_kept_until_an_advance_goes_well()
    {
        await Create("a");
        var claimed = await Claim("a");
        Assert.True(await Store.SetBackAsync(new RunSetback(claimed.Lease, 1, Now.AddSeconds(1), IsParked: false, 0, []), default));
        Assert.False(await Store.SetBackAsync(new RunSetback(claimed.Lease, 2, Now, IsParked: false, 0, []), default));

        Assert.Empty(await ClaimAll());
        Clock.Advance(TimeSpan.FromSeconds(1));
        var again = await Claim("a");
        Assert.Equal((1, null), (again.Run.Crashes, again.Run.RetryAt));
        Assert.True(await Store.SaveAsync(Given.Save(again, again.Run, isReleased: false), default));
        Assert.Equal(1, (await Find("a")).Crashes);
        Assert.True(await Store.SaveAsync(Given.Save(again, again.Run), default));
        Assert.Equal(0, (await Find("a")).Crashes);
    }

    [ContractFact]
    public async Task A_parked_run_is_not_claimed_unless_something_comes_in()
    {
        await Create("a");
        var claimed = await Claim("a");
        var at = Now.AddMinutes(5);
        await Store.SetBackAsync(new RunSetback(claimed.Lease, 3, at, IsParked: true, 0, [Given.Entry("set_back", Now)]), default);

        Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Empty(await ClaimAll());
        Assert.Equal((3, at, null), ((await Find("a")).Crashes, (await Find("a")).RetryAt, (await Find("a")).Due));
        Assert.Equal("set_back", Assert.Single(await Store.ReadJournalAsync(new RunId("run_a"), 0, default)).Kind);

        await Store.RequestCancelAsync(new RunId("run_a"), default);
        claimed = await Claim("a");
        await Store.SetBackAsync(new RunSetback(claimed.Lease, 4, at, IsParked: true, claimed.Inbox[^1].Seq, []), default);
        Assert.Empty(await ClaimAll());
    }

    [ContractFact]
    public async Task What_came_in_while_a_run_was_set_back_makes_it_due_now()
    {
        await Create("a");
        var claimed = await Claim("a");
        await Store.RequestCancelAsync(new RunId("run_a"), default);

        await Store.SetBackAsync(new RunSetback(claimed.Lease, 3, Now.AddMinutes(5), IsParked: true, 0, []), default);

        Assert.Equal(3, (await Claim("a")).Run.Crashes);
    }

    [ContractFact]
    public async Task Letting_go_of_a_run_forgets_its_setback()
    {
        await Create("a");
        await Store.SetBackAsync(new RunSetback((await Claim("a")).Lease, 2, Now, IsParked: false, 0, []), default);

        await Store.PostponeAsync((await Claim("a")).Lease, Now, default);

        Assert.Equal(0, (await Find("a")).Crashes);
    }
}
