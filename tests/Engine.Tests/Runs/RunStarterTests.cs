using System.Collections.Immutable;
using System.Text.Json;
using Engine.Flows;
using Engine.Runs;
using Engine.Sdk;
using Xunit;
using static Engine.Tests.LabSteps;

namespace Engine.Tests;

public sealed class RunStarterTests
{
    private static readonly StartRequest Wish =
        new("lab-flow", ImmutableDictionary<string, string>.Empty.Add("name", "Desk"), Purpose.Connect, null, "anna", null, null);

    [Fact]
    public async Task A_run_starts_with_its_input_and_is_due_at_once()
    {
        await using var engine = await LabEngine.NewAsync(NamedFlow());
        var work = engine.Changes.NextWork();

        var started = Assert.IsType<StartOutcome.Started>(await engine.Starter.StartAsync(Wish, default));

        Assert.Matches("^run_[0-9a-hjkmnp-tv-z]{26}$", started.Run.Value);
        Assert.True(work.IsCompleted);
        var row = await engine.RunAsync(started.Run);
        Assert.Equal((RunStatus.Running, "v1", LabRun.Start), (row.Status, row.FlowVersion, row.Due));
        await engine.WorkAsync();
        Assert.Equal("succeeded", (await engine.RunAsync(started.Run)).Exit?.Code);
    }

    [Fact]
    public async Task Inputs_that_do_not_fit_are_all_named()
    {
        await using var engine = await LabEngine.NewAsync(NamedFlow());

        var refused = Assert.IsType<StartOutcome.InputRefused>(await engine.Starter.StartAsync(
            Wish with { Input = ImmutableDictionary<string, string>.Empty.Add("nam", "x") }, default));

        Assert.Equal([("nam", "unknown_field"), ("name", "required")], refused.Errors.Select(error => (error.Field, error.Code)));
    }

    [Fact]
    public async Task A_flow_that_is_not_there_is_refused()
    {
        await using var engine = await LabEngine.NewAsync(NamedFlow());

        Assert.Equal(new StartOutcome.NoSuchFlow("other"), await engine.Starter.StartAsync(Wish with { Flow = "other" }, default));
    }

    [Fact]
    public async Task A_purpose_that_the_flow_does_not_offer_is_refused()
    {
        await using var engine = await LabEngine.NewAsync(NamedFlow());

        var refused = Assert.IsType<StartOutcome.PurposeNotOffered>(await engine.Starter.StartAsync(Wish with { Purpose = Purpose.Reconfigure }, default));

        Assert.Equal([Purpose.Connect, Purpose.Reauth], refused.Offered.AsEnumerable());
    }

    [Fact]
    public async Task Reauthorization_needs_a_stored_connection_of_the_same_flow()
    {
        await using var engine = await LabEngine.NewAsync(NamedFlow());
        var reauth = Wish with { Purpose = Purpose.Reauth };
        var mine = await StoredAsync(engine, "lab-flow");
        var others = await StoredAsync(engine, "other-flow");

        Assert.IsType<StartOutcome.ConnectionRequired>(await engine.Starter.StartAsync(reauth, default));
        Assert.IsType<StartOutcome.ConnectionNotWanted>(await engine.Starter.StartAsync(Wish with { Connection = mine }, default));
        Assert.IsType<StartOutcome.NoSuchConnection>(await engine.Starter.StartAsync(reauth with { Connection = new ConnectionId("con_none") }, default));
        Assert.Equal(new StartOutcome.ConnectionOfOtherFlow("other-flow"), await engine.Starter.StartAsync(reauth with { Connection = others }, default));
        var started = Assert.IsType<StartOutcome.Started>(await engine.Starter.StartAsync(reauth with { Connection = mine }, default));
        Assert.Equal(new StartOutcome.AlreadyOpen(started.Run), await engine.Starter.StartAsync(reauth with { Connection = mine }, default));
    }

