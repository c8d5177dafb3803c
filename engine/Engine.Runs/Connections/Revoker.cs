using Engine.Sdk;

namespace Engine.Runs;

/// <summary>Ends at the provider what a deleted connection could still do there.</summary>
public sealed class Revoker(IConnectionStore store, IConnectionCaller caller, TimeProvider time)
{
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(30);

    /// <summary>After this nothing more is tried, and what was kept for it is wiped.</summary>
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromDays(3);

    /// <summary>Tries once; gives when it is to be tried again, or null when it is settled.</summary>
    public async Task<DateTimeOffset?> RevokeAsync(Revocation revocation, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(revocation);
        var again = await TryAsync(revocation, cancellation);
        await store.FinishRevocationAsync(revocation.Connection, again, cancellation);
        return again;
    }

    /// <summary>When to try again; null where it is done, or nothing more can be done.</summary>
    private async Task<DateTimeOffset?> TryAsync(Revocation revocation, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var later = now + TimeSpan.FromMinutes(Math.Min(360, Math.Pow(2, Math.Min(revocation.Tries, 10))));
        var isOver = now >= revocation.CreatedAt + GiveUpAfter;
        if (!caller.Reaches(revocation.World)) return isOver ? null : later;
        if (caller.FindProvider(revocation.Provider)?.FindRole(OperationRole.Revoke) is not { } revoke) return isOver ? null : later;

        var connection = new Connection(
            revocation.Connection, "", revocation.Provider, "", null, null, revocation.Params, null, ConnectionHealth.Revoked, null,
            revocation.CreatedAt, revocation.CreatedAt, 1) { World = revocation.World };
        var answer = await caller.CallAsync(new ConnectionCall(connection, revoke, revocation.Credentials, null, CallLimit), cancellation);
        if (answer is not ConnectionAnswer.Failed { Failure: var failure }) return null;

        // A failure that the operation declares is the provider's last word: for instance, that the access is gone already.
        var isFinal = !failure.IsInDoubt && revoke.Failures.Any(declared => declared.Code == failure.Code && declared.Retry == RetryAdvice.Never);
        return isFinal || isOver ? null : later;
    }
}
