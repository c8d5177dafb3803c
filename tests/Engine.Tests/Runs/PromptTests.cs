using System.Collections.Immutable;
using Engine.Flows;
using Engine.Runs;
using Engine.Sdk;
using Xunit;
using static Engine.Tests.LabSteps;

namespace Engine.Tests;

public sealed class PromptTests
{
    private const string Wrong = "Seen.Status == \"wrong\"";

    [Fact]
    public void Without_a_submit_call_the_answer_is_the_form()
    {
        var flow = new LabFlow();
        var fields = new[] { NewField("code", FieldType.Code), NewField("number", FieldType.Number), NewField("agree", FieldType.Boolean), NewField("way", FieldType.Select, options: ["qr", "code"]) };
        flow.Steps.AddRange(
        [
            Prompt(1, fields: fields),
            new CompiledStep.If("if", 2, flow.When("s7.Code == \"012345\" && s7.Number == 7 && s7.Agree == true && s7.Way == Form1_way.code"), 2, 3),
            Done, Fail("no"),
        ]);

        var run = new LabRun(flow.Load());
        Assert.Equal((RunStatus.WaitingUser, "p1", true), (run.Run.Status, run.Prompt.Id.Value, run.Prompt.CanSubmit));
        run.Submit(("code", " 012-345 "), ("number", "7"), ("agree", "on"), ("way", "code"));

        Assert.Equal(RunStatus.Succeeded, run.Run.Status);
    }

    [Fact]
    public void The_prompt_is_busy_while_its_answer_is_tried()
    {
        var run = new LabRun(SubmitThenDone().Load()).Submit(("password", "p1"));

        Assert.Equal(("try", "p1"), (run.Call.Operation, ((Try)run.Call.Input).Password.Reveal()));
        Assert.True(run.Prompt.IsBusy);
        Assert.Equal(RunStatus.Running, run.Run.Status);
        Assert.Equal(RunStatus.Succeeded, run.Answer(new Seen("ok")).Run.Status);
    }

    [Fact]
    public void A_refused_answer_is_asked_again_with_a_new_id_and_the_tries_left()
    {
        var run = new LabRun(SubmitThenDone(max: 3).Load());
        Assert.Equal(3, run.Prompt.Left);

        run.Submit(("password", "p1")).Answer(new Seen("wrong"));

        Assert.Equal(("p2", 2, false), (run.Prompt.Id.Value, run.Prompt.Left, run.Prompt.IsBusy));
        Assert.Equal(("invalid_credentials", "again, 2 left"), (run.Prompt.Messages[0].Code, run.Prompt.Messages[0].Text["en"]));
        Assert.Equal(1, run.Count("refused"));
    }

    [Fact]
    public void After_the_last_refusal_it_gives_up()
    {
        var flow = SubmitThenDone(max: 2);
        flow.Steps.Add(Fail("gave_up"));
        flow.Steps[0] = (CompiledStep.Prompt)flow.Steps[0] with { OnGiveUp = 2 };

        var run = new LabRun(flow.Load()).Submit(("password", "p1")).Answer(new Seen("wrong")).Submit(("password", "p2")).Answer(new Seen("wrong"));

        Assert.Equal("gave_up", run.ExitCode);
        var bare = new LabRun(SubmitThenDone(max: 1).Load()).Submit(("password", "p1")).Answer(new Seen("wrong"));
        Assert.Equal("too_many_attempts", bare.ExitCode);
    }

    [Fact]
    public void A_failure_that_asks_again_runs_its_steps_first_and_counts_once()
    {
        var flow = SubmitThenDone(max: 3);
        var text = new LocalText(ImmutableDictionary<string, string>.Empty.Add("en", "the code has expired"));
        flow.Steps.AddRange([Call(LabFlow.Look, 3), new CompiledStep.Resume("resume", 4, 0)]);
        flow.Steps[0] = (CompiledStep.Prompt)flow.Steps[0] with { AgainText = null, AgainOn = [new Handler("code_expired", 2) { Text = text }] };

        var run = new LabRun(flow.Load()).Submit(("password", "p1")).Fail("code_expired");
        Assert.Equal("look", run.Call.Operation);
        Assert.Null(run.Run.Prompt);
        run.Answer(new Seen("new"));

        Assert.Equal(("p2", 2), (run.Prompt.Id.Value, run.Prompt.Left));
        Assert.Equal(("code_expired", "the code has expired"), (run.Prompt.Messages[0].Code, run.Prompt.Messages[0].Text["en"]));
    }

