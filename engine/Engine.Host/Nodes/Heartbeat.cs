using System.Collections.Immutable;
using System.Reflection;
using Engine.Storage;

namespace Engine.Host;

/// <summary>
/// Says every few seconds that this engine lives, what it serves and what it cannot do. Others only read it; who advances a run is decided
/// by leases alone.
/// </summary>
/// <param name="isShared">Whether other engines may share the store. One that is alone says it at its start, and when somebody asks: nothing is
/// written while nothing happens.</param>
/// <param name="describe">What it says now: where it is reached, who runs its pump, what it serves, its problems.</param>
internal sealed class Heartbeat(EngineStore store, string name, bool isShared, Func<NodeState> describe, ILogger log)
{
    /// <summary>How often a node says that it lives.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    /// <summary>A node that was not heard of for so long is taken for dead by who looks.</summary>
    public static readonly TimeSpan Missing = TimeSpan.FromSeconds(20);

    /// <summary>The engine's version, as its build was named.</summary>
    public static string EngineVersion { get; } =
        typeof(Heartbeat).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>Beats until cancelled, then says goodbye.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            await TryAsync(BeatAsync, cancellation);
            await Task.Delay(isShared ? Period : Timeout.InfiniteTimeSpan, store.Time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1), store.Time);
        await TryAsync(token => store.ForgetNodeAsync(name, token), limit.Token);
    }

    /// <summary>Says it now.</summary>
    public Task BeatAsync(CancellationToken cancellation)
    {
        var state = describe();
        return store.BeatAsync(
            new EngineNode(name, EngineVersion, state.Address, state.Host, state.Publication, state.Problems, default, default), cancellation);
    }

    private async Task TryAsync(Func<CancellationToken, Task> say, CancellationToken cancellation)
    {
        try
        {
            await say(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
        catch (Exception error)
        {
            Log.HeartbeatMissed(log, error);
        }
    }
}

/// <summary>What a node says of itself.</summary>
/// <param name="Host">Who runs its pump: <c>engine</c> or <c>hangfire</c>.</param>
/// <param name="Publication">What it serves; null for its own folders.</param>
internal sealed record NodeState(string? Address, string Host, long? Publication, ImmutableArray<string> Problems);
