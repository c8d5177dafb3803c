using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;
using Engine.Flows;
using Engine.History;
using Engine.Host;
using Engine.Runs;
using Engine.Sdk;
using Engine.Storage;

namespace Engine.Tests.History;

/// <summary>What came of a played run.</summary>
/// <param name="Outcome">The exit code; what it hangs at where it did not end.</param>
/// <param name="Faults">How many writes were made, or how often something went wrong.</param>
internal sealed record Played(string Outcome, ImmutableArray<HistoryFinding> Findings, RunHistory History, int Faults);

/// <summary>
/// A scenario over any store, in virtual time, with faults: the engine's own starter, pump and machine. No hint ever reaches a pump: what
/// moves runs is the due time in their rows. An engine that dies takes everything but the store with it.
/// </summary>
internal sealed class PlayedRun
{
    private const int TurnLimit = 50_000;
    private static int runs;

    private readonly Scenario scenario;
    private readonly PlayedStore place;
    private readonly Faults faults;
    private readonly string subject = $"subject-{Interlocked.Increment(ref runs)}";
    private readonly PlayedProvider provider;
    private readonly PlayedClient client;
    private readonly List<string> troubles = [];
    private readonly CancellationTokenSource ended = new();
    private ProcessStore process;
    private RunPump pump;
    private CancellationTokenSource life = new();
    private Task? work;

    private PlayedRun(
        Scenario scenario, PlayedStore place, Faults faults, Func<IRunStore, IRunStore> breaking, Func<OperationCall, int> times, Func<OperationCall, ProviderTrouble?> trouble)
    {
        (this.scenario, this.place, this.faults) = (scenario, place, faults);
        Broken = breaking(place.Runs);
        process = new ProcessStore(Broken, faults);
        provider = new PlayedProvider(scenario, place.Time) { Times = times, Trouble = trouble };
        client = new PlayedClient(() => process, place, Die);
        pump = NewPump();
    }

    private IRunStore Broken { get; }

    private CompiledFlow Flow => scenario.Flow.Loaded.Flow;

    private VirtualTime Time => place.Time;

    /// <summary>Plays a scenario to its end, on the calling thread.</summary>
    /// <param name="breaking">Breaks the store, for tests of the checker; null for a sound one.</param>
    /// <param name="times">How often a call reaches the provider; null: once.</param>
    /// <param name="trouble">What goes wrong at the provider; null: what the scenario says.</param>
    public static Played Play(
        Scenario scenario, PlayedStore place, Faults faults, Func<IRunStore, IRunStore>? breaking = null, Func<OperationCall, int>? times = null,
        Func<OperationCall, ProviderTrouble?>? trouble = null)
    {
        using var thread = VirtualThread.Enter();
        var run = new PlayedRun(scenario, place, faults, breaking ?? (store => store), times ?? (_ => 1), trouble ?? (_ => null));
        return run.Play(thread);
    }

    private Played Play(VirtualThread thread)
    {
        var before = Prepare();
        var id = Begin(before);
        var person = new ScriptedPerson(
            scenario.Test with { Person = [.. scenario.Test.Person.Select(act => act with { Crash = null })] }, client, Time, new Transcript(scenario.Json, Time), _ => { });
        for (var turn = 0; turn < TurnLimit; turn++)
        {
            thread.RunQueued();
            if (work is { IsCompleted: true }) work = null;
            var run = Now(place.Runs.FindAsync(id, default)) ?? throw new InvalidOperationException($"'{id}' is gone");
            if (run.Status.IsFinal() && work is null) break;
            if (!Go(run, person)) break;
        }

        return Judge(id, before);
    }

    /// <summary>Takes the next step in time, of the engine or of the person; false where nothing will ever happen.</summary>
    private bool Go(StoredRun run, ScriptedPerson person)
    {
        var due = work is null ? Now(place.Runs.NextDueAsync(default)) : Time.NextTimer;
        if (work is null && due <= Time.GetUtcNow()) work = pump.WorkDueAsync(life.Token);
        else if (!run.Status.IsFinal() && person.NextAt(run) is { } act && !(due <= act))
        {
            Time.MoveTo(act);
            Now(person.ActAsync(run, default));
        }
        else if (due is { } next) Time.MoveTo(next);
        else return false;
        return true;
    }

