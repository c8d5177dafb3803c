using Engine.Postgres;
using Engine.Runs;
using Engine.Storage;
using Xunit;

namespace Engine.Tests.Storage;

public sealed class PostgresBatchTests : IAsyncLifetime
{
    private readonly StoreClock clock = new();
    private PostgresStore? made;
    private PostgresLanes? opened;

    private PostgresLanes Lanes => opened!;

    public async Task InitializeAsync()
    {
        made = await PostgresStore.NewAsync();
        opened = new PostgresLanes(PostgresPlace.Read(made.ConnectionString), "tests", 1);
    }

    public async Task DisposeAsync()
    {
        await Lanes.DisposeAsync();
        await made!.DisposeAsync();
    }

    [PostgresFact]
    public async Task What_waits_shares_a_statement_and_one_that_fails_takes_none_of_the_others_with_it()
    {
        var sizes = new List<int>();
        await using var batches = new PostgresBatches<int, int>(
            Lanes,
            (_, items) =>
            {
                sizes.Add(items.Count);
                return items.Contains(7) ? throw new InvalidOperationException("no seven") : [.. items.Select(item => item * 2)];
            },
            limit: 100);
        using var gate = new ManualResetEventSlim();
        var held = Lanes.DoAsync(_ => gate.Wait(TimeSpan.FromMinutes(1)), SessionUse.Read, null, default);
        var first = batches.AddAsync(1, default);
        var others = Enumerable.Range(5, 5).Select(item => batches.AddAsync(item, default)).ToList();
        gate.Set();
        await held;

        Assert.Equal(2, await first);
        Assert.Equal("no seven", (await Assert.ThrowsAsync<InvalidOperationException>(() => others[2])).Message);
        others.RemoveAt(2);
        var doubled = await Task.WhenAll(others);
        Assert.Equal((int[])[10, 12, 16, 18], doubled);
        Assert.Contains(sizes, size => size > 1);
    }

    [PostgresFact]
    public async Task A_save_whose_outcome_was_not_heard_is_done_once()
    {
        var store = await made!.OpenAsync(clock);
        await store.CreateAsync(Given.Run("a", clock.GetUtcNow()), null, [], default);
        var claimed = Assert.Single(await store.ClaimDueAsync(new ClaimRequest("node", 1, TimeSpan.FromSeconds(6)), default));
        var saves = new PostgresSaves("CAST(@now AS BIGINT)", "tests", () => clock.GetUtcNow().ToColumn());
        var save = Given.Save(claimed, claimed.Run with { Step = "saved" }) with { Journal = [Given.Entry("prompted", clock.GetUtcNow())] };
        var waiting = new WaitingSave(save, new SealedBody([1, 2, 3], null));

        Assert.True((await Lanes.DoAsync(session => saves.Save(session, [waiting]), SessionUse.Statement, null, default))[0]);
        Assert.True(waiting.IsInDoubt);
        Assert.True((await Lanes.DoAsync(session => saves.Save(session, [waiting]), SessionUse.Statement, null, default))[0]);

        Assert.Single(await store.ReadJournalAsync(claimed.Run.Id, 0, default));
        var late = new WaitingSave(save, new SealedBody([4, 5, 6], null)) { IsInDoubt = true };
        Assert.False((await Lanes.DoAsync(session => saves.Save(session, [late]), SessionUse.Statement, null, default))[0]);
    }
}
