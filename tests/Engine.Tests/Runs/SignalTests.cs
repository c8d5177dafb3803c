using System.Text.Json;
using Engine.Flows;
using Engine.Runs;
using Engine.Sdk;
using Xunit;
using static Engine.Tests.LabSteps;

namespace Engine.Tests;

public sealed class SignalTests
{
    [Fact]
    public void A_signal_that_is_awaited_is_taken_with_what_it_says()
    {
        var run = LabRun.Of(AwaitThenAsk());
        Assert.Equal((RunStatus.WaitingProvider, LabRun.Start.AddMinutes(10)), (run.Run.Status, run.Run.WakeAt));

        run.Tell(Rung("ding"));

        Assert.Equal("ding", Assert.IsType<Seen>(run.Run.Slots[6]).Status);
        Assert.Equal("ask", run.Prompt.Step);
    }

    [Fact]
    public void Signals_that_come_early_are_kept_in_order_and_each_is_taken_once()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Prompt(1), Await(2), Await(3) with { Name = "bell_2" }, Await(4) with { Name = "bell_3" }, Done]);
        var run = LabRun.Of(flow).Tell(Rung("one")).Tell(Rung("two"));
        Assert.Equal(2, run.Run.Signals.Length);

        run.Submit(("password", "x"));

        Assert.Equal(("bell_3", "two"), (run.Flow.Flow.Steps[run.Run.Step].Name, Assert.IsType<Seen>(run.Run.Slots[6]).Status));
        Assert.Empty(run.Run.Signals);
        Assert.Equal(RunStatus.Succeeded, run.Tell(Rung("three")).Run.Status);
    }

    [Fact]
    public void A_signal_that_never_comes_ends_as_the_step_says()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Await(1, onTimeout: 2), Done, Fail("not_rung")]);

        Assert.Equal("not_rung", LabRun.Of(flow).WakeWhenDue().ExitCode);
        Assert.Equal(Failures.ProviderTimeout, LabRun.Of(AwaitThenAsk()).WakeWhenDue().ExitCode);
    }

    [Fact]
    public void A_hint_while_a_poll_waits_makes_its_round_at_once()
    {
        var run = LabRun.Of(WakingPoll()).Answer(new Seen("waiting"));
        Assert.Null(run.Run.Pending);

        run.Tell(Rung("x"));

        Assert.Equal("look", run.Call.Operation);
        Assert.Empty(run.Run.Hints);
    }

    [Fact]
    public void Hints_while_a_call_is_in_flight_make_one_further_round()
    {
        var run = LabRun.Of(WakingPoll()).Tell(Rung("x")).Tell(Rung("y"));

        run.Answer(new Seen("waiting"));
        Assert.Equal(run.Now, run.Run.WakeAt);

        run.Wake(0).Answer(new Seen("waiting"));
        Assert.Equal(run.Now.AddSeconds(5), run.Run.WakeAt);
    }

    [Fact]
    public void A_hint_before_the_poll_takes_the_first_pause_away()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Call(LabFlow.Look, 1), Poll(flow, 2) with { FromValue = flow.Value("Seen"), WakeOn = "bell" }, Done]);
        var run = LabRun.Of(flow).Tell(Rung("x"));

        run.Answer(new Seen("waiting"));

        Assert.Equal(run.Now, run.Run.WakeAt);
    }

    [Fact]
    public void A_hint_does_not_shorten_a_pause_that_the_provider_asked_for()
    {
        var run = LabRun.Of(WakingPoll()).Fail(Failures.RateLimited, retryAfter: 60);

        run.Tell(Rung("x"));

        Assert.Empty(run.Last.Effects);
        Assert.Equal(run.Now.AddSeconds(60), run.Run.WakeAt);
    }

    [Fact]
    public void A_signal_that_nothing_waits_for_is_forgotten()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Prompt(1), Done]);

        var run = LabRun.Of(flow).Tell(Rung("x"));

        Assert.Empty(run.Run.Signals);
        Assert.Empty(run.Run.Hints);
        Assert.Equal("ask", run.Prompt.Step);
    }

    [Fact]
    public void No_more_than_fifty_signals_are_kept()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Prompt(1), Await(2), Done]);
        var run = LabRun.Of(flow);

        for (var i = 0; i < 60; i++) run.Tell(Rung("x"));

        Assert.Equal(50, run.Run.Signals.Length);
    }

    [Fact]
    public void A_person_comes_back_to_the_prompt_that_sent_him_and_to_no_other()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Redirect(flow, 1), Prompt(2), Done]);
        var run = LabRun.Of(flow);
        Assert.Equal((RunStatus.WaitingUser, "lab", false), (run.Run.Status, run.Prompt.Redirect?.Provider, run.Prompt.CanSubmit));

        run.Tell(Back(new PromptId("p9"), "x"));
        Assert.Equal("page", run.Prompt.Step);

        run.Tell(Back(run.Prompt.Id, "here"));
        Assert.Equal(("ask", "here"), (run.Prompt.Step, Assert.IsType<Seen>(run.Run.Slots[6]).Status));
        Assert.Null(run.Prompt.Redirect);
    }

    [Fact]
    public void A_return_that_failed_is_caught_or_ends_the_run_and_nobody_at_all_lets_it_expire()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Redirect(flow, 1, new Handler("denied", 2)), Done, Fail("said_no")]);

        Assert.Equal("said_no", Returned("denied").ExitCode);
        Assert.Equal(Failures.CallbackInvalid, Returned(Failures.CallbackInvalid).ExitCode);
        Assert.Equal(RunStatus.Expired, LabRun.Of(flow).WakeWhenDue().Run.Status);

        LabRun Returned(string code)
        {
            var run = LabRun.Of(flow);
            return run.Tell(new RunEvent.Returned(new Return(new TokenHash("h"), run.Prompt.Id, null, new Failure(code, "because"))));
        }
    }

    private static LabFlow AwaitThenAsk()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Await(1), Prompt(2), Done]);
        return flow;
    }

    private static LabFlow WakingPoll()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Poll(flow, 1) with { WakeOn = "bell" }, Done]);
        return flow;
    }

    private static RunEvent.Signalled Rung(string text) => new(new Signal("bell", "k", Json(text)));

    private static RunEvent.Returned Back(PromptId prompt, string text) => new(new Return(new TokenHash("h"), prompt, Json(text), null));

    private static JsonElement Json(string text) => JsonSerializer.SerializeToElement(new { status = text });
}
