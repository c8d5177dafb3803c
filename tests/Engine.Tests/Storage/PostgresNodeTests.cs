using System.Collections.Concurrent;
using Engine.Postgres;
using Engine.Runs;
using Engine.Storage;
using Xunit;

namespace Engine.Tests.Storage;

/// <summary>What nodes have in common through PostgreSQL besides its rows: the clock and the hints.</summary>
public sealed class PostgresNodeTests : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Limit = Patience.Limit;

    private PostgresStore? made;

    private PostgresStore Database => made!;

    public async Task InitializeAsync() => made = await PostgresStore.NewAsync();

    public async Task DisposeAsync() => await Database.DisposeAsync();

    [PostgresTheory]
    [InlineData(2)]
    [InlineData(-2)]
    public async Task A_node_whose_clock_is_two_hours_off_fires_neither_early_nor_late(int hours)
    {
        var right = await Database.OpenByItsClockAsync(TimeProvider.System);
        var wrong = await Database.OpenByItsClockAsync(new OffTime(TimeSpan.FromHours(hours)));
        Assert.InRange((wrong.Time.GetUtcNow() - right.Time.GetUtcNow()).Duration(), TimeSpan.Zero, TimeSpan.FromSeconds(1));

        await wrong.CreateAsync(Given.Run("a", wrong.Time.GetUtcNow()), null, [], default);
        var held = Assert.Single(await ClaimAsync(right));
        Assert.Empty(await ClaimAsync(wrong));
        Assert.InRange(held.Lease.Until - right.Time.GetUtcNow(), Lease - TimeSpan.FromSeconds(10), Lease + TimeSpan.FromSeconds(1));
        Assert.Empty(await right.RenewAsync([held.Lease], Lease, default));
        await right.PostponeAsync(held.Lease, right.Time.GetUtcNow() + TimeSpan.FromHours(1), default);
        Assert.Empty(await ClaimAsync(wrong));
        Assert.InRange((await wrong.NextDueAsync(default))!.Value - wrong.Time.GetUtcNow(), TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));

        await Database.TamperAsync($"UPDATE wakes SET due = due - {TimeSpan.FromHours(1).Ticks}");
        var taken = Assert.Single(await ClaimAsync(wrong));
        Assert.Empty(await ClaimAsync(right));
        await Database.TamperAsync($"UPDATE wakes SET lease_until = lease_until - {Lease.Ticks}");
        Assert.Equal(taken.Lease.Fence + 1, Assert.Single(await ClaimAsync(right)).Lease.Fence);
    }

    [PostgresFact]
    public async Task Another_node_hears_of_new_runs_replies_and_visible_changes_but_of_no_poll()
    {
        var (one, two) = (await Database.OpenByItsClockAsync(TimeProvider.System), await Database.OpenByItsClockAsync(TimeProvider.System));
        using var heard = new Heard(two);
        using var own = new Heard(one);
        await ListensAsync(one, heard);

        await one.CreateAsync(Given.Run("a", one.Time.GetUtcNow()) with { Prompt = Given.Prompt("p1") }, null, [], default);
        Assert.Equal(new RunHint(new RunId("run_a"), true), await heard.NextAsync("run_a"));
        var claimed = (await ClaimAsync(one)).Single(run => run.Run.Id.Value == "run_a");
        await one.SaveAsync(Given.Save(claimed, claimed.Run with { Step = "quiet" }, isReleased: false) with { IsVisible = false }, default);
        await one.SaveAsync(Given.Save(claimed, claimed.Run with { Step = "seen" }, isReleased: false), default);
        Assert.Equal(new RunHint(new RunId("run_a"), false), await heard.NextAsync("run_a"));
        await one.PostponeAsync(claimed.Lease, one.Time.GetUtcNow(), default);
        await one.AcceptReplyAsync(new RunId("run_a"), Given.Reply("p1", "t"), default);
        Assert.Equal(new RunHint(new RunId("run_a"), true), await heard.NextAsync("run_a"));
        await one.RequestCancelAsync(new RunId("run_a"), default);
        Assert.Equal(new RunHint(new RunId("run_a"), true), await heard.NextAsync("run_a"));
        Assert.Equal(0, own.Count);
    }

    [PostgresFact]
    public async Task A_listener_whose_session_was_ended_hears_again()
    {
        var (one, two) = (await Database.OpenByItsClockAsync(TimeProvider.System), await Database.OpenByItsClockAsync(TimeProvider.System));
        using var heard = new Heard(two);
        await ListensAsync(one, heard);

        await Database.TamperAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");

        await ListensAsync(one, heard);
    }

    /// <summary>Makes runs until the other hears of one: what is said before it listens is lost, as hints may be.</summary>
    private static async Task ListensAsync(EngineStore from, Heard heard)
    {
        var before = heard.Count;
        using var limit = new CancellationTokenSource(Limit);
        while (heard.Count == before)
        {
            limit.Token.ThrowIfCancellationRequested();
            await from.CreateAsync(Given.Run($"x{Guid.NewGuid():N}", from.Time.GetUtcNow()), null, [], default);
        }
    }

    private static Task<IReadOnlyList<ClaimedRun>> ClaimAsync(EngineStore node) => node.ClaimDueAsync(new ClaimRequest("node", 5000, Lease), default);

    /// <summary>The hints that a store heard.</summary>
    private sealed class Heard : IDisposable
    {
        private readonly ConcurrentQueue<RunHint> hints = new();
        private readonly SemaphoreSlim more = new(0);
        private int count;

        public Heard(EngineStore store) => store.Hinted = hint =>
        {
            hints.Enqueue(hint);
            Interlocked.Increment(ref count);
            more.Release();
        };

        public int Count => count;

        /// <summary>The next hint about a run.</summary>
        public async Task<RunHint> NextAsync(string run)
        {
            while (true)
            {
                Assert.True(await more.WaitAsync(Limit), $"no hint of {run}");
                if (hints.TryDequeue(out var hint) && hint.Run.Value == run) return hint;
            }
        }

        public void Dispose() => more.Dispose();
    }

    /// <summary>A machine whose clock is wrong and runs as fast as any.</summary>
    private sealed class OffTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
