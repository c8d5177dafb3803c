using System.Text.Json;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Runs;

/// <summary>What calling an operation of a connection came to.</summary>
public abstract record ConnectionCallOutcome
{
    private ConnectionCallOutcome() { }

    /// <param name="Result">The operation's answer without its secrets.</param>
    /// <param name="IsRepeated">Whether it was made before with the same key.</param>
    public sealed record Answered(JsonElement Result, bool IsRepeated) : ConnectionCallOutcome;

    /// <summary>The operation failed.</summary>
    /// <param name="Declared">The failure as the operation declares it; null for one of the common ones.</param>
    public sealed record Failed(Failure Failure, DeclaredFailure? Declared) : ConnectionCallOutcome;

    public sealed record NoSuchConnection : ConnectionCallOutcome;

    /// <summary>The provider has no such operation for callers.</summary>
    public sealed record NotOffered(IReadOnlyList<string> Offered) : ConnectionCallOutcome;

    /// <summary>The connection is in a health in which nothing is called.</summary>
    public sealed record NotUsable(Connection Connection) : ConnectionCallOutcome;

    /// <summary>It lives where this engine calls nothing: at the real provider, or in the sandbox.</summary>
    public sealed record OutOfReach(Connection Connection) : ConnectionCallOutcome;

    public sealed record InputRefused(string Sentence) : ConnectionCallOutcome;

    /// <summary>The call must happen once, and came without a key.</summary>
    public sealed record KeyRequired : ConnectionCallOutcome;

    public sealed record KeyReused : ConnectionCallOutcome;

    /// <summary>The same call was begun before, and what came of it is not known, or not yet.</summary>
    public sealed record InDoubt : ConnectionCallOutcome;
}

/// <summary>Calls a connection's operations with its stored credentials, which nobody sees.</summary>
public sealed class ConnectionCalls(IConnectionStore store, IConnectionCaller caller, Refresher refresher, TimeProvider time)
{
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(60);

    /// <param name="given">The rest of the operation's input; null for nothing.</param>
    /// <param name="key">The caller's promise that the same request is sent again; needed where the call must happen once.</param>
    public async Task<ConnectionCallOutcome> CallAsync(
        ConnectionId id, string name, JsonElement? given, IdempotencyKey? key, CancellationToken cancellation)
    {
        if (await store.FindConnectionAsync(id, cancellation) is not { } connection) return new ConnectionCallOutcome.NoSuchConnection();
        var provider = caller.FindProvider(connection.Provider);
        if (provider?.FindOperation(name) is not { Role: OperationRole.None or OperationRole.Probe } operation)
        {
            return new ConnectionCallOutcome.NotOffered([.. provider?.Operations
                .Where(one => one.Role is OperationRole.None or OperationRole.Probe).Select(one => one.Name) ?? []]);
        }

        if (!caller.Reaches(connection.World)) return new ConnectionCallOutcome.OutOfReach(connection);
        if (operation.Effect != Sdk.Effect.Once) return await CallAsync(connection, operation, given, cancellation);
        if (key is null) return new ConnectionCallOutcome.KeyRequired();
        return await store.BeginCallAsync(key, id, cancellation) switch
        {
            CallBeginning.First => await CallOnceAsync(connection, operation, given, key.Key),
            CallBeginning.Repeated repeated => new ConnectionCallOutcome.Answered(JsonElement.Parse(repeated.Answer), IsRepeated: true),
            CallBeginning.Open => new ConnectionCallOutcome.InDoubt(),
            CallBeginning.KeyReused => new ConnectionCallOutcome.KeyReused(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>A call that is on its way is not given up because its caller has gone.</summary>
    private async Task<ConnectionCallOutcome> CallOnceAsync(Connection connection, Operation operation, JsonElement? given, string key)
    {
        var outcome = await CallAsync(connection, operation, given, CancellationToken.None);
        switch (outcome)
        {
            case ConnectionCallOutcome.Answered answered:
                await store.FinishCallAsync(key, answered.Result.GetRawText(), CancellationToken.None);
                break;
            case ConnectionCallOutcome.Failed { Failure.IsInDoubt: true }:
                break;
            default:
                await store.FinishCallAsync(key, null, CancellationToken.None);
                break;
        }

        return outcome;
    }

    private async Task<ConnectionCallOutcome> CallAsync(
        Connection connection, Operation operation, JsonElement? given, CancellationToken cancellation)
    {
        var fresh = await refresher.GetAsync(connection, new RefreshWish.ToUse(), cancellation);
        if (!IsUsable(connection, fresh)) return new ConnectionCallOutcome.NotUsable(await NewestAsync(connection, cancellation));
        if (fresh is RefreshOutcome.Later later && !later.Credentials.IsUsableAt(time.GetUtcNow()))
        {
            return new ConnectionCallOutcome.Failed(later.Failure, null);
        }

        var stored = CredentialsOf(fresh);
        var answer = await caller.CallAsync(new ConnectionCall(connection, operation, stored?.Body, given, CallLimit), cancellation);
        if (answer is ConnectionAnswer.Failed { Failure.IsInDoubt: false } first && IsReauth(operation, first.Failure) && stored is not null)
        {
            var again = await refresher.GetAsync(connection, new RefreshWish.Rejected(stored.Version), cancellation);
            if (CredentialsOf(again) is { } other && (other.Id != stored.Id || other.Version != stored.Version))
            {
                answer = await caller.CallAsync(new ConnectionCall(connection, operation, other.Body, given, CallLimit), cancellation);
            }
        }

        switch (answer)
        {
            case ConnectionAnswer.Answered answered:
                return new ConnectionCallOutcome.Answered(answered.Open, IsRepeated: false);
            case ConnectionAnswer.InputRefused refused:
                return new ConnectionCallOutcome.InputRefused(refused.Sentence);
            case ConnectionAnswer.Failed failed:
                var declared = operation.Failures.FirstOrDefault(one => one.Code == failed.Failure.Code);

                // One endpoint's refusal is not the account's: the probe is asked, and it alone decides.
                if (declared?.Health is not null) await store.HurryCareAsync(connection.Id, CancellationToken.None);
                return new ConnectionCallOutcome.Failed(failed.Failure, declared);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>
    /// Whether anything may be called. Credentials that cannot be renewed any more serve to their end; those of another account never do.
    /// </summary>
    private bool IsUsable(Connection connection, RefreshOutcome fresh) => connection.Health switch
    {
        ConnectionHealth.Unclaimed or ConnectionHealth.Disabled or ConnectionHealth.Revoked => false,
        ConnectionHealth.NeedsReauth => connection.Cause != EngineTexts.WrongAccount
            && fresh is RefreshOutcome.Stopped { Credentials: var left } && left.ExpiresAt is not null && left.IsUsableAt(time.GetUtcNow()),
        _ => fresh is not RefreshOutcome.Stopped { Credentials: var left } || left.IsUsableAt(time.GetUtcNow()),
    };

    private async Task<Connection> NewestAsync(Connection connection, CancellationToken cancellation) =>
        await store.FindConnectionAsync(connection.Id, cancellation) ?? connection;

    private static bool IsReauth(Operation operation, Failure failure) =>
        operation.Failures.Any(one => one.Code == failure.Code && one.Health == ConnectionHealth.NeedsReauth);

    internal static StoredCredentials? CredentialsOf(RefreshOutcome outcome) => outcome switch
    {
        RefreshOutcome.Usable usable => usable.Credentials,
        RefreshOutcome.Later later => later.Credentials,
        RefreshOutcome.Stopped stopped => stopped.Credentials,
        RefreshOutcome.None => null,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
