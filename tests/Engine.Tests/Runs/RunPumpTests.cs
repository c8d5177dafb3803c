using Engine.Runs;
using Engine.Sdk;
using Xunit;
using static Engine.Tests.LabSteps;

namespace Engine.Tests;

public sealed class RunPumpTests
{
    [Fact]
    public async Task New_work_is_taken_up_at_once_and_due_work_on_time()
    {
        await using var engine = await LabEngine.NewAsync(PollFlow());
        await using var pumping = new Pumping(engine);

        var id = await engine.StartAsync();
        (await engine.CallAsync()).Answer(new Seen("waiting", new ShowOnce("tg://1")));
        var second = engine.CallAsync();
        await engine.Time.AdvanceUntilAsync(second);
        Assert.InRange(engine.Time.GetUtcNow(), LabRun.Start.AddSeconds(5), LabRun.Start.AddSeconds(6.5));

        var ended = engine.Changes.NextChange(id);
        (await second).Answer(new Seen("done"));
        await engine.Time.AdvanceUntilAsync(ended);
        Assert.Equal(RunStatus.Succeeded, (await engine.RunAsync(id)).Status);
    }

    [Fact]
    public async Task A_long_call_keeps_its_lease()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Call(LabFlow.Look, 1), Done]);
        await using var engine = await LabEngine.NewAsync(flow);
        await using var pumping = new Pumping(engine);
        var id = await engine.StartAsync();
        var call = await engine.CallAsync();

        var again = engine.CallAsync();
        for (var step = 0; step < 140; step++)
        {
            engine.Time.Advance(0.1);
            await Task.WhenAny(again, Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System));
        }
        Assert.False(again.IsCompleted);
        var ended = engine.Changes.NextChange(id);
        call.Answer(new Seen("fine"));
        await engine.Time.AdvanceUntilAsync(ended);

        Assert.Equal(RunStatus.Succeeded, (await engine.RunAsync(id)).Status);
    }

    [Fact]
    public async Task It_works_on_many_runs_at_once_but_no_more_than_it_may()
    {
        await using var engine = await LabEngine.NewAsync(PollFlow());
        foreach (var _ in Enumerable.Range(0, 5)) await engine.StartAsync();
        await using var pumping = new Pumping(engine, new RunPumpOptions { MaxRuns = 3, Gather = TimeSpan.Zero });

        var calls = new[] { await engine.CallAsync(), await engine.CallAsync(), await engine.CallAsync() };
        var fourth = engine.CallAsync();
        Assert.False(fourth.IsCompleted);
        calls[0].Answer(new Seen("done"));

        await engine.Time.AdvanceUntilAsync(fourth);
    }

    [Fact]
    public async Task It_reports_a_store_that_cannot_be_asked_and_goes_on()
    {
        await using var engine = await LabEngine.NewAsync(PollFlow());
        engine.Store.BeforeSave = _ => throw new IOException("the disk is full");
        await using var pumping = new Pumping(engine);

        var id = await engine.StartAsync();
        while (engine.Troubles.Count == 0) await Task.Yield();
        engine.Store.BeforeSave = _ => { };
        var call = engine.CallAsync();
        await engine.Time.AdvanceUntilAsync(call);

        Assert.Equal(id, (await call).Call.Run);
    }

    private static LabFlow PollFlow()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Poll(flow, 1), Done]);
        return flow;
    }

    /// <summary>A pump at work until the test ends.</summary>
    private sealed class Pumping : IAsyncDisposable
    {
        private readonly LabEngine engine;
        private readonly CancellationTokenSource stop = new();
        private readonly RunPump pump;
        private readonly Task running;

        public Pumping(LabEngine engine, RunPumpOptions? options = null)
        {
            this.engine = engine;
            pump = engine.NewPump(options);
            running = Task.Run(() => pump.RunAsync(stop.Token));
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await engine.Time.AdvanceUntilAsync(running);
            pump.Dispose();
            stop.Dispose();
        }
    }
}
