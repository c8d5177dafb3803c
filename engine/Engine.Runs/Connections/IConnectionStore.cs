using System.Text.Json;
using Engine.Sdk;

namespace Engine.Runs;

/// <summary>
/// Keeps what makes connections last: their credentials, their health, when each is to be looked after, and what deleted ones have left to
/// revoke. Several processes may work on one store. All methods may be called from any thread.
/// </summary>
public interface IConnectionStore
{
    Task<Connection?> FindConnectionAsync(ConnectionId id, CancellationToken cancellation);

    /// <summary>The connection's credentials as they are stored now; null where it has none.</summary>
    Task<StoredCredentials?> FindCredentialsAsync(ConnectionId id, CancellationToken cancellation);

    /// <summary>The connections that hold these credentials.</summary>
    Task<IReadOnlyList<Connection>> ListHoldersAsync(CredentialId id, CancellationToken cancellation);

    /// <summary>The right to refresh; null while another has it, or where the credentials are gone.</summary>
    Task<CredentialLease?> LeaseAsync(CredentialId id, string node, TimeSpan leaseFor, CancellationToken cancellation);

    /// <summary>Writes down, before they are sent, that these credentials are spent now. False where the lease was lost: nothing may be sent.</summary>
    Task<bool> MarkSpentAsync(CredentialLease lease, CancellationToken cancellation);

    /// <summary>
    /// Stores new credentials for the version that was spent, all of them at once, and lets go of the lease. False where that version is
    /// no longer the stored one: nothing was stored.
    /// </summary>
    Task<bool> ReplaceAsync(CredentialId id, long spentVersion, JsonElement body, CancellationToken cancellation);

    /// <summary>Stores how a refresh ended without new credentials, and lets go of the lease. Nothing where the lease was lost.</summary>
    Task EndRefreshAsync(CredentialLease lease, RefreshEnd end, CancellationToken cancellation);

    /// <summary>Takes connections whose care is due and that nobody holds.</summary>
    Task<IReadOnlyList<Care>> ClaimCareAsync(ClaimRequest request, CancellationToken cancellation);

    /// <summary>The care of one connection, taken at once; null while another has it, or where the connection is gone.</summary>
    Task<Care?> TakeCareAsync(ConnectionId id, string node, TimeSpan leaseFor, CancellationToken cancellation);

    /// <summary>
    /// Stores what a look gave, and lets go. The health is stored only where nobody changed the connection meanwhile; where somebody did, the
    /// next look is due now.
    /// </summary>
    Task FinishCareAsync(Care care, CareResult result, CancellationToken cancellation);

    /// <summary>Makes the next look, and its probe, due now.</summary>
    Task HurryCareAsync(ConnectionId id, CancellationToken cancellation);

    /// <summary>When the next look or revocation falls due; null where none waits.</summary>
    Task<DateTimeOffset?> NextCareAsync(CancellationToken cancellation);

    /// <summary>Changes the health of a connection; nothing where it is so already, or the connection is gone.</summary>
    Task SetHealthAsync(ConnectionId id, HealthChange change, CancellationToken cancellation);

    /// <summary>Gives an unclaimed connection to a subject.</summary>
    Task<ClaimOutcome> ClaimConnectionAsync(ConnectionId id, string subject, CancellationToken cancellation);

    /// <summary>
    /// Deletes a connection and wipes its credentials; refused while a run works on it. <paramref name="isRevoked"/>: what is needed to revoke it at
    /// the provider is kept, sealed, until that is done.
    /// </summary>
    Task<DeleteOutcome> DeleteConnectionAsync(ConnectionId id, bool isRevoked, CancellationToken cancellation);

    /// <summary>Takes revocations that are due, or one whether it is due or not, unless another has it; each is due again after the lease.</summary>
    Task<IReadOnlyList<Revocation>> ClaimRevocationsAsync(ConnectionId? only, int max, TimeSpan leaseFor, CancellationToken cancellation);

    /// <summary>Wipes a revocation, or says when to try again.</summary>
    Task FinishRevocationAsync(ConnectionId id, DateTimeOffset? again, CancellationToken cancellation);

    /// <summary>Writes down a call that must happen once, before it is made.</summary>
    Task<CallBeginning> BeginCallAsync(IdempotencyKey key, ConnectionId connection, CancellationToken cancellation);

    /// <summary>Keeps the answer for whoever sends the same request again; null forgets the call: it surely did not happen.</summary>
    Task FinishCallAsync(string key, string? answer, CancellationToken cancellation);
}

/// <summary>A connection that is being looked after.</summary>
/// <param name="ProbeDue">When it is to be probed; null before the first look.</param>
/// <param name="Suspicion">What was told against it and is not believed yet; null for nothing.</param>
public sealed record Care(Connection Connection, long Fence, DateTimeOffset? ProbeDue, Suspicion? Suspicion);

/// <summary>What a look at a connection gave.</summary>
/// <param name="Change">The health that follows; null: it stays.</param>
public sealed record CareResult(DateTimeOffset Due, DateTimeOffset? ProbeDue, Suspicion? Suspicion, HealthChange? Change);

/// <summary>A new health and its cause.</summary>
public sealed record HealthChange(ConnectionHealth Health, string? Cause);

/// <summary>What became of a wish to claim a connection.</summary>
public enum ClaimOutcome
{
    /// <summary>It is the subject's now, or was already.</summary>
    Claimed,
    NotUnclaimed,
    NoSuchConnection,
}

/// <summary>What became of a wish to delete a connection.</summary>
public abstract record DeleteOutcome
{
    private DeleteOutcome() { }

    public sealed record Deleted(Connection Connection) : DeleteOutcome;

    /// <summary>A run works on it.</summary>
    public sealed record RunOpen(RunId Run) : DeleteOutcome;

    public sealed record NoSuchConnection : DeleteOutcome;
}

/// <summary>What is left to do at the provider for a deleted connection.</summary>
/// <param name="Tries">Starts at 0, +1 each time it is taken.</param>
public sealed record Revocation(
    ConnectionId Connection, string Provider, string? World, JsonElement? Credentials, JsonElement Params, DateTimeOffset CreatedAt, int Tries)
{
    public override string ToString() => $"revocation of {Connection}";
}

/// <summary>What is known of a call's key.</summary>
public abstract record CallBeginning
{
    private CallBeginning() { }

    /// <summary>The call may be made.</summary>
    public sealed record First : CallBeginning;

    /// <summary>It was made before, with this answer.</summary>
    public sealed record Repeated(string Answer) : CallBeginning;

    /// <summary>It was begun before, and what came of it is not known, or not yet.</summary>
    public sealed record Open : CallBeginning;

    /// <summary>The key belongs to another request.</summary>
    public sealed record KeyReused : CallBeginning;
}
