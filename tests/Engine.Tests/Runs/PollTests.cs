using Engine.Flows;
using Engine.Runs;
using Engine.Sdk;
using Xunit;
using static Engine.Tests.LabSteps;

namespace Engine.Tests;

public sealed class PollTests
{
    private static readonly ShowOnce FirstCode = new("tg://1");
    private static readonly ShowOnce SecondCode = new("tg://2");

    [Fact]
    public void It_calls_shows_waits_and_calls_again_until_the_condition_holds()
    {
        var run = new LabRun(PollThenDone().Load());
        Assert.Equal("look", run.Call.Operation);

        run.Answer(new Seen("waiting", FirstCode));
        Assert.Equal((RunStatus.WaitingUser, "tg://1", 1), (run.Run.Status, run.Prompt.Show?.Qr, run.Prompt.Show?.Rotation));
        Assert.Equal(LabRun.Start.AddSeconds(5), run.Run.WakeAt);

        run.WakeWhenDue().Answer(new Seen("done"));
        Assert.Equal(RunStatus.Succeeded, run.Run.Status);
        Assert.Equal("2", run.Journal.Single(entry => entry.Kind == "poll_ended").Detail["rounds"]);
    }

    [Fact]
    public void From_takes_the_place_of_the_first_call()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Call(LabFlow.Look, 1), Poll(flow, 2) with { FromValue = flow.Value("Seen") }, Done]);

        var run = new LabRun(flow.Load()).Answer(new Seen("waiting", FirstCode));

        Assert.Empty(run.Last.Effects);
        Assert.Equal(("tg://1", LabRun.Start.AddSeconds(5)), (run.Prompt.Show?.Qr, run.Run.WakeAt));
        Assert.Equal(RunStatus.Succeeded, new LabRun(flow.Load()).Answer(new Seen("done")).Run.Status);
    }

    /// <summary>RFC 8628, 3.5: the flow's own pause is the least, whatever the provider names; an absurd one ends at ten minutes.</summary>
    [Theory]
    [InlineData(null, 5)]
    [InlineData(0.0, 5)]
    [InlineData(-60.0, 5)]
    [InlineData(0.001, 5)]
    [InlineData(7.0, 7)]
    [InlineData(1e9, 600)]
    public void R_23_a_providers_interval_makes_a_poll_slower_never_faster_and_within_bounds(double? asked, double pause)
    {
        var run = new LabRun(PollThenDone().Load());

        run.Tell(new RunEvent.CallAnswered(run.PendingEffect, new Seen("waiting"), asked is { } seconds ? TimeSpan.FromSeconds(seconds) : null));

        Assert.Equal(LabRun.Start.AddSeconds(pause), run.Run.WakeAt);
    }

    [Fact]
    public void First_after_waits_before_the_first_call_and_shows_what_needs_no_answer()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange(
        [
            Poll(flow, 1) with { IsFirstAfter = true, Show = new Show(null, null, flow.Value("\"AB-12\""), null, null, null, null, null, null) }, Done,
        ]);

        var run = new LabRun(flow.Load());

        Assert.Empty(run.Last.Effects);
        Assert.Equal("AB-12", run.Prompt.Show?.Code);
        Assert.Equal("look", run.WakeWhenDue().Call.Operation);
    }

    [Fact]
    public void An_unchanged_round_is_quiet_from_its_wake_up_to_its_answer()
    {
        var run = new LabRun(PollThenDone().Load()).Answer(new Seen("waiting", FirstCode));
        var revision = run.Prompt;

        run.WakeWhenDue();
        Assert.True(run.Last.IsQuiet);
        run.Tell(new RunEvent.CallAnswered(run.Call.Id, new Seen("waiting", new ShowOnce("tg://1"))));

        Assert.True(run.Last.IsQuiet);
        Assert.Equal((revision.Id, revision.Rev), (run.Prompt.Id, run.Prompt.Rev));
        Assert.Equal(run.Now.AddSeconds(5), run.Run.WakeAt);
        Assert.Empty(run.Last.Journal);
    }

    [Fact]
    public void A_code_that_rotates_keeps_the_prompts_id_and_raises_its_rev()
    {
        var run = new LabRun(PollThenDone().Load()).Answer(new Seen("waiting", FirstCode));
        var first = run.Prompt;

        run.WakeWhenDue().Answer(new Seen("waiting", SecondCode));

        Assert.False(run.Last.IsQuiet);
        Assert.Equal((first.Id, 2, "tg://2", 2), (run.Prompt.Id, run.Prompt.Rev, run.Prompt.Show?.Qr, run.Prompt.Show?.Rotation));
    }

    [Fact]
    public void An_expired_code_is_taken_away_at_its_moment_and_stays_away_while_the_provider_repeats_it()
    {
        var seen = new Seen("waiting", FirstCode, LabRun.Start.AddSeconds(3));
        var run = new LabRun(PollThenDone().Load()).Answer(seen);
        Assert.Equal(LabRun.Start.AddSeconds(3), run.Run.WakeAt);

        run.WakeWhenDue();
        Assert.Null(run.Prompt.Show?.Qr);
        Assert.Equal(RunStatus.WaitingProvider, run.Run.Status);

        run.WakeWhenDue().Answer(seen);
        Assert.Null(run.Prompt.Show?.Qr);
        Assert.True(run.Last.IsQuiet);

        run.WakeWhenDue().Answer(new Seen("waiting", SecondCode, run.Now.AddSeconds(30)));
        Assert.Equal(("tg://2", 2, RunStatus.WaitingUser), (run.Prompt.Show?.Qr, run.Prompt.Show?.Rotation, run.Run.Status));
    }

    [Fact]
    public void A_literal_life_counts_from_the_change_and_the_sooner_end_holds()
    {
        var flow = new LabFlow();
        var show = new Show(flow.Value("Seen.Qr"), null, null, null, null, null, flow.Value("Seen.Expires"), TimeSpan.FromSeconds(30), null);
        flow.Steps.AddRange([Poll(flow, 1, show: show), Done]);

        var run = new LabRun(flow.Load()).Answer(new Seen("waiting", FirstCode));
        Assert.Equal(LabRun.Start.AddSeconds(30), run.Prompt.Show?.ExpiresAt);

        run.WakeWhenDue().Answer(new Seen("waiting", FirstCode));
        Assert.Equal(LabRun.Start.AddSeconds(30), run.Prompt.Show?.ExpiresAt);
        run.WakeWhenDue().Answer(new Seen("waiting", SecondCode, run.Now.AddSeconds(9)));
        Assert.Equal(run.Now.AddSeconds(9), run.Prompt.Show?.ExpiresAt);
    }

    [Fact]
    public void Nothing_to_show_is_no_prompt_and_a_new_code_comes_under_the_old_id()
    {
        var run = new LabRun(PollThenDone().Load()).Answer(new Seen("waiting", FirstCode));
        var id = run.Prompt.Id;

        run.WakeWhenDue().Answer(new Seen("waiting"));
        Assert.Null(run.Run.Prompt);
        Assert.Equal(RunStatus.WaitingProvider, run.Run.Status);

        run.WakeWhenDue().Answer(new Seen("waiting", SecondCode));
        Assert.Equal((id, 2), (run.Prompt.Id, run.Prompt.Rev));
    }

    [Theory]
    [InlineData(Failures.ProviderDown, null, 5)]
    [InlineData(Failures.ProviderTimeout, null, 5)]
    [InlineData(Failures.ProviderDown, 12.0, 12)]
    [InlineData(Failures.RateLimited, 2.0, 5)]
    [InlineData(Failures.RateLimited, 40.0, 40)]
    public void A_failure_that_says_later_only_delays_the_next_round_and_an_asked_pause_is_stored(string code, double? retryAfter, int pause)
    {
        var run = new LabRun(PollThenDone().Load()).Answer(new Seen("waiting", FirstCode)).WakeWhenDue();

        run.Fail(code, retryAfter: retryAfter);

        Assert.Equal("tg://1", run.Prompt.Show?.Qr);
        Assert.Equal(run.Now.AddSeconds(pause), run.Run.WakeAt);
        Assert.Equal(retryAfter is null, run.WakeWhenDue().Fail(code, retryAfter: retryAfter).Last.IsQuiet);
        Assert.Equal(1, run.Count("round_failed"));
    }

    [Fact]
    public void Slow_down_makes_every_further_pause_longer()
    {
        var run = new LabRun(PollThenDone().Load()).Fail("slow_down");
        Assert.Equal(LabRun.Start.AddSeconds(10), run.Run.WakeAt);

        run.WakeWhenDue().Answer(new Seen("waiting", FirstCode));

        Assert.Equal(run.Now.AddSeconds(10), run.Run.WakeAt);
    }

    [Fact]
    public void Other_failures_go_to_their_handler_or_end_the_run()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Poll(flow, 1) with { Catch = [new Handler("session_lost", 2)] }, Done, Fail("caught")]);

        Assert.Equal("caught", new LabRun(flow.Load()).Fail("session_lost").ExitCode);
        Assert.Equal(Failures.ProviderChanged, new LabRun(flow.Load()).Fail(Failures.ProviderChanged).ExitCode);
    }

    [Fact]
    public void A_failure_that_the_flow_lists_ends_it_and_one_it_may_leave_out_only_delays()
    {
        var flow = PollThenDone();
        flow.Fails.Add(new EndCode("session_lost", FailureClass.Provider, RetryAdvice.Now, LocalText.Empty));

        Assert.Equal("session_lost", new LabRun(flow.Load()).Fail("session_lost").ExitCode);
        Assert.Equal(LabRun.Start.AddSeconds(5), new LabRun(flow.Load()).Fail("warming_up").Run.WakeAt);
    }

    [Fact]
    public void It_gives_up_at_its_timeout_even_while_a_call_is_under_way()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Poll(flow, 1) with { Timeout = TimeSpan.FromSeconds(7), OnTimeout = 2 }, Done, Fail("not_scanned")]);
        var run = new LabRun(flow.Load()).Answer(new Seen("waiting", FirstCode)).WakeWhenDue();
        Assert.Equal(LabRun.Start.AddSeconds(7), run.Call.Deadline);

        Assert.Equal("not_scanned", run.WakeWhenDue().ExitCode);
        Assert.Equal(LabRun.Start.AddSeconds(7), run.Now);
    }

    [Theory]
    [InlineData("TimeSpan.FromSeconds(20)", 20)]
    [InlineData("s5.AddSeconds(20)", 20)]
    [InlineData("TimeSpan.FromHours(1)", 600)]
    [InlineData("null", 600)]
    public void A_deadline_may_only_make_the_end_sooner(string deadline, int seconds)
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Poll(flow, 1) with { DeadlineValue = flow.Value(deadline) }, Done]);

        Assert.Equal(LabRun.Start.AddSeconds(seconds), new LabRun(flow.Load()).Answer(new Seen("waiting", FirstCode)).Prompt.ExpiresAt);
    }

    [Fact]
    public void An_action_abandons_the_call_in_flight_and_its_late_answer_is_dropped()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Poll(flow, 1) with { Actions = [Action("leave", 2)] }, Done, Prompt(1)]);
        var run = new LabRun(flow.Load()).Answer(new Seen("waiting", FirstCode)).WakeWhenDue();
        var late = run.Call.Id;

        run.Reply("leave");
        var asked = run.Prompt;
        run.Tell(new RunEvent.CallAnswered(late, new Seen("done")));

        Assert.Equal("ask", asked.Step);
        Assert.True(run.Last.IsQuiet);
        Assert.Equal(asked, run.Run.Prompt! with { Fields = asked.Fields, Actions = asked.Actions, Messages = asked.Messages, Text = asked.Text, Button = asked.Button });
    }

    [Fact]
    public void An_action_that_goes_back_begins_a_round_at_once_under_a_new_prompt_and_keeps_the_deadline()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange(
            [Poll(flow, 1) with { Actions = [Action("refresh", 2, max: 1)] }, Done, Call(LabFlow.Drop, 3), new CompiledStep.Resume("resume", 3, 0)]);
        var run = new LabRun(flow.Load()).Answer(new Seen("waiting", FirstCode));
        var first = run.Prompt;

        run.Wake(3).Reply("refresh").Answer(new Gone());
        Assert.Equal("look", run.Call.Operation);
        run.Answer(new Seen("waiting", FirstCode));

        Assert.NotEqual(first.Id, run.Prompt.Id);
        Assert.Equal(first.ExpiresAt, run.Prompt.ExpiresAt);
        Assert.Empty(run.Prompt.Actions);
    }

    [Fact]
    public void A_round_lost_in_a_crash_is_simply_made_again()
    {
        var run = new LabRun(PollThenDone().Load()).Lose();

        Assert.Equal(("look", "e1"), (run.Call.Operation, run.Call.Id.Value));
    }

    private static LabFlow PollThenDone()
    {
        var flow = new LabFlow();
        var poll = Poll(flow, 1);
        flow.Steps.AddRange([poll with { Show = poll.Show! with { Text = null } }, Done]);
        return flow;
    }
}
