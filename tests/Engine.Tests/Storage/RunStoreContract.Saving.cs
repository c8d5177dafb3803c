using Engine.Postgres;
using Engine.Runs;
using Engine.Sdk;
using Xunit;

namespace Engine.Tests.Storage;

public abstract partial class RunStoreContract
{
    [ContractFact]
    public async Task A_save_stores_all_that_an_advance_changed()
    {
        await Create("a");
        var claimed = await Claim("a");
        Clock.Advance(TimeSpan.FromSeconds(1));
        var next = claimed.Run with
        {
            Status = RunStatus.WaitingUser, Step = "scan", UpdatedAt = Now, Due = Now.AddMinutes(5), Revision = 2, Rounds = 3,
            Prompt = Given.Prompt("p1"), State = "{\"step\":1}"u8.ToArray(),
        };

        Assert.True(await Store.SaveAsync(Given.Save(claimed, next), default));

        AssertSame(next, await Find("a"));
    }

    [ContractFact]
    public async Task A_run_that_ends_has_no_due_time_no_prompt_and_no_holder()
    {
        await Create("a");
        var claimed = await Claim("a");
        var ended = claimed.Run.Ended(RunStatus.Failed, Now) with { Due = Now, Prompt = Given.Prompt("p1") };

        await Store.SaveAsync(Given.Save(claimed, ended, isReleased: false), default);

        AssertSame(ended with { Due = null, Prompt = null }, await Find("a"));
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.Empty(await ClaimAll());
        Assert.False(await Store.SaveAsync(Given.Save(claimed, claimed.Run), default));
    }

    [ContractFact]
    public async Task A_saved_connection_is_found_by_id_and_by_identity()
    {
        await Create("a");
        var claimed = await Claim("a");
        var connection = Given.Connection("con_1", Now);
        await Store.SaveAsync(Given.Save(claimed, claimed.Run) with { Connection = connection }, default);

        AssertSame(connection, await Store.FindConnectionAsync(connection.Id, default));
        AssertSame(connection, await Store.FindConnectionAsync("telegram-qr", "tg:42", false, default));
        Assert.Null(await Store.FindConnectionAsync("telegram-code", "tg:42", false, default));
        Assert.Null(await Store.FindConnectionAsync("telegram-qr", "tg:43", false, default));
        Assert.Null(await Store.FindConnectionAsync(new ConnectionId("con_2"), default));
    }

    [ContractFact]
    public async Task An_account_of_the_sandbox_never_passes_for_a_real_one()
    {
        await Create("a");
        var claimed = await Claim("a");
        await Store.SaveAsync(Given.Save(claimed, claimed.Run, isReleased: false) with { Connection = Given.Connection("con_real", Now) }, default);
        await Store.SaveAsync(
            Given.Save(claimed, claimed.Run) with { Connection = Given.Connection("con_played", Now.AddSeconds(1)) with { World = "w" } }, default);

        Assert.Equal("con_real", (await Store.FindConnectionAsync("telegram-qr", "tg:42", false, default))?.Id.Value);
        Assert.Equal("con_played", (await Store.FindConnectionAsync("telegram-qr", "tg:42", true, default))?.Id.Value);
    }

    [ContractFact]
    public async Task A_saved_connection_is_brought_up_to_date_by_its_id()
    {
        await Create("a");
        var claimed = await Claim("a");
        await Store.SaveAsync(Given.Save(claimed, claimed.Run, isReleased: false) with { Connection = Given.Connection("con_1", Now) }, default);
        var later = Given.Connection("con_1", Now, identity: null, revision: 2) with
        {
            Health = ConnectionHealth.Active, Cause = null, Credentials = null, IdentityLabel = null, UpdatedAt = Now.AddSeconds(1),
        };
        await Store.SaveAsync(Given.Save(claimed, claimed.Run) with { Connection = later }, default);

        AssertSame(later, await Store.FindConnectionAsync(later.Id, default));
    }

    [ContractFact]
    public async Task Connections_are_listed_newest_first_without_credentials()
    {
        await Create("a");
        var claimed = await Claim("a");
        await Store.SaveAsync(Given.Save(claimed, claimed.Run, isReleased: false) with { Connection = Given.Connection("con_1", Now) }, default);
        var second = Given.Connection("con_2", Now.AddSeconds(1), identity: "tg:43") with { Subject = "shop-8" };
        await Store.SaveAsync(Given.Save(claimed, claimed.Run) with { Connection = second }, default);

        var all = await Store.ListConnectionsAsync(null, default);

        Assert.Equal(["con_2", "con_1"], all.Select(x => x.Id.Value));
        Assert.All(all, x => Assert.Null(x.Credentials));
        Assert.Equal(["con_2"], (await Store.ListConnectionsAsync("shop-8", default)).Select(x => x.Id.Value));
    }

