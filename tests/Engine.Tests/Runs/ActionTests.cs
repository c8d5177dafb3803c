using Engine.Flows;
using Engine.Runs;
using Xunit;
using static Engine.Tests.LabSteps;

namespace Engine.Tests;

public sealed class ActionTests
{
    [Fact]
    public void An_action_runs_its_steps_and_the_step_asks_again_with_its_counters_kept()
    {
        var run = new LabRun(ResendFlow().Load()).Submit(("password", "p1")).Answer(new Seen("wrong"));
        var left = run.Prompt.Left;
        var deadline = run.Prompt.ExpiresAt;

        run.Wake(60).Reply("resend");
        Assert.Equal("look", run.Call.Operation);
        run.Answer(new Seen("sent"));

        Assert.Equal(("p3", left, deadline), (run.Prompt.Id.Value, run.Prompt.Left, run.Prompt.ExpiresAt));
        Assert.Equal((1, run.Now.AddSeconds(60)), (run.Prompt.Actions[0].Left, run.Prompt.Actions[0].AvailableAt));
    }

    [Fact]
    public void An_action_that_is_not_yet_there_is_answered_by_asking_again()
    {
        var run = new LabRun(ResendFlow().Load());
        Assert.Equal(LabRun.Start.AddSeconds(60), run.Prompt.Actions[0].AvailableAt);

        run.Reply("resend");

        Assert.Equal(("p2", "not_now", false), (run.Prompt.Id.Value, run.Prompt.Messages[0].Code, run.Run.IsAsking));
        Assert.Equal("p3", run.Reply("no_such_thing").Prompt.Id.Value);
    }

    [Fact]
    public void An_action_taken_as_often_as_it_may_be_is_gone()
    {
        var run = new LabRun(ResendFlow().Load());

        run.Wake(60).Reply("resend").Answer(new Seen("sent")).Wake(60).Reply("resend").Answer(new Seen("sent"));

        Assert.Empty(run.Prompt.Actions);
    }

    [Fact]
    public void Cancel_always_exists()
    {
        var run = new LabRun(ResendFlow().Load()).Reply("cancel");

        Assert.Equal((RunStatus.Cancelled, "cancelled"), (run.Run.Status, run.ExitCode));
    }

    [Fact]
    public void Restart_undoes_and_begins_anew_at_most_as_often_as_the_limit_says()
    {
        var flow = new LabFlow { Limits = new Limits(TimeSpan.FromMinutes(30), 1) };
        flow.Steps.AddRange(
        [
            Call(LabFlow.Make, 1, undo: LabFlow.Drop), Prompt(2) with { Actions = [Action("again", 3)] }, Done, new CompiledStep.Restart("restart", 5),
        ]);
        var run = new LabRun(flow.Load()).Answer(new Made(5)).Reply("again");
        Assert.Equal(("drop", 5), (run.Call.Operation, ((Drop)run.Call.Input).Id));

        run.Answer(new Gone());
        Assert.Equal("make", run.Call.Operation);
        Assert.Null(run.Run.Slots[6]);

        run.Answer(new Made(6)).Reply("again").Answer(new Gone());
        Assert.Equal((RunStatus.Failed, "too_many_attempts"), (run.Run.Status, run.ExitCode));
    }

    [Fact]
    public void Cancelling_while_a_restart_undoes_ends_the_run()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange(
        [
            Call(LabFlow.Make, 1, undo: LabFlow.Drop), Prompt(2) with { Actions = [Action("again", 3)] }, Done, new CompiledStep.Restart("restart", 5),
        ]);

        var run = new LabRun(flow.Load()).Answer(new Made(5)).Reply("again").Tell(new RunEvent.CancelRequested()).Answer(new Gone());

        Assert.Equal(RunStatus.Cancelled, run.Run.Status);
    }

    private static LabFlow ResendFlow()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange(
        [
            Prompt(1, LabFlow.Try) with
            {
                AgainCondition = flow.When("Seen.Status == \"wrong\""),
                Timeout = TimeSpan.FromMinutes(5),
                Actions = [Action("resend", 2, after: 60, max: 2)],
            },
            Done, Call(LabFlow.Look, 3), new CompiledStep.Resume("resume", 4, 0),
        ]);
        return flow;
    }
}
