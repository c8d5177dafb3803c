using Engine.Flows;
using Engine.Runs;
using Engine.Sdk;
using Xunit;
using static Engine.Tests.LabSteps;

namespace Engine.Tests;

public sealed class CallTests
{
    [Fact]
    public void An_answer_goes_to_its_variable_and_the_run_goes_on()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Call(LabFlow.Look, 1), new CompiledStep.If("if", 2, flow.When("Seen.Status == \"fine\""), 2, 3), Done, Fail("no")]);

        var run = LabRun.Of(flow).Answer(new Seen("fine"));

        Assert.Equal(RunStatus.Succeeded, run.Run.Status);
        Assert.Equal(["started", "step_entered", "call_sent", "call_answered", "ended"], run.Journal.Select(entry => entry.Kind));
    }

    [Fact]
    public void A_safe_call_is_tried_again_with_doubling_pauses_and_new_effect_ids()
    {
        var run = LabRun.Of(LookThenDone(new Retry(4, TimeSpan.FromSeconds(1))));
        var pauses = new List<double>();
        var ids = new List<string>();

        for (var attempt = 1; attempt <= 3; attempt++)
        {
            ids.Add(run.PendingEffect.Value);
            run.Fail(Failures.ProviderDown);
            Assert.Equal(RunStatus.WaitingProvider, run.Run.Status);
            pauses.Add((run.Run.WakeAt!.Value - run.Now).TotalSeconds);
            run.WakeWhenDue();
        }

        Assert.Equal([1, 2, 4], pauses);
        Assert.Equal(["e1", "e2", "e3"], ids);
        Assert.Equal(Failures.ProviderTimeout, run.Fail(Failures.ProviderTimeout).ExitCode);
    }

    [Fact]
    public void A_rate_limit_is_waited_out_and_spends_no_attempt()
    {
        var run = LabRun.Of(LookThenDone(NoRetry));
        var pauses = new List<double>();

        foreach (var asked in new double?[] { null, null, 7, null, null, null, null, null })
        {
            run.Fail(Failures.RateLimited, retryAfter: asked);
            pauses.Add((run.Run.WakeAt!.Value - run.Now).TotalSeconds);
            run.WakeWhenDue();
        }

        Assert.Equal([2, 4, 7, 16, 32, 60, 60, 60], pauses);
        Assert.Equal(RunStatus.Succeeded, run.Answer(new Seen("fine")).Run.Status);
    }

    [Fact]
    public void A_rate_limit_that_outlasts_the_run_ends_it_at_once()
    {
        var run = LabRun.Of(LookThenDone(Thrice)).Fail(Failures.RateLimited, retryAfter: 3600);

        Assert.Equal(Failures.RateLimited, run.ExitCode);
    }

    [Fact]
    public void A_failure_that_time_does_not_mend_is_not_tried_again()
    {
        Assert.Equal(Failures.ConfigError, LabRun.Of(LookThenDone(Thrice)).Fail(Failures.ConfigError).ExitCode);
    }

    [Fact]
    public void A_failure_with_a_handler_runs_its_steps_and_they_can_read_it()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange(
        [
            Call(LabFlow.Look, 1) with { Catch = [new Handler("gone", 2)] }, Done,
            new CompiledStep.If("if", 2, flow.When("s3.Code == \"gone\""), 3, 1), Fail("seen_gone"),
        ]);

        Assert.Equal("seen_gone", LabRun.Of(flow).Fail("gone").ExitCode);
        Assert.Equal("other", LabRun.Of(flow).Fail("other").ExitCode);
    }

    [Fact]
    public void A_timed_step_goes_where_on_timeout_says()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Call(LabFlow.Look, 1) with { Timeout = TimeSpan.FromSeconds(4), OnTimeout = 2 }, Done, Fail("slow")]);

        var run = LabRun.Of(flow);
        Assert.Equal(LabRun.Start.AddSeconds(4), run.Call.Deadline);

        Assert.Equal("slow", run.Wake(4).ExitCode);
    }

    [Fact]
    public void Once_is_not_tried_again_after_a_failure_that_leaves_it_in_doubt()
    {
        var run = LabRun.Of(MakeThenDone(new Retry(3, TimeSpan.FromSeconds(1)), confirm: null)).Fail(Failures.ProviderTimeout, isInDoubt: true);

        Assert.Equal(Failures.InDoubt, run.ExitCode);
    }

    [Fact]
    public void Once_is_tried_again_when_the_provider_was_not_reached()
    {
        var run = LabRun.Of(MakeThenDone(new Retry(2, TimeSpan.FromSeconds(1)), confirm: null)).Fail(Failures.ProviderDown).WakeWhenDue();

        Assert.Equal("make", run.Call.Operation);
        Assert.Equal(RunStatus.Succeeded, run.Answer(new Made(1)).Run.Status);
    }

    [Fact]
    public void A_lost_answer_is_looked_up_and_what_is_found_is_the_answer()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange(
            [Call(LabFlow.Make, 1, confirm: LabFlow.Find), new CompiledStep.If("if", 2, flow.When("s8.Id == 42"), 2, 3), Done, Fail("no")]);

        var run = LabRun.Of(flow).Fail(Failures.ProviderTimeout, isInDoubt: true);
        Assert.Equal(("find", "thing 0000abcd"), (run.Call.Operation, ((Find)run.Call.Input).Name));

        Assert.Equal(RunStatus.Succeeded, run.Answer(new Made(42)).Run.Status);
    }

    [Fact]
    public void What_the_lookup_asks_for_is_fixed_when_the_call_is_made()
    {
        var flow = new LabFlow();
        var find = flow.SiteLike(LabFlow.Find, "new Find(s5.ToUnixTimeSeconds().ToString())");
        flow.Steps.AddRange([Call(LabFlow.Make, 1, confirm: find), Done]);

        var run = LabRun.Of(flow).Wake(10).Fail(Failures.ProviderTimeout, isInDoubt: true);

        Assert.Equal(LabRun.Start.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), ((Find)run.Call.Input).Name);
    }

    [Fact]
    public void Not_found_is_asked_once_more_when_the_call_must_have_ended_and_then_stays_in_doubt()
    {
        var run = LabRun.Of(MakeThenDone(NoRetry, LabFlow.Find));
        var deadline = run.Call.Deadline;
        run.Fail(Failures.ProviderDown, isInDoubt: true);

        while (run.Fail("not_found").ExitCode is null) run.WakeWhenDue();

        Assert.Equal(Failures.InDoubt, run.ExitCode);
        Assert.Equal(deadline, run.Now);
        Assert.Equal(1, run.Count("call_sent"));
    }

    [Fact]
    public void A_lookup_that_cannot_be_made_is_made_again_for_two_minutes()
    {
        var run = LabRun.Of(MakeThenDone(NoRetry, LabFlow.Find)).Fail(Failures.ProviderTimeout, isInDoubt: true);

        while (run.Fail(Failures.ProviderDown).ExitCode is null) run.WakeWhenDue();

        Assert.Equal(Failures.InDoubt, run.ExitCode);
        Assert.InRange(run.Now - LabRun.Start, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(4));
    }

    [Fact]
    public void In_doubt_can_be_caught()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Call(LabFlow.Make, 1) with { Catch = [new Handler(Failures.InDoubt, 2)] }, Done, Fail("caught")]);

        Assert.Equal("caught", LabRun.Of(flow).Fail(Failures.ProviderTimeout, isInDoubt: true).ExitCode);
    }

    [Theory]
    [InlineData(LabFlow.Look)]
    [InlineData(LabFlow.Drop)]
    public void A_call_that_may_be_repeated_is_made_again_with_the_same_id_after_a_crash(int site)
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Call(site, 1), Done]);

        var run = LabRun.Of(flow).Lose();

        Assert.Equal("e1", run.Call.Id.Value);
    }

    [Fact]
    public void Once_is_waited_out_after_a_crash_and_then_looked_up()
    {
        var run = LabRun.Of(MakeThenDone(NoRetry, LabFlow.Find));
        var deadline = run.Call.Deadline;

        run.Lose();
        Assert.Empty(run.Last.Effects);
        Assert.Equal(deadline, run.Run.WakeAt);
        run.WakeWhenDue();

        Assert.Equal("find", run.Call.Operation);
        Assert.Equal(RunStatus.Succeeded, run.Answer(new Made(1)).Run.Status);
    }

    [Fact]
    public void An_answer_that_is_not_waited_for_changes_nothing()
    {
        var run = LabRun.Of(LookThenDone(Thrice));
        var before = run.Run;

        run.Tell(new RunEvent.CallAnswered(new EffectId("e0"), new Seen("fine")));

        Assert.True(run.Last.IsQuiet);
        Assert.Empty(run.Last.Effects);
        Assert.Equal((before.Step, before.Status, before.Pending?.Effect), (run.Run.Step, run.Run.Status, run.Run.Pending?.Effect));
    }

    [Fact]
    public void An_expression_that_fails_ends_the_run_and_undoes_what_it_did()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange(
            [Call(LabFlow.Make, 1, undo: LabFlow.Drop), new CompiledStep.Set("set", 2, [new Assignment(6, flow.Value("Boom<object>()"))], 2), Done]);

        var run = LabRun.Of(flow).Answer(new Made(5));
        Assert.Equal(5, ((Drop)run.Call.Input).Id);

        Assert.Equal(Failures.Internal, run.Answer(new Gone()).ExitCode);
        Assert.Contains(run.Journal, entry => entry.Detail.GetValueOrDefault("message") == "boom at line 1");
    }

    private static LabFlow LookThenDone(Retry retry)
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Call(LabFlow.Look, 1, retry), Done]);
        return flow;
    }

    private static LabFlow MakeThenDone(Retry retry, int? confirm)
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Call(LabFlow.Make, 1, retry, confirm), Done]);
        return flow;
    }
}
