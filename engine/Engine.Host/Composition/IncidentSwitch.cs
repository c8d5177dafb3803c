using System.Collections.Immutable;
using Engine.Flows;
using Engine.Runs;
using Engine.Storage;

namespace Engine.Host;

/// <summary>
/// What operators say about providers, as the store has it: asked anew every <see cref="Freshness"/>, so that a switch on one node is seen by all.
/// While the store does not answer, what was known last holds.
/// </summary>
internal sealed class IncidentSwitch(EngineStore store, TimeProvider time)
{
    /// <summary>The failure's word in the journal of a run whose call was held back.</summary>
    public const string ProviderCode = "incident";

    /// <summary>How old what is known may be.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);

    /// <summary>How long a call is held back at a time.</summary>
    public static readonly TimeSpan HeldBack = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private volatile Seen seen = new([], DateTimeOffset.MinValue);
    private Task<Seen> asking = Task.FromResult(new Seen([], DateTimeOffset.MinValue));

    /// <summary>As it was last seen, at most a few seconds ago where anything goes on.</summary>
    public ImmutableArray<Incident> Known => seen.Incidents;

    /// <summary>The worst that is said of any provider that a flow uses; null where all is well.</summary>
    public async Task<Incident?> FindAsync(CompiledFlow flow, CancellationToken cancellation)
    {
        await ListAsync(cancellation);
        return WorstOf(flow);
    }

    /// <summary>The same, as it was last seen.</summary>
    public Incident? WorstOf(CompiledFlow flow) =>
        Known.Where(incident => flow.Providers.ContainsKey(incident.Provider)).MaxBy(incident => incident.Trouble);

    public async Task<bool> IsDownAsync(string provider, CancellationToken cancellation) =>
        (await ListAsync(cancellation)).Any(incident => incident.Provider == provider && incident.Trouble == ProviderTrouble.Down);

    /// <summary>Says how a provider fares; this node knows at once.</summary>
    public async Task SetAsync(
        string provider, ProviderTrouble? trouble, ImmutableDictionary<string, string> text, string who, CancellationToken cancellation)
    {
        await store.SetIncidentAsync(provider, trouble, text, who, cancellation);
        await AskAsync();
    }

    /// <summary>What is known, asked anew where that is old; whoever comes meanwhile waits for the same answer.</summary>
    public async Task<ImmutableArray<Incident>> ListAsync(CancellationToken cancellation)
    {
        if (time.GetUtcNow() - seen.At < Freshness) return seen.Incidents;
        Task<Seen> newest;
        lock (gate)
        {
            if (asking.IsCompleted) asking = AskAsync();
            newest = asking;
        }

        return (await newest.WaitAsync(cancellation)).Incidents;
    }

    private async Task<Seen> AskAsync()
    {
        try
        {
            return seen = new Seen([.. await store.ListIncidentsAsync(CancellationToken.None)], time.GetUtcNow());
        }
        catch (StorageUnavailableException)
        {
            return seen = seen with { At = time.GetUtcNow() };
        }
    }

    private sealed record Seen(ImmutableArray<Incident> Incidents, DateTimeOffset At);
}
