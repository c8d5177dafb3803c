using System.Collections.Immutable;
using System.Text.Json;
using Engine.Flows;
using Engine.Runs;
using Engine.Sdk;
using Xunit;
using static Engine.Tests.LabSteps;

namespace Engine.Tests;

public sealed class RunCodecTests
{
    [Fact]
    public void Every_part_of_a_run_is_written_and_read_back()
    {
        var flow = FullFlow();
        var full = FullRun(flow);

        var read = RunCodec.Decode(flow, RunCodec.Encode(flow, full));

        Assert.Equal(JsonSerializer.Serialize(full, flow.Json), JsonSerializer.Serialize(read, flow.Json));
        Assert.Equal("p4ss", Assert.IsType<Try>(read.Pending?.Input).Password.Reveal());
        Assert.Equal("thing", Assert.IsType<Find>(read.Pending?.Confirm?.Input).Name);
        Assert.Equal(5, Assert.IsType<Drop>(read.Undo[0].Input).Id);
        Assert.Equal("tg://1", Assert.IsType<Seen>(read.Slots[6]).Qr?.Reveal());
        Assert.Equal("http 429", Assert.IsType<Failure>(read.Slots[RootSlots.Failure]).ProviderCode);
    }

    [Fact]
    public void No_property_of_a_run_is_left_out_of_that_test()
    {
        var flow = FullFlow();
        var fresh = new Run { Id = default, Purpose = default, Subject = "", CreatedAt = default, Deadline = default, Draft = default, Slots = [] };
        var full = FullRun(flow);

        foreach (var property in typeof(Run).GetProperties().Where(property => property.CanWrite))
        {
            Assert.False(Equals(property.GetValue(full), property.GetValue(fresh)), $"{property.Name} has its default");
        }
    }

    [Fact]
    public void A_state_of_another_version_is_refused()
    {
        var refusal = Assert.Throws<JsonException>(() => RunCodec.Decode(FullFlow(), """{"version":2}"""u8));

        Assert.Equal("the run's state has version 2; this engine reads version 1", refusal.Message);
    }

    [Fact]
    public void A_state_of_another_flow_is_refused()
    {
        var flow = FullFlow();
        var state = RunCodec.Encode(flow, FullRun(flow) with { Slots = [null] });

        Assert.Equal("the run's state has 1 variables; flow 'lab-flow' has 9", Assert.Throws<JsonException>(() => RunCodec.Decode(flow, state)).Message);
    }

    private static LoadedFlow FullFlow()
    {
        var flow = new LabFlow();
        flow.Steps.Add(Done);
        return flow.Load();
    }

    private static Run FullRun(LoadedFlow flow)
    {
        var at = LabRun.Start;
        var slots = new object?[flow.Flow.Slots.Length];
        slots[RootSlots.Failure] = new Failure("f", "because", TimeSpan.FromSeconds(3), true) { ProviderCode = "http 429" };
        slots[6] = new Seen("waiting", new ShowOnce("tg://1"), at);
        slots[8] = new Made(4);
        var text = ImmutableDictionary<string, string>.Empty.Add("en", "x");
        var connection = new Connection(
            new ConnectionId("c"), "f", "p", "s", "k", "l", JsonSerializer.SerializeToElement(1), JsonSerializer.SerializeToElement("secret"),
            ConnectionHealth.Degraded, "cause", at, at, 2);
        return new Run
        {
            Id = new RunId("run_1"), Purpose = Purpose.Reauth, Subject = "s", World = "w", CreatedAt = at, Deadline = at.AddMinutes(1),
            Draft = new ConnectionId("d"), Stored = connection, IsConnected = true, IsStarted = true, Status = RunStatus.WaitingUser, Step = 3,
            Slots = [.. slots],
            Memory = ImmutableDictionary<int, StepMemory>.Empty.Add(3, new StepMemory
            {
                Deadline = at, Rounds = 1, Failures = 2, Slower = TimeSpan.FromSeconds(5), NextAt = at, Refused = 3,
                Messages = [new PromptMessage("c", text)], Asked = new PromptId("p1"), Rev = 4, AppearedAt = at,
                Shown = new ShownMemory("f", at, 2), Actions = ImmutableDictionary<string, TakenAction>.Empty.Add("a", new TakenAction(1, at)),
            }),
            Pending = new PendingCall(PendingKind.Submit, new EffectId("e1"), LabFlow.Try, new Try(new Secret("p4ss")), 2, at)
            {
                SendAt = at, RateLimits = 1, IsLost = true, ConfirmingSince = at, Confirm = new ConfirmCall(LabFlow.Find, new Find("thing"), at),
            },
            Prompt = new PromptView(
                new PromptId("p1"), 2, "s", true, text, [new PromptField("n", "text", true, text, text, "p", 4, "v", [new PromptOption("o", text)])],
                true, text, new ShownValues("q", "i", "c", "l", "f", at, 1, 2), [new ActionView("a", text, at, 1)], [new PromptMessage("c", text)], 2, at),
            Undo = [new UndoEntry(1, LabFlow.Drop, new Drop(5))],
            Signals = [new KeptSignal("bell", JsonSerializer.SerializeToElement(new { id = 1 }))], Hints = ["bell"],
            Leftover = ImmutableDictionary<string, JsonElement>.Empty.Add("thing", JsonSerializer.SerializeToElement(7)),
            HasNewLeftover = true, Restarts = 1, Ending = new Ending(RunStatus.Cancelled, "cancelled", "s", true),
            Exit = new Exit("c", "s", at, text), Effects = 7, Prompts = 8, WakeAt = at,
        };
    }
}
