using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;
using Engine.Flows;
using Engine.Runs;
using Engine.Sdk;

namespace Engine.Host;

/// <summary>What became of one test.</summary>
/// <param name="Differences">Empty where it passed.</param>
internal sealed record RehearsalResult(FlowTest Test, ImmutableArray<Difference> Differences, IReadOnlyList<TranscriptLine> Transcript)
{
    public bool IsPassed => Differences.IsEmpty;
}

/// <summary>What all tests of one flow share.</summary>
/// <param name="Json">How its values are written into transcripts.</param>
internal sealed record RehearsedFlow(FlowCoverage Coverage, JsonSerializerOptions Json)
{
    public static RehearsedFlow Of(TestedFlow flow)
    {
        var coverage = FlowCoverage.Of(flow);
        return new RehearsedFlow(coverage, Transcript.NewJson(coverage.Watched));
    }
}

/// <summary>
/// One test of a flow: the engine's own starter, pump and machine over a store in memory, in virtual time and on one thread. When the
/// engine dies, everything but the store is dropped, and a new pump goes on from the stored bytes once the lease has passed.
/// </summary>
internal sealed class Rehearsal
{
    private const string Subject = "test";

    /// <summary>More turns than any flow with bounds needs.</summary>
    private const int TurnLimit = 1_000_000;

    private static readonly DateTimeOffset Start = new(2031, 2, 3, 4, 5, 6, TimeSpan.Zero);
    private static readonly RunPumpOptions PumpOptions = new();

    private readonly FlowTest test;
    private readonly LoadedFlow flow;
    private readonly FlowCoverage coverage;
    private readonly VirtualTime time = new(Start);
    private readonly Transcript transcript;
    private readonly RehearsalRecord record;
    private readonly MemoryRunStore store;
    private readonly ScriptedProvider provider;
    private readonly ScriptedPerson person;
    private readonly RunPorts ports;
    private CrashPoint? crash;
    private RunChanges changes = new();
    private RunPump pump;

    private Rehearsal(FlowTest test, RehearsedFlow rehearsed)
    {
        this.test = test;
        coverage = rehearsed.Coverage;
        flow = coverage.Watched;
        transcript = new Transcript(rehearsed.Json, time);
        record = new RehearsalRecord(transcript, coverage);
        store = new MemoryRunStore(time) { Watch = Watch };
        provider = new ScriptedProvider(test, time, transcript, point => crash = point);
        person = new ScriptedPerson(test, store, time, transcript, point => crash = point);
        ports = new RunPorts(store, new OneFlow(flow), provider);
        pump = NewPump();
    }

    /// <summary>Runs a test, on the calling thread.</summary>
    public static RehearsalResult Run(FlowTest test, RehearsedFlow flow, CancellationToken cancellation)
    {
        using var thread = VirtualThread.Enter();
        var rehearsal = new Rehearsal(test, flow);
        try
        {
            var differences = rehearsal.Play(thread, cancellation);
            return new RehearsalResult(test, differences, new SecretWatch(test, rehearsal.person.Secrets).Redact(rehearsal.transcript.Lines));
        }
        finally
        {
            rehearsal.pump.Dispose();
        }
    }

    private ImmutableArray<Difference> Play(VirtualThread thread, CancellationToken cancellation)
    {
        if (Begin() is not { } id) return [new Difference(test.Place, "the run begins", transcript.Lines[^1].Text, transcript.Lines.Count - 1)];
        Task? work = null;
        for (var turn = 0; turn < TurnLimit; turn++)
        {
            cancellation.ThrowIfCancellationRequested();
            thread.RunQueued();
            if (work is { IsCompleted: true })
            {
                Now(work);
                work = null;
            }

            var run = Now(store.FindAsync(id, cancellation)) ?? throw new InvalidOperationException($"'{id}' is gone");
            if ((provider.Trouble ?? person.Trouble ?? record.Trouble(test.Place)) is { } trouble) return [trouble];
            if (run.Status.IsFinal() && work is null) return Judge(run);
            work = Go(run, work, thread, cancellation);
        }

        return [new Difference(test.Place, "the run ends", "it does not", null)];
    }

