using Engine.Flows;
using Engine.Runs;
using Engine.Sdk;
using Xunit;
using static Engine.Tests.LabSteps;

namespace Engine.Tests;

public sealed class ControlTests
{
    [Theory]
    [InlineData("a", "first")]
    [InlineData("b", "second")]
    [InlineData("c", Failures.ProviderChanged)]
    public void Branch_goes_to_the_case_that_fits(string status, string code)
    {
        var flow = new LabFlow();
        var choice = flow.Choice("Seen.Status == \"a\" ? 0 : Seen.Status == \"b\" ? 1 : -1");
        flow.Steps.AddRange([Call(LabFlow.Look, 1), new CompiledStep.Branch("branch", 2, choice, [2, 3], null), Fail("first"), Fail("second")]);

        Assert.Equal(code, LabRun.Of(flow).Answer(new Seen(status)).ExitCode);
    }

    [Fact]
    public void Branch_goes_to_else_when_no_case_fits()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([new CompiledStep.Branch("branch", 2, flow.Choice("-1"), [], 1), Fail("otherwise")]);

        Assert.Equal("otherwise", LabRun.Of(flow).ExitCode);
    }

    [Fact]
    public void Set_assigns_in_order()
    {
        var flow = new LabFlow { Slots = { "int?" } };
        flow.Steps.AddRange(
        [
            new CompiledStep.Set("set", 1, [new Assignment(9, flow.Value("1")), new Assignment(9, flow.Value("s9 + 1"))], 1),
            new CompiledStep.If("if", 2, flow.When("s9 == 2"), 2, 3), Done, Fail("no"),
        ]);

        Assert.Equal(RunStatus.Succeeded, LabRun.Of(flow).Run.Status);
    }

    [Fact]
    public void Wait_waits()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([new CompiledStep.Wait("wait", 1, TimeSpan.FromSeconds(5), 1), Done]);

        var run = LabRun.Of(flow);
        Assert.Equal((RunStatus.WaitingProvider, LabRun.Start.AddSeconds(5)), (run.Run.Status, run.Run.WakeAt));
        Assert.Equal(RunStatus.WaitingProvider, run.Wake(4).Run.Status);

        Assert.Equal(RunStatus.Succeeded, run.Wake(1).Run.Status);
    }

    [Fact]
    public void Repeat_goes_round_while_its_condition_holds_and_gives_up_after_its_maximum()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange(
        [
            new CompiledStep.StartOfRepeat("repeat", 1, 2, 1), Call(LabFlow.Look, 2),
            new CompiledStep.EndOfRepeat("end", 3, flow.When("Seen.Status == \"again\""), 3, 1, 4, 3), Done, Fail("gave_up"),
        ]);

        Assert.Equal("succeeded", LabRun.Of(flow).Answer(new Seen("again")).Answer(new Seen("fine")).ExitCode);
        Assert.Equal("gave_up", LabRun.Of(flow).Answer(new Seen("again")).Answer(new Seen("again")).Answer(new Seen("again")).ExitCode);
    }

    [Fact]
    public void An_inner_repeat_counts_anew_in_each_outer_round()
    {
        var flow = new LabFlow { Slots = { "int" } };
        flow.Steps.AddRange(
        [
            new CompiledStep.StartOfRepeat("outer", 1, 4, 1),
            new CompiledStep.StartOfRepeat("inner", 2, 3, 2),
            new CompiledStep.Set("count", 3, [new Assignment(9, flow.Value("s9 + 1"))], 3),
            new CompiledStep.EndOfRepeat("end inner", 4, flow.When("s9 % 2 == 1"), 2, 2, 7, 4),
            new CompiledStep.EndOfRepeat("end outer", 5, flow.When("s9 < 6"), 3, 1, 7, 5),
            new CompiledStep.If("if", 6, flow.When("s9 == 6"), 6, 7), Done, Fail("no"),
        ]);

        Assert.Equal("succeeded", LabRun.Of(flow).ExitCode);
    }

    [Fact]
    public void A_loop_that_takes_no_time_is_stopped()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([new CompiledStep.If("if", 1, flow.When("true"), 0, 0)]);

        Assert.Equal(Failures.Internal, LabRun.Of(flow).ExitCode);
    }

    [Fact]
    public void A_step_entered_again_remembers_nothing_of_the_last_time()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange(
        [
            new CompiledStep.StartOfRepeat("repeat", 1, 2, 1), Prompt(2, LabFlow.Try, 2) with { AgainCondition = flow.When("Seen.Status == \"wrong\"") },
            new CompiledStep.EndOfRepeat("end", 3, flow.When("true"), 3, 1, 3, 3), Done,
        ]);
        var run = LabRun.Of(flow).Submit(("password", "x")).Answer(new Seen("wrong"));
        Assert.Equal(1, run.Prompt.Left);

        Assert.Equal(2, run.Submit(("password", "x")).Answer(new Seen("right")).Prompt.Left);
    }
}
