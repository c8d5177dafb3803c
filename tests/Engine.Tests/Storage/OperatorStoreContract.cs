using System.Collections.Immutable;
using Engine.Postgres;
using Engine.Runs;
using Engine.Sdk;
using Engine.Storage;
using Xunit;

namespace Engine.Tests.Storage;

/// <summary>What operators ask of the store and do there. Every database runs through the same tests.</summary>
public abstract class OperatorStoreContract : IAsyncLifetime
{
    private EngineStore? store;

    internal StoreClock Clock { get; } = new();

    private EngineStore Store => store!;

    private DateTimeOffset Now => Store.Time.GetUtcNow();

    public async Task InitializeAsync() => store = await OpenAsync(Clock);

    public abstract Task DisposeAsync();

    protected abstract Task<EngineStore> OpenAsync(TimeProvider time);

    [ContractFact]
    public async Task Pages_of_the_list_hold_each_run_once_newest_first_whatever_the_filter()
    {
        var at = Now.AddHours(-1);
        for (var i = 0; i < 12; i++)
        {
            var run = Given.Run($"{i:00}", at.AddSeconds(i / 3)) with { Flow = i % 2 == 0 ? "even" : "odd", World = i < 6 ? "w" : null };
            await Store.CreateAsync(i % 4 == 3 ? run.Ended(RunStatus.Failed, at) : run, null, [], default);
        }

        Assert.Equal(["11", "10", "09", "08", "07", "06", "05", "04", "03", "02", "01", "00"], await AllAsync(new RunQuery()));
        Assert.Equal(["11", "09", "07", "05", "03", "01"], await AllAsync(new RunQuery { Flows = ["odd"] }));
        Assert.Equal(["11", "07", "03"], await AllAsync(new RunQuery { Status = RunStatus.Failed }));
        Assert.Equal(["09", "05", "01"], await AllAsync(new RunQuery { Flows = ["odd", "none"], IsOpenOnly = true }));
        Assert.Equal(["05", "04", "03", "02", "01", "00"], await AllAsync(new RunQuery { IsSandbox = true, Text = "shop-7" }));
        Assert.Equal(["04"], await AllAsync(new RunQuery { Text = "run_04" }));
        Assert.Empty(await AllAsync(new RunQuery { Text = "nobody" }));
    }

    [ContractFact]
    public async Task A_run_is_found_by_the_code_that_support_is_told()
    {
        var id = new RunId("run_01m80th175202bezyscesaed57");
        await Store.CreateAsync(Given.Run("x", Now) with { Id = id }, null, [], default);

        Assert.Equal([id], (await Store.ListStandingsAsync(new RunQuery { Text = id.Short }, default)).Select(found => found.Run.Id));
    }

    [ContractFact]
    public async Task Runs_that_nobody_looks_at_are_late_and_are_counted()
    {
        await Store.CreateAsync(Given.Run("a", Now), null, [], default);
        await Store.CreateAsync(Given.Run("b", Now).Ended(RunStatus.Succeeded, Now), null, [], default);
        var later = Now.AddMinutes(1);

        Assert.Empty(await Store.ListStandingsAsync(new RunQuery { LateSince = Now.AddMinutes(-1) }, default));
        Assert.Equal("run_a", Assert.Single(await Store.ListStandingsAsync(new RunQuery { LateSince = later }, default)).Run.Id.Value);
        var counts = await Store.CountRunsAsync(later, default);
        Assert.Equal((1, 1, 1), (counts.Late, counts.ByStatus[RunStatus.Running], counts.ByStatus[RunStatus.Succeeded]));
        Assert.Equal([new PinnedCount("telegram-qr", "v1", 1)], await Store.CountPinnedAsync(default));
    }

    [ContractFact]
    public async Task An_operator_acts_beside_the_holder_and_loses_nothing_of_either()
    {
        await Store.CreateAsync(Given.Run("a", Now), null, [Given.Entry("started", Now)], default);
        var claimed = Assert.Single(await Store.ClaimDueAsync(new ClaimRequest("n", 10, TimeSpan.FromSeconds(30)), default));

        Assert.True(await Store.ActAsync(claimed.Run.Id, RunAction.AskAgain, "anna", default));
        Assert.True(await Store.SaveAsync(Given.Save(claimed, claimed.Run with { Due = Now.AddHours(1) }) with { Journal = [Given.Entry("prompted", Now)] }, default));

        Assert.Equal(["started", "operator", "prompted"], (await Store.ReadJournalAsync(claimed.Run.Id, 0, default)).Select(entry => entry.Kind));
        var again = Assert.Single(await Store.ClaimDueAsync(new ClaimRequest("n", 10, TimeSpan.FromSeconds(30)), default));
        Assert.IsType<InboxContent.Hurried>(Assert.Single(again.Inbox).Content);
        var standing = await Store.FindStandingAsync(claimed.Run.Id, default);
        Assert.Equal(("n", again.Lease.Fence, 1), (standing?.Holder, standing?.Fence, standing?.Unseen));
    }

