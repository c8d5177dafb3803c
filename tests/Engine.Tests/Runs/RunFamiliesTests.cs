using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using Engine.Flows;
using Engine.Runs;
using Engine.Sdk;
using Xunit;
using static Engine.Tests.LabSteps;

namespace Engine.Tests;

/// <summary>Every member of a closed family is known wherever the family is taken apart.</summary>
public sealed class RunFamiliesTests
{
    [Fact]
    public void The_machine_takes_every_event()
    {
        RunEvent[] events =
        [
            new RunEvent.Started(), new RunEvent.Woke(), new RunEvent.CallAnswered(new EffectId("e1"), new Seen("x")),
            new RunEvent.CallFailed(new EffectId("e1"), new Failure("x", "y")), new RunEvent.CallLost(new EffectId("e1")),
            new RunEvent.Replied(new Reply(new PromptId("p1"), "t", "submit", ImmutableDictionary<string, string>.Empty)),
            new RunEvent.CancelRequested(), new RunEvent.Hurried(), new RunEvent.IdentityLookedUp(new EffectId("e9"), null),
            new RunEvent.Returned(new Return(new TokenHash("h"), new PromptId("p1"), null, null)),
            new RunEvent.Signalled(new Signal("bell", "k", JsonSerializer.SerializeToElement(1))),
        ];
        AssertWhole(events);
        var flow = new LabFlow();
        flow.Steps.AddRange([Call(LabFlow.Look, 1), Done]);

        foreach (var happened in events) Assert.NotNull(LabRun.Of(flow).Tell(happened).Run);
    }

    [Fact]
    public void The_machine_takes_every_step()
    {
        var flow = new LabFlow();
        CompiledStep[] steps =
        [
            Call(LabFlow.Look, 1), Poll(flow, 1), Prompt(1), new CompiledStep.Branch("b", 1, flow.Choice("0"), [1], null),
            new CompiledStep.If("i", 1, flow.When("true"), 1, 1), new CompiledStep.Set("s", 1, [], 1),
            new CompiledStep.Wait("w", 1, TimeSpan.FromSeconds(1), 1), new CompiledStep.StartOfRepeat("r", 1, 1, 1),
            new CompiledStep.EndOfRepeat("e", 1, flow.When("false"), 1, 1, 1, 1), new CompiledStep.Resume("u", 1, 2), new CompiledStep.Restart("t", 1),
            Connect(flow, 1), Fail("x"), Done, Redirect(flow, 1), Await(1),
        ];
        AssertWhole(steps);

        foreach (var step in steps)
        {
            flow.Steps.Clear();
            flow.Steps.AddRange([step, Done, Prompt(1)]);
            Assert.True(LabRun.Of(flow).Run.IsStarted);
        }
    }

    [Fact]
    public void Every_code_of_the_engine_has_a_text_in_both_languages()
    {
        var flow = new LabFlow();
        flow.Steps.Add(Done);
        var compiled = flow.Load().Flow;
        string[] codes =
        [
            .. typeof(Failures).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetValue(null)!),
            "invalid_input", "invalid_credentials", "invalid_code", "code_expired", "too_many_attempts", "qr_expired", "not_scanned",
            "password_required", "wrong_account", "already_connected", "denied_by_user", "insufficient_scope", "account_locked",
            "account_action_required", "account_suspended", "pending_review", "client_unsupported", "callback_invalid", "callback_replayed",
            "link_expired", "link_used", "run_expired", "cancelled", "quota_exceeded", "expired", "not_now",
        ];

        foreach (var code in codes)
        {
            var text = EngineTexts.TextOf(compiled, code);
            Assert.NotSame(EngineTexts.TextOf(compiled, "no_such_code"), text);
            Assert.All(["en", "ru"], language => Assert.NotEmpty(text[language]));
        }
    }

    [Fact]
    public void A_final_run_takes_no_event()
    {
        var flow = new LabFlow();
        flow.Steps.Add(Done);
        var run = LabRun.Of(flow);

        Assert.True(run.Tell(new RunEvent.CancelRequested()).Last.IsQuiet);
        Assert.Equal(RunStatus.Succeeded, run.Run.Status);
    }

    [Fact]
    public void Nothing_that_is_written_to_logs_tells_a_value()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Prompt(1, LabFlow.Try), Done]);
        var run = LabRun.Of(flow).Submit(("password", "hunter2"));

        object?[] all = [run.Run, run.Run.Pending, run.Last, run.Call, new RunEvent.CallAnswered(run.Call.Id, new Seen("hunter2")), .. run.Journal.SelectMany(entry => entry.Detail.Values)];
        Assert.All(all, one => Assert.DoesNotContain("hunter2", $"{one}", StringComparison.Ordinal));
    }

    private static void AssertWhole<T>(IReadOnlyCollection<T> samples) => Assert.Equal(
        typeof(T).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(T))).Select(type => type.Name).Order(),
        samples.Select(sample => sample!.GetType().Name).Order());
}