    [Fact]
    public void Without_a_text_of_its_own_it_says_the_failures()
    {
        var flow = SubmitThenDone();
        flow.Fails.Add(new EndCode("wrong_password", FailureClass.User, RetryAdvice.Now, new LocalText(ImmutableDictionary<string, string>.Empty.Add("en", "wrong!"))));
        flow.Steps.Add(new CompiledStep.Resume("resume", 4, 0));
        flow.Steps[0] = (CompiledStep.Prompt)flow.Steps[0] with { AgainText = null, AgainOn = [new Handler("wrong_password", 2)] };

        Assert.Equal("wrong!", new LabRun(flow.Load()).Submit(("password", "p1")).Fail("wrong_password").Prompt.Messages[0].Text["en"]);
    }

    [Fact]
    public void An_outage_is_retried_and_then_the_person_is_asked_again_instead_of_losing_the_run()
    {
        var run = new LabRun(SubmitThenDone(max: 2).Load()).Submit(("password", "p1"));

        run.Fail(Failures.ProviderDown).WakeWhenDue().Fail(Failures.ProviderDown).WakeWhenDue();
        Assert.True(run.Prompt.IsBusy);
        run.Fail(Failures.ProviderDown);

        Assert.Equal(("p2", Failures.ProviderDown, 1), (run.Prompt.Id.Value, run.Prompt.Messages[0].Code, run.Prompt.Left));
        run.Submit(("password", "p1")).Fail(Failures.ProviderDown).WakeWhenDue().Fail(Failures.ProviderDown).WakeWhenDue();
        Assert.Equal(Failures.ProviderDown, run.Fail(Failures.ProviderDown).ExitCode);
    }

    [Fact]
    public void A_long_rate_limit_is_told_to_the_person_and_a_short_one_is_waited_out()
    {
        var run = new LabRun(SubmitThenDone().Load()).Submit(("password", "p1")).Fail(Failures.RateLimited, retryAfter: 5);
        Assert.Equal(("p1", LabRun.Start.AddSeconds(5)), (run.Prompt.Id.Value, run.Run.WakeAt));

        run.WakeWhenDue().Fail(Failures.RateLimited, retryAfter: 300);

        Assert.Equal(("p2", Failures.RateLimited), (run.Prompt.Id.Value, run.Prompt.Messages[0].Code));
    }

    [Fact]
    public void Other_failures_of_the_submit_call_go_to_catch_or_end_the_run()
    {
        var flow = SubmitThenDone();
        flow.Steps.Add(Fail("caught"));
        flow.Steps[0] = (CompiledStep.Prompt)flow.Steps[0] with { Catch = [new Handler("session_lost", 2)] };

        Assert.Equal("caught", new LabRun(flow.Load()).Submit(("password", "p1")).Fail("session_lost").ExitCode);
        Assert.Equal("flood", new LabRun(flow.Load()).Submit(("password", "p1")).Fail("flood").ExitCode);
    }

