using System.Collections.Immutable;
using Engine.Flows;
using Engine.Runs;
using Engine.Sdk;
using Xunit;
using static Engine.Tests.LabSteps;

namespace Engine.Tests;

public sealed class EndTests
{
    [Fact]
    public void Every_end_but_success_undoes_in_reverse_order()
    {
        var run = new LabRun(TwoThings(Fail("sorry")).Load()).Answer(new Made(1)).Answer(new Made(2));
        Assert.Equal(2, ((Drop)run.Call.Input).Id);

        run.Answer(new Gone());
        Assert.Equal(1, ((Drop)run.Call.Input).Id);
        run.Answer(new Gone());

        Assert.Equal((RunStatus.Failed, "sorry", 2), (run.Run.Status, run.ExitCode, run.Count("undone")));
        Assert.Equal(RunStatus.Succeeded, new LabRun(TwoThings(Done).Load()).Answer(new Made(1)).Answer(new Made(2)).Run.Status);
    }

    [Fact]
    public void An_undo_is_retried_and_one_that_cannot_be_made_does_not_hold_up_the_end()
    {
        var run = new LabRun(TwoThings(Fail("sorry")).Load()).Answer(new Made(1)).Answer(new Made(2));

        run.Fail(Failures.ProviderDown).WakeWhenDue().Fail(Failures.RateLimited, retryAfter: 600).WakeWhenDue().Fail(Failures.ProviderDown);
        Assert.True(run.Now - LabRun.Start < TimeSpan.FromSeconds(20));
        Assert.Equal(1, ((Drop)run.Call.Input).Id);
        run.Fail("not_found");

        Assert.Equal(("sorry", 2), (run.ExitCode, run.Count("undo_failed")));
    }

    [Fact]
    public void An_undo_lost_in_a_crash_is_made_again()
    {
        var run = new LabRun(TwoThings(Fail("sorry")).Load()).Answer(new Made(1)).Answer(new Made(2));
        var id = run.Call.Id;

        Assert.Equal(id, run.Lose().Call.Id);
    }

    [Fact]
    public void Cancelling_while_a_call_must_happen_once_waits_for_it_and_then_undoes_it()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Call(LabFlow.Make, 1, undo: LabFlow.Drop), Done]);

        var run = new LabRun(flow.Load()).Tell(new RunEvent.CancelRequested());
        Assert.True(run.Run.IsAsking);
        run.Answer(new Made(8));

        Assert.Equal(8, ((Drop)run.Call.Input).Id);
        Assert.Equal(RunStatus.Cancelled, run.Answer(new Gone()).Run.Status);
    }

    [Fact]
    public void Cancelling_while_a_safe_call_is_under_way_ends_at_once()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Call(LabFlow.Look, 1), Done]);

        Assert.Equal(RunStatus.Cancelled, new LabRun(flow.Load()).Tell(new RunEvent.CancelRequested()).Run.Status);
    }

    [Fact]
    public void The_runs_own_limit_ends_it_as_expired_after_a_call_that_must_happen_once()
    {
        var flow = new LabFlow { Limits = new Limits(TimeSpan.FromSeconds(10), 3) };
        flow.Steps.AddRange([Call(LabFlow.Make, 1, undo: LabFlow.Drop), Done]);
        var waiting = new LabRun(flow.Load()).Wake(11);
        Assert.True(waiting.Run.IsAsking);

        waiting.Answer(new Made(1)).Answer(new Gone());
        Assert.Equal((RunStatus.Expired, "run_expired"), (waiting.Run.Status, waiting.ExitCode));

        flow.Steps[0] = Prompt(1);
        Assert.Equal((RunStatus.Expired, "run_expired"), (new LabRun(flow.Load()).WakeWhenDue() is var run ? run.Run.Status : default, run.ExitCode));
    }

    [Fact]
    public void The_code_expired_ends_as_expired_and_the_exit_names_step_moment_and_text()
    {
        var flow = new LabFlow();
        flow.Fails.Add(new EndCode("own", FailureClass.User, RetryAdvice.Never, new LocalText(ImmutableDictionary<string, string>.Empty.Add("en", "ours"))));
        flow.Steps.AddRange([Fail("expired"), Fail("own")]);
        var expired = new LabRun(flow.Load()).Run;
        flow.Steps.RemoveAt(0);
        var own = new LabRun(flow.Load()).Run;

        Assert.Equal((RunStatus.Expired, "fail_expired", LabRun.Start), (expired.Status, expired.Exit?.Step, expired.Exit?.At));
        Assert.Equal("Время истекло. Начните заново.", expired.Exit?.Text["ru"]);
        Assert.Equal((RunStatus.Failed, "ours"), (own.Status, own.Exit?.Text["en"]));
    }

    [Fact]
    public void Nothing_of_the_runs_values_outlives_its_end()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Prompt(1), Fail("sorry")]);

        var run = new LabRun(flow.Load()).Submit(("password", "hunter2"));

        Assert.All(run.Run.Slots, Assert.Null);
        Assert.Null(run.Run.WakeAt);
        Assert.True(run.Tell(new RunEvent.Woke()).Last.IsQuiet);
    }

    [Fact]
    public void What_cannot_be_undone_is_kept_when_the_run_does_not_succeed()
    {
        var flow = new LabFlow();
        var part = new LeftoverPart("thing", flow.Value("s8.Id"));
        flow.Steps.AddRange([Call(LabFlow.Make, 1) with { Leftover = [part] }, Prompt(2), Done]);

        var run = new LabRun(flow.Load()).Answer(new Made(77)).Reply("cancel");
        Assert.Equal(("""{"thing":77}""", true), (run.Last.Leftover, run.Last.IsLeftoverUsedUp));

        run = new LabRun(flow.Load()).Answer(new Made(77)).Submit(("password", "x"));
        Assert.Equal((null, true), (run.Last.Leftover, run.Last.IsLeftoverUsedUp));
    }

    [Fact]
    public void What_an_earlier_run_left_is_given_back_by_a_run_that_adds_nothing()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Prompt(1), Done]);

        var run = new LabRun(flow.Load()).Reply("cancel");

        Assert.Equal((null, false), (run.Last.Leftover, run.Last.IsLeftoverUsedUp));
    }

    [Fact]
    public void A_restart_offers_what_the_run_itself_left()
    {
        var flow = new LabFlow();
        var part = new LeftoverPart("thing", flow.Value("s8.Id"));
        flow.Steps.AddRange(
        [
            new CompiledStep.If("if", 1, flow.When("s2 is null"), 1, 3),
            Call(LabFlow.Make, 2) with { Leftover = [part] }, new CompiledStep.Restart("restart", 3),
            new CompiledStep.If("if2", 1, flow.When("s2.thing == 77"), 4, 5), Done, Fail("no"),
        ]);

        Assert.Equal("succeeded", new LabRun(flow.Load()).Answer(new Made(77)).ExitCode);
    }

    [Fact]
    public void Aborting_undoes_too()
    {
        var flow = TwoThings(Prompt(3));
        flow.Steps.Add(Done);
        var run = new LabRun(flow.Load()).Answer(new Made(1)).Answer(new Made(2));

        var aborted = RunMachine.Abort(run.Flow, run.Run, Failures.Internal, run.Now);

        Assert.Equal("drop", Assert.IsType<Engine.Runs.Effect.Call>(Assert.Single(aborted.Effects)).Operation);
    }

    private static LabFlow TwoThings(CompiledStep last)
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Call(LabFlow.Make, 1, undo: LabFlow.Drop), Call(LabFlow.Make, 2, undo: LabFlow.Drop) with { Name = "second" }, last]);
        return flow;
    }
}
