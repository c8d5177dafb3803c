using System.Collections.Immutable;
using System.Text.Json;
using System.Threading.Channels;
using Engine.Flows;
using Engine.Runs;
using Engine.Storage;

namespace Engine.Host;

/// <summary>
/// Begins the flows that a provider's call begins. A call that was kept is looked at until the runs are stored, also by the next process; a
/// run is begun once for each, since its idempotency key is the call's.
/// </summary>
internal sealed class Deliveries(EngineStore store, FlowLibrary flows, RunStarter starter, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan lookAgain = TimeSpan.FromSeconds(30);

    private readonly Channel<bool> came = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Whether a flow begins with this hook.</summary>
    public bool BeginsAny(string provider, string hook) => FlowsOf(provider, hook).Any();

    /// <summary>Says that a call was kept.</summary>
    public void Came() => came.Writer.TryWrite(true);

    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                // The store gives so many at once; what is left of a crowd must not wait for the next call.
                while (await BeginSomeAsync(cancellation) > 0)
                {
                }

                await WaitAsync(cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
    }

    private async Task WaitAsync(CancellationToken cancellation)
    {
        using var look = new CancellationTokenSource(lookAgain, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, look.Token);
        try
        {
            await came.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (look.IsCancellationRequested)
        {
            // Nothing came; what another process kept is looked at all the same.
        }
    }

    /// <summary>Gives how many were begun; none where something went wrong.</summary>
    private async Task<int> BeginSomeAsync(CancellationToken cancellation)
    {
        try
        {
            var found = await store.ReadDeliveriesAsync(cancellation);
            foreach (var delivery in found) await BeginAsync(delivery, cancellation);
            return found.Count;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Log.DeliveriesFailed(log, error);
            return 0;
        }
    }

    /// <summary>Begins what one call begins; false where that is done already.</summary>
    public async Task<bool> BeginOneAsync(string id, CancellationToken cancellation)
    {
        if (await store.FindDeliveryAsync(id, cancellation) is not { } delivery) return false;
        await BeginAsync(delivery, cancellation);
        return true;
    }

    private async Task BeginAsync(Delivery delivery, CancellationToken cancellation)
    {
        foreach (var flow in FlowsOf(delivery.Provider, delivery.Hook).ToList())
        {
            var request = new StartRequest(
                flow.Name, ImmutableDictionary<string, string>.Empty, Purpose.Connect, null, "", delivery.World,
                new IdempotencyKey($"hook {delivery.Id} {flow.Name}", delivery.Id))
            {
                Payload = delivery.Payload,
            };
            try
            {
                var outcome = await starter.StartAsync(request, cancellation);
                if (outcome is StartOutcome.Started started) Log.RunStarted(log, started.Run, flow.Name, Purpose.Connect);
                else Log.DeliveryRefused(log, flow.Name, delivery.Provider, delivery.Hook, outcome.GetType().Name);
            }
            catch (JsonException)
            {
                // The plugin was replaced between the call and now, and its record is another.
                Log.DeliveryRefused(log, flow.Name, delivery.Provider, delivery.Hook, "PayloadChanged");
            }
        }

        await store.EndDeliveryAsync(delivery.Id, cancellation);
    }

    private IEnumerable<CompiledFlow> FlowsOf(string provider, string hook) =>
        flows.Offered.Where(flow => flow.StartsOn is { } begin && begin.Provider == provider && begin.Hook == hook);
}