    [ContractFact]
    public async Task Saves_at_once_are_all_stored()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Create($"{i:000}")));
        var claimed = await ClaimAll(200);

        var saved = await Task.WhenAll(claimed.Select(x => Task.Run(() => Store.SaveAsync(
            Given.Save(x, x.Run with { Step = x.Run.Id.Short, Due = Now.AddHours(1) }) with { Journal = [Given.Entry("moved", Now)] }, default))));

        Assert.All(saved, Assert.True);
        foreach (var run in await Store.ListAsync(new RunFilter(Limit: 200), default))
        {
            Assert.Equal(run.Id.Short, run.Step);
            Assert.Single(await Store.ReadJournalAsync(run.Id, 0, default));
        }
    }

    [ContractFact]
    public async Task A_leftover_is_taken_by_one_open_run_at_a_time()
    {
        await EndLeaving("a", """{"connection_id":17}""");

        Assert.Equal("""{"connection_id":17}""", await Take("b"));
        Assert.Null(await Take("c"));
        Assert.Equal("""{"connection_id":17}""", await Take("b"));
    }

    [ContractFact]
    public async Task A_leftover_belongs_to_its_flow_and_subject()
    {
        await EndLeaving("a", "{}");

        Assert.Null(await Store.TakeLeftoverAsync("telegram-code", "shop-7", isInSandbox: false, new RunId("run_b"), default));
        Assert.Null(await Store.TakeLeftoverAsync("telegram-qr", "shop-8", isInSandbox: false, new RunId("run_b"), default));
    }

    [ContractFact]
    public async Task A_leftover_of_the_sandbox_is_none_of_the_real_provider_and_the_other_way_round()
    {
        await EndLeaving("real", "{}");
        await Store.CreateAsync(Given.Run("played", Now) with { World = "world-1" }, null, [], default);
        var claimed = await Claim("played");
        await Store.SaveAsync(
            Given.Save(claimed, claimed.Run.Ended(RunStatus.Failed, Now)) with { Leftover = """{"connection_id":17}""" }, default);

        Assert.Equal("{}", await Take("b"));
        Assert.Equal("""{"connection_id":17}""", await Store.TakeLeftoverAsync("telegram-qr", "shop-7", isInSandbox: true, new RunId("run_c"), default));
        Assert.Null(await Take("d"));
        Assert.Null(await Store.TakeLeftoverAsync("telegram-qr", "shop-7", isInSandbox: true, new RunId("run_e"), default));
    }

    [ContractFact]
    public async Task What_an_open_run_may_leave_is_not_taken_before_it_has_ended()
    {
        await Create("a");
        var claimed = await Claim("a");
        await Store.SaveAsync(Given.Save(claimed, claimed.Run, isReleased: false) with { Leftover = "{}" }, default);

        Assert.Null(await Take("b"));

        await End(claimed, RunStatus.Failed);
        Assert.Equal("{}", await Take("b"));
    }

    [ContractFact]
    public async Task A_leftover_is_free_again_when_the_run_that_took_it_ends_without_using_it_up()
    {
        await EndLeaving("a", "{}");
        await Create("b");
        await Take("b");
        Assert.Null(await Take("c"));

        await End(await Claim("b"), RunStatus.Cancelled);

        Assert.Equal("{}", await Take("c"));
    }

    [ContractFact]
    public async Task A_leftover_that_was_used_up_is_gone()
    {
        await EndLeaving("a", "{}");
        await Create("b");
        await Take("b");
        var claimed = await Claim("b");

        await Store.SaveAsync(Given.Save(claimed, claimed.Run.Ended(RunStatus.Succeeded, Now)) with { IsLeftoverUsedUp = true }, default);

        Assert.Null(await Take("c"));
    }

    [ContractFact]
    public async Task A_leftover_taken_for_a_run_that_was_never_stored_is_free_again_after_a_minute()
    {
        await EndLeaving("a", "{}");
        await Take("b");

        Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await Take("c"));

        Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal("{}", await Take("c"));
    }

    private async Task EndLeaving(string id, string leftover)
    {
        await Create(id);
        var claimed = await Claim(id);
        await Store.SaveAsync(Given.Save(claimed, claimed.Run.Ended(RunStatus.Failed, Now)) with { Leftover = leftover }, default);
    }

    private Task<string?> Take(string id) =>
        Store.TakeLeftoverAsync("telegram-qr", "shop-7", isInSandbox: false, new RunId($"run_{id}"), default);

    private static void AssertSame(Connection expected, Connection? found)
    {
        Assert.NotNull(found);
        Assert.Equal(expected.Params.GetRawText(), found.Params.GetRawText());
        Assert.Null(found.Credentials);
        Assert.Equal(
            expected with { Params = default, Credentials = null },
            found with { Params = default, Credential = null, HealthSince = null });
    }
}