    [Fact]
    public void A_submit_call_that_must_happen_once_is_looked_up_after_a_lost_answer()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Prompt(1, LabFlow.Make) with { SubmitConfirm = LabFlow.Find }, Done]);

        var run = new LabRun(flow.Load()).Submit(("password", "p1")).Fail(Failures.ProviderTimeout, isInDoubt: true);

        Assert.Equal("find", run.Call.Operation);
        Assert.Equal(RunStatus.Succeeded, run.Answer(new Made(3)).Run.Status);
    }

    [Fact]
    public void Each_answer_of_a_submit_call_can_be_taken_back()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Prompt(1, LabFlow.Make) with { SubmitUndo = new Undo(LabFlow.Drop) }, Fail("late")]);

        var run = new LabRun(flow.Load()).Submit(("password", "p1")).Answer(new Made(3));

        Assert.Equal("drop", run.Call.Operation);
        Assert.Equal("late", run.Answer(new Made(3)).ExitCode);
    }

    [Fact]
    public void Values_are_checked_again_and_a_wrong_one_costs_no_try()
    {
        var run = new LabRun(SubmitThenDone(max: 3).Load()).Submit(("password", ""));

        Assert.Equal(("p2", 3, "required"), (run.Prompt.Id.Value, run.Prompt.Left, run.Prompt.Messages[0].Code));
    }

    [Fact]
    public void A_reply_to_an_earlier_prompt_changes_nothing()
    {
        var run = new LabRun(SubmitThenDone().Load());

        run.Tell(new RunEvent.Replied(new Reply(new PromptId("p0"), "t", "submit", ImmutableDictionary<string, string>.Empty)));

        Assert.True(run.Last.IsQuiet);
        Assert.Equal("p1", run.Prompt.Id.Value);
    }

    [Fact]
    public void It_gives_up_at_its_timeout()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Prompt(1) with { Timeout = TimeSpan.FromMinutes(5), OnTimeout = 2 }, Done, Fail("session_lost")]);
        var run = new LabRun(flow.Load());
        Assert.Equal((LabRun.Start.AddMinutes(5), LabRun.Start.AddMinutes(5)), (run.Run.WakeAt, run.Prompt.ExpiresAt));

        Assert.Equal("session_lost", run.WakeWhenDue().ExitCode);
        flow.Steps[0] = (CompiledStep.Prompt)flow.Steps[0] with { OnTimeout = null };
        Assert.Equal((RunStatus.Expired, "expired"), (new LabRun(flow.Load()).WakeWhenDue() is var bare ? bare.Run.Status : default, bare.ExitCode));
    }

    [Fact]
    public void An_answer_given_in_time_is_tried_even_when_the_time_ends_meanwhile()
    {
        var flow = SubmitThenDone();
        flow.Steps[0] = (CompiledStep.Prompt)flow.Steps[0] with { Timeout = TimeSpan.FromSeconds(60) };

        var run = new LabRun(flow.Load()).Wake(58).Submit(("password", "p1")).Wake(3);

        Assert.Equal(RunStatus.Succeeded, run.Answer(new Seen("ok")).Run.Status);
    }

    [Fact]
    public void A_form_that_nobody_reads_later_is_forgotten_once_accepted()
    {
        var flow = SubmitThenDone();
        flow.Steps[0] = (CompiledStep.Prompt)flow.Steps[0] with { WipesForm = true };
        flow.Steps[1] = Prompt(2);
        flow.Steps.Add(Done);

        var run = new LabRun(flow.Load()).Submit(("password", "hunter2")).Answer(new Seen("ok"));

        Assert.Null(run.Run.Slots[7]);
        Assert.DoesNotContain("hunter2", System.Text.Encoding.UTF8.GetString(RunCodec.Encode(run.Flow, run.Run)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_button_alone_can_be_pressed()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Prompt(1) with { Fields = [], Button = new LocalText(ImmutableDictionary<string, string>.Empty.Add("en", "Go")) }, Done]);

        var run = new LabRun(flow.Load());

        Assert.Equal(("Go", true), (run.Prompt.Button["en"], run.Prompt.CanSubmit));
        Assert.Equal(RunStatus.Succeeded, run.Submit().Run.Status);
    }

    private static LabFlow SubmitThenDone(int max = 5)
    {
        var flow = new LabFlow();
        flow.Steps.AddRange(
        [
            Prompt(1, LabFlow.Try, max) with
            {
                AgainCondition = flow.When(Wrong), AgainText = flow.Text("\"again, \" + s7.Left + \" left\""),
            },
            Done,
        ]);
        return flow;
    }
}
