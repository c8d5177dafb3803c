using Engine.Postgres;
using Engine.Flows;
using Engine.Runs;
using Xunit;

namespace Engine.Tests.Storage;

/// <summary>What every run store must do. A second database runs through the same tests.</summary>
public abstract partial class RunStoreContract : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private IRunStore? store;

    internal StoreClock Clock { get; } = new();

    private IRunStore Store => store!;

    private DateTimeOffset Now => Clock.GetUtcNow();

    public async Task InitializeAsync() => store = await OpenAsync(Clock);

    public abstract Task DisposeAsync();

    /// <summary>A new, empty store.</summary>
    protected abstract Task<IRunStore> OpenAsync(TimeProvider time);

    [ContractFact]
    public async Task A_created_run_is_found_as_it_was_given_and_due_now()
    {
        var run = Given.Run("a", Now) with { Prompt = Given.Prompt("p1"), World = "slow", Due = Now.AddDays(1) };

        Assert.IsType<RunCreation.Created>(await Store.CreateAsync(run, null, [], default));

        var found = await Find("a");
        AssertSame(run with { Due = Now }, found);
    }

    [ContractFact]
    public async Task A_run_that_does_not_exist_is_null()
    {
        Assert.Null(await Store.FindAsync(new RunId("run_none"), default));
    }

    [ContractFact]
    public async Task The_same_key_again_gives_the_first_run_and_stores_nothing()
    {
        var key = new IdempotencyKey("order-1", "hash-1");
        await Store.CreateAsync(Given.Run("a", Now), key, [], default);

        Assert.Equal(new RunCreation.Repeated(new RunId("run_a")), await Store.CreateAsync(Given.Run("b", Now), key, [], default));
        Assert.Null(await Store.FindAsync(new RunId("run_b"), default));
    }

    [ContractFact]
    public async Task The_same_key_with_another_request_is_refused()
    {
        await Store.CreateAsync(Given.Run("a", Now), new IdempotencyKey("order-1", "hash-1"), [], default);

        Assert.IsType<RunCreation.KeyReused>(
            await Store.CreateAsync(Given.Run("b", Now), new IdempotencyKey("order-1", "hash-2"), [], default));
    }

    [ContractFact]
    public async Task Of_many_requests_with_one_key_at_once_one_makes_the_run()
    {
        var key = new IdempotencyKey("order-1", "hash-1");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Store.CreateAsync(Given.Run($"a{i}", Now), key, [], default)));

        Assert.Single(outcomes.OfType<RunCreation.Created>());
        Assert.Single(outcomes.OfType<RunCreation.Repeated>().Distinct());
        Assert.Single(await Store.ListAsync(new RunFilter(), default));
    }

    [ContractFact]
    public async Task A_connection_is_reauthorized_by_one_open_run_at_a_time()
    {
        await Store.CreateAsync(Given.Run("a", Now, Purpose.Reauth, "con_1"), null, [], default);

        Assert.Equal(
            new RunCreation.AlreadyOpen(new RunId("run_a")),
            await Store.CreateAsync(Given.Run("b", Now, Purpose.Reauth, "con_1"), null, [], default));
        Assert.IsType<RunCreation.Created>(await Store.CreateAsync(Given.Run("c", Now, Purpose.Reauth, "con_2"), null, [], default));
    }

    [ContractFact]
    public async Task A_connection_may_be_reauthorized_again_after_the_run_has_ended()
    {
        await Store.CreateAsync(Given.Run("a", Now, Purpose.Reauth, "con_1"), null, [], default);
        await End(await Claim("a"), RunStatus.Failed);

        Assert.IsType<RunCreation.Created>(await Store.CreateAsync(Given.Run("b", Now, Purpose.Reauth, "con_1"), null, [], default));
    }

    [ContractFact]
    public async Task Runs_are_listed_newest_first_without_state_and_prompt()
    {
        await Create("a");
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Store.CreateAsync(Given.Run("b", Now) with { Prompt = Given.Prompt("p1") }, null, [], default);

        var runs = await Store.ListAsync(new RunFilter(), default);

        Assert.Equal(["run_b", "run_a"], runs.Select(x => x.Id.Value));
        Assert.All(runs, x => Assert.True(x.Prompt is null && x.State.IsEmpty));
    }

    [ContractFact]
    public async Task Runs_are_listed_by_flow_subject_status_and_whether_they_are_open()
    {
        await Create("a");
        await End(await Claim("a"), RunStatus.Succeeded);
        await Create("b");
        await Store.CreateAsync(Given.Run("c", Now) with { Flow = "other", Subject = "shop-8" }, null, [], default);

        Assert.Equal(["run_c"], await List(new RunFilter(Flow: "other")));
        Assert.Equal(["run_b", "run_a"], await List(new RunFilter(Subject: "shop-7")));
        Assert.Equal(["run_a"], await List(new RunFilter(Status: RunStatus.Succeeded)));
        Assert.Equal(["run_c", "run_b"], await List(new RunFilter(IsOpenOnly: true)));
        Assert.Equal(["run_b"], await List(new RunFilter(Flow: "telegram-qr", Subject: "shop-7", Status: RunStatus.Running, IsOpenOnly: true)));
        Assert.Equal(["run_c"], await List(new RunFilter(Limit: 1)));
        Assert.Equal(["run_a"], await List(new RunFilter(Among: [new RunId("run_a"), new RunId("run_x")], Limit: 1)));
        Assert.Empty(await List(new RunFilter(Among: [])));
    }

    [ContractFact]
    public async Task The_journal_counts_from_one_and_is_read_after_a_number()
    {
        await Store.CreateAsync(Given.Run("a", Now), null, [Given.Entry("started", Now), Given.Entry("step_entered", Now)], default);
        var claimed = await Claim("a");
        await Store.SaveAsync(Given.Save(claimed, claimed.Run) with { Journal = [Given.Entry("prompted", Now)] }, default);

        var all = await Store.ReadJournalAsync(new RunId("run_a"), 0, default);
        var later = await Store.ReadJournalAsync(new RunId("run_a"), 2, default);

        Assert.Equal([(1, "started"), (2, "step_entered"), (3, "prompted")], all.Select(x => ((int)x.Seq, x.Kind)));
        Assert.Equal("e1", Assert.Single(later).Detail["effect"]);
        Assert.Equal(Now, later[0].At);
    }

    private async Task Create(string id) =>
        Assert.IsType<RunCreation.Created>(await Store.CreateAsync(Given.Run(id, Now), null, [], default));

    private async Task<StoredRun> Find(string id)
    {
        var run = await Store.FindAsync(new RunId($"run_{id}"), default);
        Assert.NotNull(run);
        return run;
    }

    private async Task<IEnumerable<string>> List(RunFilter filter) => (await Store.ListAsync(filter, default)).Select(x => x.Id.Value);

    private Task<IReadOnlyList<ClaimedRun>> ClaimAll(int max = 100) =>
        Store.ClaimDueAsync(new ClaimRequest("node-1", max, Lease), default);

    /// <summary>Claims the run, which must be the only one due.</summary>
    private async Task<ClaimedRun> Claim(string id)
    {
        var claimed = Assert.Single(await ClaimAll());
        Assert.Equal($"run_{id}", claimed.Run.Id.Value);
        return claimed;
    }

    private async Task End(ClaimedRun claimed, RunStatus status) =>
        Assert.True(await Store.SaveAsync(Given.Save(claimed, claimed.Run.Ended(status, Now)), default));

    private static void AssertSame(StoredRun expected, StoredRun found)
    {
        Assert.Equal(expected.State.Text(), found.State.Text());
        Assert.Equivalent(expected.Prompt, found.Prompt, strict: true);
        Assert.Equivalent(expected.Exit, found.Exit, strict: true);
        Assert.Equal(expected with { Prompt = null, Exit = null, State = default }, found with { Prompt = null, Exit = null, State = default });
    }
}