    [Fact]
    public async Task The_stored_connections_id_and_parameters_are_there_to_read()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange(
            [new CompiledStep.If("if", 1, flow.When("s1 != null && s1.Id == \"con_mine\" && s1.Params.id == 5"), 1, 2), Done, Fail("no")]);
        await using var engine = await LabEngine.NewAsync(flow);
        var mine = await StoredAsync(engine, "lab-flow");

        var started = Assert.IsType<StartOutcome.Started>(await engine.Starter.StartAsync(
            new StartRequest("lab-flow", ImmutableDictionary<string, string>.Empty, Purpose.Reauth, mine, "anna", null, null), default));
        await engine.WorkAsync();

        Assert.Equal("succeeded", (await engine.RunAsync(started.Run)).Exit?.Code);
    }

    [Fact]
    public async Task The_same_key_gives_the_same_run_and_with_another_request_a_refusal()
    {
        await using var engine = await LabEngine.NewAsync(NamedFlow());
        var first = Assert.IsType<StartOutcome.Started>(await engine.Starter.StartAsync(Wish with { Key = new IdempotencyKey("k", "hash1") }, default));

        Assert.Equal(new StartOutcome.Started(first.Run, true), await engine.Starter.StartAsync(Wish with { Key = new IdempotencyKey("k", "hash1") }, default));
        Assert.IsType<StartOutcome.KeyReused>(await engine.Starter.StartAsync(Wish with { Key = new IdempotencyKey("k", "hash2") }, default));
    }

    [Fact]
    public async Task What_an_earlier_run_left_is_offered_to_the_subjects_next_run()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange(
        [
            new CompiledStep.If("if", 1, flow.When("s2 == null"), 1, 3),
            Call(LabFlow.Make, 2) with { Leftover = [new LeftoverPart("thing", flow.Value("s8.Id"))] }, Fail("sorry"),
            new CompiledStep.If("if2", 1, flow.When("s2.thing == 77"), 4, 2), Done,
        ]);
        await using var engine = await LabEngine.NewAsync(flow);
        await engine.StartAsync();
        await engine.WorkAsync(new Made(77));

        var second = await engine.StartAsync();
        await engine.WorkAsync();

        Assert.Equal("succeeded", (await engine.RunAsync(second)).Exit?.Code);
        var third = await engine.StartAsync();
        await engine.WorkAsync(new Made(78));
        Assert.Equal("sorry", (await engine.RunAsync(third)).Exit?.Code);
    }

    private static LabFlow NamedFlow()
    {
        var flow = new LabFlow();
        flow.Inputs.AddRange([NewField("name", FieldType.Text), NewField("token", FieldType.Secret, isRequired: false)]);
        flow.Steps.AddRange([new CompiledStep.If("if", 1, flow.When("s0.name == \"Desk\" && s0.token == null"), 1, 2), Done, Fail("no")]);
        return flow;
    }

    /// <summary>A connection, stored by a run that ends with it.</summary>
    private static async Task<ConnectionId> StoredAsync(LabEngine engine, string flow)
    {
        var id = new ConnectionId(flow == "lab-flow" ? "con_mine" : "con_others");
        var connection = new Connection(
            id, flow, "lab", "anna", null, null, JsonSerializer.SerializeToElement(new { id = 5 }), null, ConnectionHealth.Active, null,
            LabRun.Start, LabRun.Start, 1);
        var row = new StoredRun(
            new RunId("run_" + flow), flow, "v1", Purpose.Connect, "anna", null, null, RunStatus.Running, "x", LabRun.Start, LabRun.Start,
            LabRun.Start, 1, 0, 0, null, null, new byte[] { 1 });
        await engine.Store.CreateAsync(row, null, [], default);
        var claimed = Assert.Single(await engine.Store.ClaimDueAsync(new ClaimRequest("x", 1, TimeSpan.FromSeconds(1)), default));
        var ended = row with { Status = RunStatus.Succeeded, Due = null, Exit = new Exit("succeeded", "x", LabRun.Start, ImmutableDictionary<string, string>.Empty) };
        Assert.True(await engine.Store.SaveAsync(new RunSave(claimed.Lease, ended, [], true, connection, null, false), default));
        return id;
    }
}