    /// <summary>What was there before the run: a connection to re-authorize, what an earlier run left. Put there by a run, as any other.</summary>
    private ConnectionId? Prepare()
    {
        if (scenario.Test is { Connection: null, Leftover: null }) return null;
        var now = Time.GetUtcNow();
        var id = new RunId($"run_before_{subject}");
        var row = new StoredRun(
            id, Flow.Name, Flow.Version, Purpose.Connect, subject, null, null, RunStatus.Running, Flow.Steps[0].Name, now, now, now, 1, 0, 0, null, null, new byte[] { 1 });
        Now(place.Runs.CreateAsync(row, null, [], default));
        var lease = Assert(Now(place.Runs.ClaimDueAsync(new ClaimRequest("before", 1, TimeSpan.FromSeconds(6)), default))).Lease;
        var connection = scenario.Test.Connection is not { } stored ? null : new Connection(
            new ConnectionId($"con_before_{subject}"), Flow.Name, Flow.Providers.Keys.FirstOrDefault(""), subject, stored.Identity, stored.Label,
            JsonSerializer.SerializeToElement(stored.Params), null, ConnectionHealth.NeedsReauth, "session_lost", now, now, 1);
        var end = row with { Status = RunStatus.Failed, Due = null, Exit = new Exit("internal", row.Step, now, ImmutableDictionary<string, string>.Empty) };
        Now(place.Runs.SaveAsync(new RunSave(lease, end, [], true, connection, scenario.Test.Leftover, false), default));
        return connection?.Id;

        static ClaimedRun Assert(IReadOnlyList<ClaimedRun> claimed) => claimed is [var one] ? one : throw new InvalidOperationException("an earlier run has not ended");
    }

    private RunId Begin(ConnectionId? stored)
    {
        var chance = 0;
        var random = BinaryPrimitives.ReadInt64BigEndian(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(subject)));
        var request = new StartRequest(
            Flow.Name, scenario.Test.Input, scenario.Test.Purpose, scenario.Test.Purpose == Purpose.Connect ? null : stored, subject, null,
            new IdempotencyKey(subject, "same"))
        {
            Payload = scenario.Test.BeginsWith?.MakeJson(Time.GetUtcNow()),
        };
        var outcome = Now(client.StartAsync(
            () => new RunStarter(new OneFlow(scenario.Flow.Loaded), process, new RunChanges(), Time, Fill).StartAsync(request, default), subject));
        return outcome is StartOutcome.Started started ? started.Run : throw new InvalidOperationException($"'{scenario.Name}' does not start: {outcome}");

        void Fill(Span<byte> bytes)
        {
            bytes.Clear();
            BinaryPrimitives.WriteInt64BigEndian(bytes, random);
            bytes[^1] = (byte)++chance;
        }
    }

    private Played Judge(RunId id, ConnectionId? before)
    {
        ended.Cancel();
        pump.Dispose();
        var row = Now(place.Runs.FindAsync(id, default));
        var history = new RunHistory
        {
            Name = $"{scenario.Name} [{faults}]",
            Flow = Flow,
            Row = row,
            Journal = [.. Now(place.Runs.ReadJournalAsync(id, 0, default))],
            Inputs = [.. client.Inputs],
            Calls = [.. provider.Calls],
            Connections = [.. place.TakeConnections(subject).Select(connection => connection.Id).Where(connection => connection != before)],
        };
        var findings = HistoryChecker.Check(history).AddRange(HistoryChecker.CheckStarts(client.Inputs.OfType<ClientInput.Start>()))
            .AddRange(troubles.Select(trouble => new HistoryFinding("engine_fault", history.Name, 0, trouble)));
        return new Played(row?.Exit?.Code ?? $"stands at {row?.Step}", findings, history, faults.Count);
    }

    /// <summary>The process is gone with all that it held; another one opens the same store.</summary>
    private void Die()
    {
        process.IsDead = true;
        work = null;
        life.Cancel();
        pump.Dispose();
        life = new CancellationTokenSource();
        process = new ProcessStore(Broken, faults);
        pump = NewPump();
    }

    private RunPump NewPump() => new(
        new RunPorts(process, new OneFlow(scenario.Flow.Loaded), provider), new RunChanges(), Time, new RunPumpOptions { Node = "played" }, Hear);

    private void Hear(PumpTrouble trouble)
    {
        if (trouble.Cause is Faults.EngineDiedException) { if (!process.IsDead) Die(); }
        else if (trouble.Cause is not StorageUnavailableException) troubles.Add(trouble.Cause.ToString());
    }

    private static T Now<T>(Task<T> task) => task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("this takes no time");

    private sealed class OneFlow(LoadedFlow flow) : IFlowVersions
    {
        public LoadedFlow? FindCurrent(string name) => name == flow.Flow.Name ? flow : null;

        public Task<LoadedFlow?> FindAsync(string name, string version, CancellationToken cancellation) => Task.FromResult(FindCurrent(name));
    }
}