    [ContractFact]
    public async Task Waking_makes_a_run_due_and_an_ended_one_is_left_alone()
    {
        await Store.CreateAsync(Given.Run("a", Now), null, [], default);
        var claimed = Assert.Single(await Store.ClaimDueAsync(new ClaimRequest("n", 10, TimeSpan.FromSeconds(30)), default));
        await Store.SaveAsync(Given.Save(claimed, claimed.Run with { Due = Now.AddHours(1) }), default);
        Assert.Empty(await Store.ClaimDueAsync(new ClaimRequest("n", 10, TimeSpan.FromSeconds(30)), default));

        Assert.True(await Store.ActAsync(claimed.Run.Id, RunAction.Wake, "anna", default));
        claimed = Assert.Single(await Store.ClaimDueAsync(new ClaimRequest("n", 10, TimeSpan.FromSeconds(30)), default));
        await Store.SaveAsync(Given.Save(claimed, claimed.Run.Ended(RunStatus.Failed, Now)), default);

        Assert.False(await Store.ActAsync(claimed.Run.Id, RunAction.Cancel, "anna", default));
        Assert.False(await Store.ActAsync(new RunId("run_none"), RunAction.Cancel, "anna", default));
        Assert.Equal(["wake"], (await Store.ListOperatorLogAsync(10, default)).Select(entry => entry.Action));
    }

    [ContractFact]
    public async Task An_incident_holds_until_it_is_over_and_a_new_text_does_not_begin_it_anew()
    {
        await Store.SetIncidentAsync("radist", ProviderTrouble.Down, ImmutableDictionary<string, string>.Empty, "anna", default);
        var since = Assert.Single(await Store.ListIncidentsAsync(default)).Since;
        Clock.Advance(TimeSpan.FromMinutes(1));

        await Store.SetIncidentAsync("radist", ProviderTrouble.Down, ImmutableDictionary<string, string>.Empty.Add("en", "Soon"), "boris", default);

        var incident = Assert.Single(await Store.ListIncidentsAsync(default));
        Assert.Equal(("radist", ProviderTrouble.Down, since, "boris"), (incident.Provider, incident.Trouble, incident.Since, incident.Who));
        Assert.Equal("Soon", incident.FullText["en"]);
        Assert.NotEmpty(incident.FullText["ru"]);
        await Store.SetIncidentAsync("radist", null, ImmutableDictionary<string, string>.Empty, "anna", default);
        Assert.Empty(await Store.ListIncidentsAsync(default));
    }

    [ContractFact]
    public async Task Connections_are_listed_with_their_care()
    {
        await Store.CreateAsync(Given.Run("a", Now), null, [], default);
        var claimed = Assert.Single(await Store.ClaimDueAsync(new ClaimRequest("n", 10, TimeSpan.FromSeconds(30)), default));
        await Store.SaveAsync(Given.Save(claimed, claimed.Run.Ended(RunStatus.Succeeded, Now)) with { Connection = Given.Connection("con_a", Now) }, default);

        var found = Assert.Single(await Store.ListConnectionStandingsAsync(ConnectionHealth.NeedsReauth, "radist", "shop-7", null, 10, default));
        Assert.Equal(("con_a", null), (found.Connection.Id.Value, found.LookedAt));
        var care = await Store.TakeCareAsync(found.Connection.Id, "n", TimeSpan.FromMinutes(1), default);
        await Store.FinishCareAsync(care!, new CareResult(Now.AddHours(1), null, null, null), default);

        Assert.NotNull(Assert.Single(await Store.ListConnectionStandingsAsync(null, null, "con_a", null, 10, default)).LookedAt);
        Assert.Empty(await Store.ListConnectionStandingsAsync(null, null, null, found.Number, 10, default));
        Assert.Equal(1, (await Store.CountConnectionsAsync(default))[ConnectionHealth.NeedsReauth]);
    }

    private async Task<List<string>> AllAsync(RunQuery query)
    {
        List<string> all = [];
        for (RunPlace? before = null; ;)
        {
            var page = await Store.ListStandingsAsync(query with { Before = before, Limit = 2 }, default);
            all.AddRange(page.Select(found => found.Run.Id.Value["run_".Length..]));
            if (page.Count < 2) return all;
            before = page[^1].Place;
        }
    }
}

public sealed class SqliteOperatorStoreTests : OperatorStoreContract
{
    private readonly StoreFolder folder = StoreFolder.New();
    private EngineStore? opened;

    public override async Task DisposeAsync()
    {
        if (opened is not null) await opened.DisposeAsync();
        await folder.DisposeAsync();
    }

    protected override async Task<EngineStore> OpenAsync(TimeProvider time) => opened = await folder.OpenAsync(time);
}

[OnPostgres]
public sealed class PostgresOperatorStoreTests : OperatorStoreContract
{
    private PostgresStore? made;

    public override async Task DisposeAsync()
    {
        if (made is not null) await made.DisposeAsync();
    }

    protected override async Task<EngineStore> OpenAsync(TimeProvider time) => await (made = await PostgresStore.NewAsync()).OpenAsync(time);
}
