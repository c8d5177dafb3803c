using System.Collections.Immutable;
using Engine.Benchmarks;
using Engine.Runs;

namespace Engine.Tests.History;

/// <summary>A store with a bug: what the checker must notice from the records alone.</summary>
internal sealed class BrokenStore(IRunStore inner) : PassingStore(inner)
{
    private readonly IRunStore inner = inner;
    private long newest;

    /// <summary>Changes what is saved; null keeps nothing of it and says that all is well.</summary>
    public Func<RunSave, RunSave?> Save { get; init; } = save => save;

    /// <summary>Changes what a claim gives.</summary>
    public Func<ClaimedRun, ClaimedRun> Claim { get; init; } = run => run;

    /// <summary>Whether inputs are acknowledged and thrown away.</summary>
    public bool IsDeaf { get; init; }

    /// <summary>Whether the fence that a save shows is believed, whatever it is.</summary>
    public Dictionary<RunId, Lease>? RealLeases { get; init; }

    /// <summary>How often the bug came to bear.</summary>
    public int Bites { get; private set; }

    public override async Task<bool> SaveAsync(RunSave save, CancellationToken cancellation)
    {
        var changed = Save(save);
        if (changed != save) Bites++;
        if (changed is null) return true;
        if (RealLeases is { } real && real.TryGetValue(save.Run.Id, out var lease))
        {
            if (changed.Journal.Count > 0 && changed.Lease.Fence < newest) Bites++;
            if (changed.Journal.Count > 0) newest = Math.Max(newest, changed.Lease.Fence);
            changed = changed with { Lease = lease };
        }

        return await inner.SaveAsync(changed, cancellation);
    }

    public override Task<bool> PostponeAsync(Lease lease, DateTimeOffset due, CancellationToken cancellation) =>
        inner.PostponeAsync(RealLeases is { } real && real.TryGetValue(lease.Run, out var held) ? held : lease, due, cancellation);

    public override async Task<IReadOnlyList<ClaimedRun>> ClaimDueAsync(ClaimRequest request, CancellationToken cancellation)
    {
        var claimed = await inner.ClaimDueAsync(request, cancellation);
        return
        [
            .. claimed.Select(run =>
            {
                if (RealLeases is { } real) real[run.Run.Id] = run.Lease;
                var changed = Claim(run);
                if (changed != run && RealLeases is null) Bites++;
                return changed;
            }),
        ];
    }

    public override Task<ReplyOutcome> AcceptReplyAsync(RunId id, Reply reply, CancellationToken cancellation) =>
        IsDeaf ? Deaf<ReplyOutcome>(new ReplyOutcome.Accepted(false)) : inner.AcceptReplyAsync(id, reply, cancellation);

    public override Task<bool> AcceptReturnAsync(RunId id, Return back, CancellationToken cancellation) => IsDeaf ? Deaf(true) : inner.AcceptReturnAsync(id, back, cancellation);

    public override Task<bool> AcceptSignalAsync(RunId id, Signal signal, CancellationToken cancellation) => IsDeaf ? Deaf(true) : inner.AcceptSignalAsync(id, signal, cancellation);

    public override Task<bool> RequestCancelAsync(RunId id, CancellationToken cancellation) => IsDeaf ? Deaf(true) : inner.RequestCancelAsync(id, cancellation);

    public static ImmutableArray<JournalEntry> Without(IReadOnlyList<JournalEntry> journal, string kind) => [.. journal.Where(entry => entry.Kind != kind)];

    private Task<T> Deaf<T>(T outcome)
    {
        Bites++;
        return Task.FromResult(outcome);
    }
}
