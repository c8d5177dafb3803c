using Engine.Runs;
using Engine.Sdk;
using Xunit;
using static Engine.Tests.LabSteps;

namespace Engine.Tests;

public sealed class CrashTests
{
    [Fact]
    public async Task A_run_that_keeps_crashing_is_parked_and_tried_more_and_more_seldom()
    {
        await using var engine = await LabEngine.NewAsync(CrashingFlow());
        var id = await engine.StartAsync();

        await engine.WorkAsync(new Gone());
        await CrashAsync(engine, 1);
        await CrashAsync(engine, 10);
        var pauses = new List<TimeSpan?>();
        while ((await engine.RunAsync(id)).RetryAt is { } at && pauses.Count < 7)
        {
            pauses.Add(at - engine.Time.GetUtcNow());
            Assert.Null((await engine.RunAsync(id)).Due);
            await RetryAsync(engine, id, (at - engine.Time.GetUtcNow()).TotalSeconds, new Gone());
        }

        Assert.Equal([30, 60, 120, 240, 480], pauses.Take(5).Select(pause => pause?.TotalSeconds));
        Assert.Equal(LabRun.Start.AddMinutes(30), LabRun.Start.AddSeconds(11 + 930) + pauses[5]);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], engine.Troubles.Where(trouble => !trouble.IsEnded).Select(trouble => trouble.Crashes).Order());
        Assert.Equal(2, engine.Troubles.Count(trouble => !trouble.IsParked));
        Assert.All(engine.Troubles, trouble => Assert.Equal("crashing", trouble.Step));
        Assert.Equal(6, (await engine.Store.ReadJournalAsync(id, 0, default)).Count(entry => entry.Kind == "set_back"));
    }

    [Theory]
    [InlineData(30, false)]
    [InlineData(0, true)]
    public async Task At_its_limit_or_when_cancelled_a_run_that_keeps_crashing_is_ended_and_what_it_did_is_undone(double minutes, bool isCancelled)
    {
        // A pattern that no flow could have: the reply to it can never be heard.
        var flow = new LabFlow();
        flow.Steps.AddRange([Call(LabFlow.Make, 1, undo: LabFlow.Drop), Prompt(2, fields: NewField("password", Flows.FieldType.Secret, pattern: "(")), Done]);
        await using var engine = await LabEngine.NewAsync(flow);
        var id = await engine.StartAsync();
        await engine.WorkAsync(new Made(4));
        await engine.ReplyAsync(id, "submit", ("password", "secret"));
        foreach (var pause in new[] { 0, 1, 10 })
        {
            engine.Time.Advance(pause);
            await engine.WorkAsync();
        }

        Assert.Equal((RunStatus.WaitingUser, 3), ((await engine.RunAsync(id)).Status, (await engine.RunAsync(id)).Crashes));
        engine.Time.Advance(TimeSpan.FromMinutes(minutes).TotalSeconds);
        if (isCancelled) await engine.Store.RequestCancelAsync(id, default);
        else Assert.True(await engine.Store.RetryAsync(id));
        await engine.WorkAsync();
        var work = engine.WorkAsync();
        var undo = await engine.CallAsync();
        Assert.Equal(("drop", 4), (undo.Operation, ((Drop)undo.Call.Input).Id));
        undo.Answer(new Gone());
        await work;

        var run = await engine.RunAsync(id);
        Assert.Equal((RunStatus.Failed, Failures.Internal), (run.Status, run.Exit?.Code));
    }

    [Fact]
    public async Task A_run_whose_flow_cannot_be_had_is_ended_in_its_row_at_its_limit()
    {
        await using var engine = await LabEngine.NewAsync(CrashingFlow());
        var id = await engine.StartAsync();
        engine.Flow = null;

        foreach (var pause in new[] { 0, 1, 10, 30, 1800 })
        {
            engine.Time.Advance(pause);
            await engine.Store.RetryAsync(id);
            await engine.WorkAsync();
        }

        var run = await engine.RunAsync(id);
        Assert.Equal((RunStatus.Failed, Failures.Internal), (run.Status, run.Exit?.Code));
        Assert.StartsWith("version v1 of flow 'lab-flow' cannot be had", engine.Troubles.First().Cause.Message, StringComparison.Ordinal);
        Assert.Equal([false, false, false, false, true], engine.Troubles.OrderBy(trouble => trouble.Crashes).Select(trouble => trouble.IsEnded));
    }

    [Fact]
    public async Task Crashes_are_counted_across_workers_that_share_no_memory()
    {
        await using var engine = await LabEngine.NewAsync(CrashingFlow());
        var id = await engine.StartAsync();

        foreach (var pause in new[] { 0, 1, 10 })
        {
            engine.Time.Advance(pause);
            var work = engine.WorkAsync(engine.NewWorker());
            (await engine.CallAsync()).Answer(new Gone());
            await work;
        }

        Assert.Equal((3, engine.Time.GetUtcNow().AddSeconds(30)), ((await engine.RunAsync(id)).Crashes, (await engine.RunAsync(id)).RetryAt));
    }

    [Fact]
    public async Task A_try_that_goes_well_ends_the_parking()
    {
        await using var engine = await LabEngine.NewAsync(CrashingFlow());
        var id = await engine.StartAsync();
        await engine.WorkAsync(new Gone());
        await CrashAsync(engine, 1);
        await CrashAsync(engine, 10);

        await RetryAsync(engine, id, 30, new Seen("well"));

        var run = await engine.RunAsync(id);
        Assert.Equal((RunStatus.WaitingUser, 0, null), (run.Status, run.Crashes, run.RetryAt));
    }

    [Fact]
    public async Task What_a_person_does_has_a_parked_run_looked_at_at_once()
    {
        await using var engine = await LabEngine.NewAsync(CrashingFlow());
        var id = await engine.StartAsync();
        await engine.WorkAsync(new Gone());
        await CrashAsync(engine, 1);
        await CrashAsync(engine, 10);

        await engine.Store.RequestCancelAsync(id, default);
        await engine.WorkAsync();

        var run = await engine.RunAsync(id);
        Assert.Equal((RunStatus.Cancelled, 0, null), (run.Status, run.Crashes, run.RetryAt));
    }

    private static LabFlow CrashingFlow()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Crashing(1), Prompt(2), Done]);
        return flow;
    }

    // An answer of another type than the flow was compiled with: a mistake of the plugin that no flow can handle.
    private static Flows.CompiledStep.Call Crashing(int next) => Call(LabFlow.Look, next) with { Name = "crashing", Timeout = TimeSpan.FromHours(1) };

    private static async Task CrashAsync(LabEngine engine, double pause)
    {
        engine.Time.Advance(pause);
        await engine.WorkAsync(new Gone());
    }

    private static async Task RetryAsync(LabEngine engine, RunId id, double pause, object answer)
    {
        engine.Time.Advance(pause);
        Assert.True(await engine.Store.RetryAsync(id));
        if ((await engine.RunAsync(id)).CreatedAt.AddMinutes(30) > engine.Time.GetUtcNow()) await engine.WorkAsync(answer);
        else await engine.WorkAsync();
    }
}
