using System.Diagnostics.Metrics;
using Engine.Runs;
using Engine.Sdk;

namespace Engine.Host;

/// <summary>
/// What an engine counts and measures, under the meter <c>Engine</c>; <c>engine/docs/operations.md</c> lists each instrument with its labels. Labels are
/// of closed sets: names of flows, providers and operations, declared codes; never an id, and nothing that a person or a provider said. Where
/// nobody listens, a measurement costs a look at a flag.
/// </summary>
internal sealed class EngineMeters : IDisposable
{
    /// <summary>The name of the meter, and of the source of spans.</summary>
    public const string Name = "Engine";

    private static readonly InstrumentAdvice<double> waits = new() { HistogramBucketBoundaries = [.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300] };
    private static readonly InstrumentAdvice<double> quick = new() { HistogramBucketBoundaries = [.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5, 10] };
    private static readonly InstrumentAdvice<double> lives = new() { HistogramBucketBoundaries = [1, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 86400] };

    private readonly Meter meter = new(Name);
    private readonly Histogram<double> lateness, duration, storeDuration, callDuration;
    private readonly Counter<long> started, ended, claimed, rounds, saves, refusedSaves, lostLeases, inbox, crashes, troubles, refreshes, probes, egress;

    public EngineMeters()
    {
        lateness = meter.CreateHistogram("engine.run.lateness", "s", "From the moment a run is due to its claim.", advice: waits);
        duration = meter.CreateHistogram("engine.run.duration", "s", "From a run's start to its end.", advice: lives);
        storeDuration = meter.CreateHistogram("engine.store.duration", "s", "How long the store takes for one operation.", advice: quick);
        callDuration = meter.CreateHistogram("engine.provider.call.duration", "s", "How long a provider's operation takes; error.type is set where it failed.", advice: waits);
        started = Count("engine.run.started", "{run}", "Runs begun.");
        ended = Count("engine.run.ended", "{run}", "Runs that ended, by exit.");
        claimed = Count("engine.run.claimed", "{run}", "Runs taken up by this node.");
        rounds = Count("engine.run.rounds", "{round}", "Poll rounds that changed nothing.");
        saves = Count("engine.run.saves", "{save}", "Saves of runs.");
        refusedSaves = Count("engine.run.refused_saves", "{save}", "Writes refused since the run's lease had passed to another.");
        lostLeases = Count("engine.run.lost_leases", "{lease}", "Leases that could not be renewed.");
        inbox = Count("engine.inbox.accepted", "{item}", "Replies, returns, providers' calls and cancellations taken in.");
        crashes = Count("engine.run.crashes", "{crash}", "Times that a run could not be advanced; engine.parked says whether it was ended for it.");
        troubles = Count("engine.pump.troubles", "{trouble}", "Times that the pump failed for a reason outside of runs, such as the store.");
        refreshes = Count("engine.connection.refreshes", "{refresh}", "Refreshes of stored credentials.");
        probes = Count("engine.connection.probes", "{probe}", "Probes of connections, by the health they tell.");
        egress = Count("engine.egress.refused", "{call}", "Calls not made since they would have led where the provider may not connect.");

        Counter<long> Count(string name, string unit, string description) => meter.CreateCounter<long>(name, unit, description);
    }

    /// <summary>Whether anybody wants to know how long the store takes.</summary>
    public bool TimesStore => storeDuration.Enabled;

    /// <summary>Offers a value that is asked for when metrics are read; it must come at once.</summary>
    public void Watch(string name, string unit, string description, Func<IEnumerable<Measurement<double>>> read) =>
        meter.CreateObservableGauge(name, read, unit, description);

    /// <summary>The same with integers.</summary>
    public void Watch(string name, string unit, string description, Func<IEnumerable<Measurement<long>>> read) =>
        meter.CreateObservableGauge(name, read, unit, description);

    public void StoreAnswered(string operation, TimeSpan took, string? error)
    {
        if (error is null) storeDuration.Record(took.TotalSeconds, Tag("engine.store.operation", operation));
        else storeDuration.Record(took.TotalSeconds, Tag("engine.store.operation", operation), Tag("error.type", error));
    }

    public void RunStarted(StoredRun run) => started.Add(1, Tag("engine.flow", run.Flow), Tag("engine.run.purpose", Words.Word(run.Purpose)));

    public void RunsClaimed(IReadOnlyList<ClaimedRun> runs, DateTimeOffset now)
    {
        if (runs.Count == 0) return;
        claimed.Add(runs.Count);
        if (!lateness.Enabled) return;
        foreach (var one in runs)
        {
            if (one.Run.Due is { } due) lateness.Record(Math.Max(0, (now - due).TotalSeconds));
        }
    }

    public void Saved(StoredRun run)
    {
        saves.Add(1);
        if (run is not { Exit: { } exit, Status: var status } || !status.IsFinal()) return;
        ended.Add(1, Tag("engine.flow", run.Flow), Tag("engine.run.status", Words.Word(status)), Tag("engine.run.exit", exit.Code));
        duration.Record((exit.At - run.CreatedAt).TotalSeconds, Tag("engine.flow", run.Flow), Tag("engine.run.status", Words.Word(status)));
    }

    public void Postponed() => rounds.Add(1);

    public void SaveRefused(string operation) => refusedSaves.Add(1, Tag("engine.store.operation", operation));

    public void LeasesLost(int count)
    {
        if (count > 0) lostLeases.Add(count);
    }

    public void InboxAccepted(string kind) => inbox.Add(1, Tag("engine.inbox.kind", kind));

    public void Troubled(PumpTrouble trouble)
    {
        ArgumentNullException.ThrowIfNull(trouble);
        if (trouble.Crashes > 0) crashes.Add(1, Tag("engine.parked", trouble.IsEnded ? "ended" : trouble.IsParked ? "yes" : "no"));
        else troubles.Add(1, Tag("error.type", ErrorType.Of(trouble.Cause)));
    }

    /// <summary>Told of each call that was not made since it would have led where the provider may not connect: the provider and the operation.</summary>
    public Action<string, string> EgressRefused { get; init; } = (_, _) => { };

    /// <param name="failure">Null where the call was answered.</param>
    public void Called(string provider, string operation, TimeSpan took, Failure? failure)
    {
        if (failure is null) callDuration.Record(took.TotalSeconds, Tag("engine.provider", provider), Tag("engine.operation", operation));
        else callDuration.Record(took.TotalSeconds, Tag("engine.provider", provider), Tag("engine.operation", operation), Tag("error.type", failure.Code));
        if (failure is not { IsEgressRefused: true }) return;
        egress.Add(1, Tag("engine.provider", provider));
        EgressRefused(provider, operation);
    }

    /// <param name="outcome"><c>ok</c>, or the failure's code.</param>
    public void Refreshed(string provider, string outcome) => refreshes.Add(1, Tag("engine.provider", provider), Tag("engine.outcome", outcome));

    /// <param name="health">What the answer tells of the connection; <c>unknown</c> where it tells nothing.</param>
    public void Probed(string provider, string health) => probes.Add(1, Tag("engine.provider", provider), Tag("engine.connection.health", health));

    public void Dispose() => meter.Dispose();

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
