using Engine.Runs;
using Engine.Sdk;
using Xunit;
using static Engine.Tests.LabSteps;

namespace Engine.Tests;

public sealed class RunWorkerTests
{
    [Fact]
    public async Task A_run_is_driven_from_its_start_to_its_end()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Poll(flow, 1), Prompt(2, LabFlow.Try), Call(LabFlow.Make, 3, confirm: LabFlow.Find), Connect(flow, 4, "s8.Id"), Done]);
        await using var engine = await LabEngine.NewAsync(flow);
        var id = await engine.StartAsync();

        await engine.WorkAsync(new Seen("waiting", new ShowOnce("tg://1")));
        Assert.Equal((RunStatus.WaitingUser, "tg://1"), ((await engine.RunAsync(id)).Status, (await engine.PromptAsync(id)).Show?.Qr));
        engine.Time.Advance(5);
        await engine.WorkAsync(new Seen("done"));
        await engine.ReplyAsync(id, "submit", ("password", "secret"));
        var work = engine.WorkAsync();
        (await engine.CallAsync()).Answer(new Seen("ok"));
        (await engine.CallAsync()).Answer(new Made(12));
        await work;

        var run = await engine.RunAsync(id);
        Assert.Equal((RunStatus.Succeeded, "succeeded"), (run.Status, run.Exit?.Code));
        var stored = await engine.Store.FindConnectionAsync("lab-flow", "12", false, default);
        Assert.Equal(run.Connection, stored?.Id);
        Assert.Null(run.Due);
        Assert.Empty(engine.Troubles);
    }

    [Fact]
    public async Task An_unchanged_round_writes_only_the_due_time()
    {
        await using var engine = await LabEngine.NewAsync(PollFlow());
        var id = await engine.StartAsync();
        await engine.WorkAsync(new Seen("waiting", new ShowOnce("tg://1")));
        var (before, saves) = (await engine.RunAsync(id), engine.Store.Saves.Count);

        engine.Time.Advance(5);
        await engine.WorkAsync(new Seen("waiting", new ShowOnce("tg://1")));
        engine.Time.Advance(5);
        await engine.WorkAsync(new Seen("waiting", new ShowOnce("tg://1")));

        var after = await engine.RunAsync(id);
        Assert.Equal((before.Revision, before.UpdatedAt, saves), (after.Revision, after.UpdatedAt, engine.Store.Saves.Count));
        Assert.Equal((2, engine.Time.GetUtcNow().AddSeconds(5)), (after.Rounds, after.Due));
    }

    [Fact]
    public async Task Rounds_are_counted_across_workers_that_share_no_memory()
    {
        await using var engine = await LabEngine.NewAsync(PollFlow());
        var id = await engine.StartAsync();
        await engine.WorkAsync(new Seen("waiting", new ShowOnce("tg://1")));

        foreach (var status in new[] { "waiting", "waiting", "done" })
        {
            engine.Time.Advance(5);
            var work = engine.WorkAsync(engine.NewWorker());
            (await engine.CallAsync()).Answer(new Seen(status, new ShowOnce("tg://1")));
            await work;
        }

        var journal = await engine.Store.ReadJournalAsync(id, 0, default);
        Assert.Equal("4", journal.Single(entry => entry.Kind == "poll_ended").Detail["rounds"]);
    }

    [Fact]
    public async Task The_next_worker_repeats_a_safe_call_and_the_dead_ones_save_is_refused()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Call(LabFlow.Look, 1), Prompt(2), Done]);
        await using var engine = await LabEngine.NewAsync(flow);
        var id = await engine.StartAsync();
        var hung = engine.WorkAsync();
        var first = await engine.CallAsync();

        engine.Time.Advance(7);
        var work = engine.WorkAsync(engine.NewWorker());
        var second = await engine.CallAsync();
        Assert.Equal(first.Effect, second.Effect);
        second.Answer(new Seen("second"));
        await work;
        var revision = (await engine.RunAsync(id)).Revision;
        first.Answer(new Seen("first"));
        await hung;

        Assert.Equal(revision, (await engine.RunAsync(id)).Revision);
        Assert.Equal("p1", (await engine.PromptAsync(id)).Id.Value);
    }

    [Fact]
    public async Task The_next_worker_never_repeats_a_call_that_must_happen_once()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Call(LabFlow.Make, 1, confirm: LabFlow.Find), Done]);
        await using var engine = await LabEngine.NewAsync(flow);
        var id = await engine.StartAsync();
        var hung = engine.WorkAsync();
        var made = await engine.CallAsync();

        engine.Time.Advance(7);
        await engine.WorkAsync(engine.NewWorker());
        Assert.Equal(made.Call.Deadline, (await engine.RunAsync(id)).Due);
        engine.Time.Advance(8);
        var work = engine.WorkAsync(engine.NewWorker());
        var find = await engine.CallAsync();
        Assert.Equal("find", find.Operation);
        find.Answer(new Made(3));
        await work;

        Assert.Equal(RunStatus.Succeeded, (await engine.RunAsync(id)).Status);
        made.Fail(Failures.ProviderTimeout, isInDoubt: true);
        await hung;
        Assert.Equal(RunStatus.Succeeded, (await engine.RunAsync(id)).Status);
    }

    [Fact]
    public async Task A_reply_interrupts_a_call_in_flight()
    {
        await using var engine = await LabEngine.NewAsync(PollFlow());
        var id = await engine.StartAsync();
        await engine.WorkAsync(new Seen("waiting", new ShowOnce("tg://1")));
        engine.Time.Advance(5);
        var work = engine.WorkAsync();
        var call = await engine.CallAsync();

        await engine.ReplyAsync(id, "cancel");
        await work;

        Assert.True(call.IsCancelled);
        Assert.Equal(RunStatus.Cancelled, (await engine.RunAsync(id)).Status);
    }

    [Fact]
    public async Task A_reply_that_nobody_hinted_at_is_found_while_the_call_lasts()
    {
        await using var engine = await LabEngine.NewAsync(PollFlow());
        var id = await engine.StartAsync();
        await engine.WorkAsync(new Seen("waiting", new ShowOnce("tg://1")));
        engine.Time.Advance(5);
        var work = engine.WorkAsync();
        await engine.CallAsync();

        await engine.Store.RequestCancelAsync(id, default);
        await engine.Time.AdvanceUntilAsync(work);

        Assert.Equal(RunStatus.Cancelled, (await engine.RunAsync(id)).Status);
        Assert.True(engine.Time.GetUtcNow() < LabRun.Start.AddSeconds(7));
    }

    [Fact]
    public async Task A_code_expires_on_time_while_a_call_is_in_flight()
    {
        await using var engine = await LabEngine.NewAsync(PollFlow());
        var id = await engine.StartAsync();
        await engine.WorkAsync(new Seen("waiting", new ShowOnce("tg://1"), LabRun.Start.AddSeconds(7)));
        engine.Time.Advance(5);
        var work = engine.WorkAsync();
        var call = await engine.CallAsync();

        var changed = engine.Changes.NextChange(id);
        await engine.Time.AdvanceUntilAsync(changed);
        Assert.Null((await engine.PromptAsync(id)).Show?.Qr);
        call.Answer(new Seen("waiting", new ShowOnce("tg://2")));
        await work;

        Assert.Equal("tg://2", (await engine.PromptAsync(id)).Show?.Qr);
    }

    [Fact]
    public async Task A_store_that_fails_is_no_fault_of_the_run()
    {
        await using var engine = await LabEngine.NewAsync(PollFlow());
        var id = await engine.StartAsync();
        engine.Store.BeforeSave = _ => throw new IOException("the disk is full");

        for (var times = 0; times < 4; times++)
        {
            await engine.WorkAsync();
            engine.Time.Advance(7);
        }
        engine.Store.BeforeSave = _ => { };
        await engine.WorkAsync(new Seen("done"));

        Assert.Equal(RunStatus.Succeeded, (await engine.RunAsync(id)).Status);
        Assert.All(engine.Troubles, trouble => Assert.Equal((0, false, "the disk is full"), (trouble.Crashes, trouble.IsParked, trouble.Cause.Message)));
    }

    [Fact]
    public async Task An_operation_caller_that_throws_is_a_failed_call()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Call(LabFlow.Make, 1), Done]);
        await using var engine = await LabEngine.NewAsync(flow);
        var id = await engine.StartAsync();
        var worker = new RunWorker(
            new RunPorts(engine.Store, engine, new ThrowingCaller()), engine.Changes, engine.Time, new RunCache(1), _ => { });

        await engine.WorkAsync(worker);

        Assert.Equal(Failures.InDoubt, (await engine.RunAsync(id)).Exit?.Code);
    }

    [Fact]
    public async Task A_plugin_that_neither_answers_nor_listens_does_not_hold_a_run_for_ever()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Call(LabFlow.Make, 1), Done]);
        await using var engine = await LabEngine.NewAsync(flow);
        engine.IsDeaf = true;
        var id = await engine.StartAsync();
        var work = engine.WorkAsync();
        await engine.CallAsync();

        await engine.Time.AdvanceUntilAsync(work);

        Assert.Equal(Failures.InDoubt, (await engine.RunAsync(id)).Exit?.Code);
        Assert.InRange(engine.Time.GetUtcNow() - LabRun.Start, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_reply_that_changes_nothing_is_not_looked_at_again()
    {
        await using var engine = await LabEngine.NewAsync(PollFlow());
        var id = await engine.StartAsync();
        await engine.WorkAsync(new Seen("waiting", new ShowOnce("tg://1")));
        await engine.ReplyAsync(id, "no_such_action");

        await engine.WorkAsync();

        var run = await engine.RunAsync(id);
        Assert.Equal((1, LabRun.Start.AddSeconds(5)), (run.InboxSeen, run.Due));
        Assert.Equal("p2", run.Prompt?.Id.Value);
    }

    [Fact]
    public async Task A_stopping_pump_lets_go_of_a_safe_call_so_that_the_next_one_goes_on_at_once()
    {
        await using var engine = await LabEngine.NewAsync(PollFlow());
        var id = await engine.StartAsync();
        using var stop = new CancellationTokenSource();
        var work = engine.WorkAsync(engine.Worker, stop.Token);
        var call = await engine.CallAsync();

        await stop.CancelAsync();
        await work;

        Assert.True(call.IsCancelled);
        Assert.Equal(engine.Time.GetUtcNow(), (await engine.RunAsync(id)).Due);
        await engine.WorkAsync(new Seen("done"));
        Assert.Equal(RunStatus.Succeeded, (await engine.RunAsync(id)).Status);
    }

    [Fact]
    public async Task A_stopping_pump_waits_for_a_call_that_must_happen_once()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Call(LabFlow.Make, 1), Prompt(2), Done]);
        await using var engine = await LabEngine.NewAsync(flow);
        var id = await engine.StartAsync();
        using var stop = new CancellationTokenSource();
        var work = engine.WorkAsync(engine.Worker, stop.Token);
        var call = await engine.CallAsync();

        await stop.CancelAsync();
        Assert.False(call.IsCancelled);
        call.Answer(new Made(1));
        await work;

        Assert.Equal(RunStatus.WaitingUser, (await engine.RunAsync(id)).Status);
    }

    private static LabFlow PollFlow()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Poll(flow, 1), Done]);
        return flow;
    }

    private sealed class ThrowingCaller : IOperationCaller
    {
        public Task<Result<object>> CallAsync(OperationCall call, CancellationToken cancellation) => throw new InvalidOperationException("a bug");
    }
}
