using Engine.Runs;

namespace Engine.Benchmarks;

/// <summary>Notes when claimed runs were due.</summary>
internal sealed class WatchedStore(IRunStore inner, Lateness lateness) : PassingStore(inner)
{
    public override async Task<IReadOnlyList<ClaimedRun>> ClaimDueAsync(ClaimRequest request, CancellationToken cancellation)
    {
        var claimed = await base.ClaimDueAsync(request, cancellation);
        foreach (var one in claimed)
        {
            if (one.Run.Due is { } due) lateness.Claimed(one.Run.Id, due);
        }

        return claimed;
    }
}
