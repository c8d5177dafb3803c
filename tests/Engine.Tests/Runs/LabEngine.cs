using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Engine.Flows;
using Engine.Runs;
using Engine.Sdk;
using Engine.Storage;
using Engine.Tests.Storage;
using Xunit;

namespace Engine.Tests;

/// <summary>A pump's surroundings: the SQLite store, a clock that stands still, and a provider that answers when the test says.</summary>
internal sealed class LabEngine : IOperationCaller, IFlowVersions, IAsyncDisposable
{
    private readonly StoreFolder folder;
    private readonly Channel<LabCall> calls = Channel.CreateUnbounded<LabCall>();
    private readonly ConcurrentBag<PumpTrouble> troubles = [];
    private byte nextId;

    private LabEngine(StoreFolder folder, EngineStore store, LabTime time, LoadedFlow flow)
    {
        (this.folder, Store, Time, Flow) = (folder, new LabStore(store), time, flow);
        Worker = NewWorker();
        Starter = new RunStarter(this, Store, Changes, Time, bytes => bytes.Fill(++nextId));
    }

    public LabStore Store { get; }

    public LabTime Time { get; }

    public RunChanges Changes { get; } = new();

    public LoadedFlow? Flow { get; set; }

    /// <summary>Whether calls go on when they are cancelled, as a plugin's may that does not listen.</summary>
    public bool IsDeaf { get; set; }

    public RunWorker Worker { get; }

    public RunStarter Starter { get; }

    public IReadOnlyCollection<PumpTrouble> Troubles => troubles;

    public static async Task<LabEngine> NewAsync(LabFlow flow)
    {
        var folder = StoreFolder.New();
        var time = new LabTime();
        return new LabEngine(folder, await folder.OpenAsync(time), time, flow.Load());
    }

    /// <summary>A worker as another process would have: with nothing cached.</summary>
    public RunWorker NewWorker() => new(new RunPorts(Store, this, this), Changes, Time, new RunCache(100), troubles.Add);

    public RunPump NewPump(RunPumpOptions? options = null) => new(
        new RunPorts(Store, this, this), Changes, Time, options ?? new RunPumpOptions { Gather = TimeSpan.Zero }, troubles.Add);

    public async Task<RunId> StartAsync() => Assert.IsType<StartOutcome.Started>(await Starter.StartAsync(
        new StartRequest("lab-flow", ImmutableDictionary<string, string>.Empty, Purpose.Connect, null, "anna", null, null), default)).Run;

    /// <summary>Claims what is due and works on it; ends when it waits again.</summary>
    public async Task WorkAsync(RunWorker? worker = null, CancellationToken cancellation = default)
    {
        worker ??= Worker;
        var claimed = await Store.ClaimDueAsync(new ClaimRequest("lab", 10, TimeSpan.FromSeconds(6)) { Known = worker.Known }, default);
        await Task.WhenAll(claimed.Select(run => worker.WorkAsync(new HeldRun(run), cancellation)));
    }

    /// <summary>The next call that reaches the provider.</summary>
    public async Task<LabCall> CallAsync() => await calls.Reader.ReadAsync().AsTask().WaitAsync(Patience.Limit, TimeProvider.System);

    /// <summary>Lets the run work until its call is answered with a value and it waits again.</summary>
    public async Task WorkAsync(object answer)
    {
        var work = WorkAsync();
        (await CallAsync()).Answer(answer);
        await work;
    }

    public async Task<StoredRun> RunAsync(RunId id) => await Store.FindAsync(id, default) ?? throw new InvalidOperationException($"no run {id}");

    public async Task<PromptView> PromptAsync(RunId id) => (await RunAsync(id)).Prompt ?? throw new InvalidOperationException("no prompt");

    public async Task ReplyAsync(RunId id, string action, params (string Name, string Value)[] values)
    {
        var prompt = (await PromptAsync(id)).Id;
        Assert.IsType<ReplyOutcome.Accepted>(await Store.AcceptReplyAsync(
            id, new Reply(prompt, "t-" + prompt, action, values.ToImmutableDictionary(value => value.Name, value => value.Value)), default));
        Changes.InboxGrew(id);
    }

    public async Task<Result<object>> CallAsync(OperationCall call, CancellationToken cancellation)
    {
        var made = new LabCall(call, cancellation);
        await calls.Writer.WriteAsync(made, CancellationToken.None);
        return IsDeaf ? await made.Outcome : await made.Outcome.WaitAsync(cancellation);
    }

    public LoadedFlow? FindCurrent(string flow) => flow == "lab-flow" ? Flow : null;

    public Task<LoadedFlow?> FindAsync(string flow, string version, CancellationToken cancellation) => Task.FromResult(FindCurrent(flow));

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await folder.DisposeAsync();
    }
}

/// <summary>A call that waits for the test.</summary>
internal sealed class LabCall(OperationCall call, CancellationToken cancellation)
{
    private readonly TaskCompletionSource<Result<object>> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Operation => call.Operation;

    public string Effect => call.Effect.Value;

    public OperationCall Call => call;

    public Task<Result<object>> Outcome => outcome.Task;

    public bool IsCancelled => cancellation.IsCancellationRequested;

    public void Answer(object value) => outcome.SetResult(value);

    public void Fail(string code, bool isInDoubt = false) => outcome.SetResult(new Failure(code, "because", null, isInDoubt));
}
