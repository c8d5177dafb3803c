using System.Diagnostics.Metrics;
using Engine.Runs;
using Engine.Sdk;
using Engine.Storage;

namespace Engine.Host;

/// <summary>
/// Counts what is in the store, every 15 s, for metrics. Reading metrics never asks the store. Where it cannot be asked, there is no value, rather than an old one.
/// </summary>
internal sealed class RunCensus(EngineStore store, EngineHealth health, TimeProvider time)
{
    private static readonly TimeSpan every = TimeSpan.FromSeconds(15);

    private volatile StoreCounts? last;

    /// <summary>Shows what was counted last.</summary>
    public void Offer(EngineMeters meters)
    {
        meters.Watch("engine.run.open", "{run}", "Runs that have not ended, by what they wait for; the same from every node.", () =>
            last is { } counts
                ? Enum.GetValues<RunStatus>().Where(status => !status.IsFinal())
                    .Select(status => new Measurement<long>(counts.Open.GetValueOrDefault(status), new KeyValuePair<string, object?>("engine.run.status", Words.Word(status))))
                : []);
        meters.Watch("engine.run.overdue", "s", "How long the run that is due longest has been due; the same from every node.", () =>
            last is { } counts ? [new Measurement<double>(counts.OldestDue is { } due ? Math.Max(0, (time.GetUtcNow() - due).TotalSeconds) : 0)] : []);
        meters.Watch("engine.connection.stored", "{connection}", "Stored connections by health; the same from every node.", () =>
            last is { } counts
                ? Enum.GetValues<ConnectionHealth>()
                    .Select(health => new Measurement<long>(counts.Connections.GetValueOrDefault(health), new KeyValuePair<string, object?>("engine.connection.health", Words.Word(health))))
                : []);
        meters.Watch("engine.health.problems", "{problem}", "Problems of this node, by name; see /v1/health.", () =>
            health.Latest.GroupBy(problem => problem.Name, StringComparer.Ordinal)
                .Select(group => new Measurement<long>(group.Count(), new KeyValuePair<string, object?>("engine.health.problem", group.Key))));
    }

    /// <summary>Counts until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            await CountAsync(cancellation);
            await Task.Delay(every, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal async Task CountAsync(CancellationToken cancellation)
    {
        await health.LookAsync();
        try
        {
            last = await store.CountAsync(cancellation);
        }
        catch (Exception)
        {
            // The pump says in the log that the store is gone; here the values end.
            last = null;
        }
    }
}