    /// <summary>Takes the next step in time: of the engine, or else of the person.</summary>
    private Task? Go(StoredRun run, Task? work, VirtualThread thread, CancellationToken cancellation)
    {
        var due = work is null ? Now(store.NextDueAsync(cancellation)) : time.NextTimer;
        if (work is null && due <= time.GetUtcNow()) return pump.WorkDueAsync(cancellation);
        if (person.NextAt(run) is { } act && !(due <= act))
        {
            time.MoveTo(act);
            if (Now(person.ActAsync(run, cancellation)) && work is not null)
            {
                changes.RunChanged(run.Id);
                thread.RunNext();
            }
        }
        else if (due is { } next) time.MoveTo(next);
        else throw new InvalidOperationException($"run '{run.Id}' at step '{run.Step}' waits for nothing");
        return work;
    }

    private RunId? Begin()
    {
        transcript.Add("start", $"{test.Purpose.ToString().ToLowerInvariant()} {transcript.ToText(test.Input)}");
        ConnectionId? connection = null;
        if (test.Connection is { } stored)
        {
            connection = new ConnectionId("con_stored");
            store.Put(new Connection(
                connection.Value, flow.Flow.Name, flow.Flow.Providers.Keys.FirstOrDefault(""), Subject, stored.Identity, stored.Label,
                JsonSerializer.SerializeToElement(stored.Params), null, ConnectionHealth.NeedsReauth, "session_lost", Start, Start, 1));
        }

        if (test.Leftover is { } left) store.PutLeftover(flow.Flow.Name, Subject, left);
        var chance = 0;
        var starter = new RunStarter(ports.Flows, store, changes, time, bytes =>
        {
            bytes.Clear();
            BinaryPrimitives.WriteInt32BigEndian(bytes[^4..], ++chance);
        });
        var request = new StartRequest(
            flow.Flow.Name, test.Input, test.Purpose, test.Purpose == Purpose.Connect ? null : connection, Subject, null, null)
        {
            Payload = test.BeginsWith?.MakeJson(Start),
        };
        var outcome = Now(starter.StartAsync(request, default));
        if (outcome is StartOutcome.Started started) return started.Run;
        transcript.Add("start", outcome is StartOutcome.InputRefused refused
            ? $"refused: {string.Join(", ", refused.Errors.Select(error => $"{error.Field}: {error.Code}"))}"
            : $"refused: {outcome.GetType().Name}");
        return null;
    }

    private ImmutableArray<Difference> Judge(StoredRun run)
    {
        coverage.NoteEnd(run.Exit?.Code ?? "");
        var at = transcript.Add("end", $"{RehearsalChecks.EndText(run)}, at step '{run.Exit?.Step}'");
        var connection = run.Connection is { } stored ? store.FindWithCredentials(stored) : null;
        var outcome = new RehearsalOutcome(
            run, at, time.GetUtcNow() - Start, connection, store.FindLeftover(), provider.Calls, record);
        return
        [
            .. provider.Unused, .. person.Undone, .. new RehearsalChecks(test, outcome, flow.Json).Run(),
            .. new SecretWatch(test, person.Secrets).Find(outcome),
        ];
    }

    private void Watch(CrashPoint point, RunSave? save)
    {
        if (save is not null && point == CrashPoint.BeforeSave && !ReadsBack(save.Run.State.Span)) record.NoteFault(save.Run.Step, "a state that was stored reads back as another");
        if (save is not null && point == CrashPoint.AfterSave) record.Note(save);
        if (crash != point) return;
        crash = null;
        throw new EngineDiedException();
    }

    /// <summary>What is stored must be all that the machine decides by: else a run would go another way after a restart.</summary>
    private bool ReadsBack(ReadOnlySpan<byte> state) => state.SequenceEqual(RunCodec.Encode(flow, RunCodec.Decode(flow, state)));

    private RunPump NewPump() => new(ports, changes, time, PumpOptions, Hear);

    private void Hear(PumpTrouble trouble)
    {
        if (trouble.Cause is not EngineDiedException)
        {
            record.NoteFault(trouble.Step, trouble.Cause.ToString());
            return;
        }

        transcript.Add("crash", "the engine dies and is started again");
        pump.Dispose();
        changes = new RunChanges();
        pump = NewPump();
    }

    /// <summary>The result of something that takes no time.</summary>
    private static T Now<T>(Task<T> task) => task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("this takes no time");

    private static void Now(Task task) => task.GetAwaiter().GetResult();

    private sealed class EngineDiedException : Exception;

    /// <summary>The flow that is tested, and no other.</summary>
    private sealed class OneFlow(LoadedFlow flow) : IFlowVersions
    {
        public LoadedFlow? FindCurrent(string name) => name == flow.Flow.Name ? flow : null;

        public Task<LoadedFlow?> FindAsync(string name, string version, CancellationToken cancellation) => Task.FromResult(FindCurrent(name));
    }
}
