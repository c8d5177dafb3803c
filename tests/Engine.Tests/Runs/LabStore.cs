using Engine.Benchmarks;
using Engine.Runs;
using Engine.Storage;
using Xunit;

namespace Engine.Tests;

/// <summary>The SQLite store, watched: what was saved and postponed, and a way to make it fail.</summary>
internal sealed class LabStore(EngineStore store) : PassingStore(store), IAsyncDisposable
{
    private readonly EngineStore owned = store;

    public List<RunSave> Saves { get; } = [];

    public int Postponed { get; private set; }

    /// <summary>Called before each save; may throw.</summary>
    public Action<RunSave> BeforeSave { get; set; } = _ => { };

    /// <summary>What the claimer knew must be what is stored.</summary>
    public override async Task<IReadOnlyList<ClaimedRun>> ClaimDueAsync(ClaimRequest request, CancellationToken cancellation)
    {
        var claimed = await base.ClaimDueAsync(request, cancellation);
        foreach (var run in claimed) Assert.Equal(Visible(await FindAsync(run.Run.Id, cancellation)), Visible(run.Run));
        return claimed;
    }

    public override Task<bool> SaveAsync(RunSave save, CancellationToken cancellation)
    {
        BeforeSave(save);
        lock (Saves) Saves.Add(save);
        return base.SaveAsync(save, cancellation);
    }

    public override Task<bool> PostponeAsync(Lease lease, DateTimeOffset due, CancellationToken cancellation)
    {
        Postponed++;
        return base.PostponeAsync(lease, due, cancellation);
    }

    /// <summary>Gives a parked run back, as whoever does outgoing work.</summary>
    public Task<bool> RetryAsync(RunId run) => owned.RetryAsync(run, default);

    private static StoredRun? Visible(StoredRun? run) => run is null ? null : run with { Prompt = null, State = default, Due = null };

    public ValueTask DisposeAsync() => owned.DisposeAsync();
}
