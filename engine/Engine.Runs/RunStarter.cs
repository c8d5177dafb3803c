using System.Collections.Immutable;
using System.Text.Json;
using Engine.Flows;

namespace Engine.Runs;

/// <summary>Begins runs.</summary>
/// <param name="fillRandom">Fills a span with random bytes; ids are made of them.</param>
public sealed class RunStarter(
    IFlowVersions flows, IRunStore store, RunChanges changes, TimeProvider time, Action<Span<byte>> fillRandom)
{
    /// <summary>Where the hooks of new runs are called.</summary>
    public EngineAddress Address { get; init; } = new(null);

    /// <summary>Checks a wish and stores the new run, due at once.</summary>
    public async Task<StartOutcome> StartAsync(StartRequest request, CancellationToken cancellation)
    {
        if (flows.FindCurrent(request.Flow) is not { } flow) return new StartOutcome.NoSuchFlow(request.Flow);
        if (flow.Flow.StartsOn is { } begin && request.Payload is null) return new StartOutcome.BegunByHook($"{begin.Provider}.{begin.Hook}");
        var offered = flow.Flow.Purposes;
        if (!offered.Contains(request.Purpose)) return new StartOutcome.PurposeNotOffered(request.Purpose, offered);

        Connection? stored = null;
        if (request.Purpose == Purpose.Connect)
        {
            if (request.Connection is not null) return new StartOutcome.ConnectionNotWanted();
        }
        else
        {
            if (request.Connection is not { } id) return new StartOutcome.ConnectionRequired(request.Purpose);
            stored = await store.FindConnectionAsync(id, cancellation);
            if (stored is null) return new StartOutcome.NoSuchConnection(id);
            if (!Renewal.IsBy(flow.Flow, stored, flows.FindCurrent(stored.Flow)?.Flow)) return new StartOutcome.ConnectionOfOtherFlow(stored.Flow);
        }

        var input = FieldRules.Check(flow.Flow.Inputs, stored is null ? request.Input : Prefilled(flow.Flow, request.Input, stored.Params));
        if (!input.Errors.IsEmpty) return new StartOutcome.InputRefused(input.Errors);
        return await CreateAsync(flow, request, stored, input.Values, cancellation);
    }

    /// <summary>What is not given and has the name of a parameter of the connection is as it was.</summary>
    private static Dictionary<string, string> Prefilled(CompiledFlow flow, IReadOnlyDictionary<string, string> given, JsonElement parameters)
    {
        var input = given.ToDictionary(StringComparer.Ordinal);
        foreach (var field in flow.Inputs.Where(field => field.Type != FieldType.Secret && !given.ContainsKey(field.Name)))
        {
            if (parameters.ValueKind != JsonValueKind.Object || !parameters.TryGetProperty(field.Name, out var value)) continue;
            if (value.ValueKind == JsonValueKind.String) input[field.Name] = value.GetString() ?? "";
            else if (value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False) input[field.Name] = value.GetRawText();
        }

        return input;
    }

    private async Task<StartOutcome> CreateAsync(
        LoadedFlow flow, StartRequest request, Connection? stored, ImmutableDictionary<string, string> input,
        CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var id = new RunId("run_" + RandomId.New(now, fillRandom));
        var leftover = request.Purpose == Purpose.Connect && LeavesParts(flow.Flow)
            ? await store.TakeLeftoverAsync(request.Flow, request.Subject, request.World is not null, id, cancellation)
            : null;
        var hooks = flow.Flow.Hooks.Select(hook => (Hook: hook, Token: EngineAddress.NewToken(fillRandom))).ToList();
        var run = NewRun(flow, request, stored, id, now) with
        {
            Slots = SlotsOf(flow, input, stored, leftover, request.Payload, hooks),
            Leftover = leftover is null ? ImmutableDictionary<string, JsonElement>.Empty : PartsOf(leftover),
        };
        var row = RowOf(flow, request, run) with
        {
            Hooks = [.. hooks.Select(hook => new HookAddress(hook.Token.Hash, hook.Hook.Name, hook.Hook.Provider, hook.Hook.Hook))],
        };
        var creation = await store.CreateAsync(row, request.Key, [], cancellation);
        if (creation is RunCreation.Created) changes.WorkAdded();
        return creation switch
        {
            RunCreation.Created => new StartOutcome.Started(id, false),
            RunCreation.Repeated repeated => new StartOutcome.Started(repeated.Id, true),
            RunCreation.KeyReused => new StartOutcome.KeyReused(),
            RunCreation.AlreadyOpen open => new StartOutcome.AlreadyOpen(open.Id),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private Run NewRun(LoadedFlow flow, StartRequest request, Connection? stored, RunId id, DateTimeOffset now) => new()
    {
        Id = id,
        Purpose = request.Purpose,
        Subject = request.Subject,
        World = request.World,
        CreatedAt = now,
        Deadline = now + flow.Flow.Limits.Total,
        Draft = new ConnectionId("con_" + RandomId.New(now, fillRandom)),
        Stored = stored,
        Slots = [],
        WakeAt = now,
    };

    private static StoredRun RowOf(LoadedFlow flow, StartRequest request, Run run) => new(
        run.Id, request.Flow, flow.Flow.Version, request.Purpose, request.Subject, request.Connection, request.World,
        RunStatus.Running, flow.Flow.Steps[0].Name, run.CreatedAt, run.CreatedAt, run.CreatedAt, 1, 0, 0, null, null,
        RunCodec.Encode(flow, run));

    private ImmutableArray<object?> SlotsOf(
        LoadedFlow flow, ImmutableDictionary<string, string> input, Connection? stored, string? leftover, JsonElement? payload,
        IEnumerable<(FlowHook Hook, (string Token, TokenHash Hash) Token)> hooks)
    {
        var slots = new object?[flow.Flow.Slots.Length];
        slots[RootSlots.Input] = FormJson.Read(flow, flow.SlotType(RootSlots.Input), flow.Flow.Inputs, input, null);
        if (stored is not null)
        {
            var root = JsonSerializer.SerializeToElement(new ConnectionRoot(stored.Id.Value, stored.Params), flow.Json);
            slots[RootSlots.Connection] = root.Deserialize(flow.SlotType(RootSlots.Connection), flow.Json);
        }
        if (leftover is not null)
        {
            slots[RootSlots.Leftover] = JsonSerializer.Deserialize(leftover, flow.SlotType(RootSlots.Leftover), flow.Json);
        }
        if (flow.Flow.StartsOn is { } begin && payload is { } said) slots[begin.Slot] = said.Deserialize(flow.SlotType(begin.Slot), flow.Json);
        if (flow.Flow.HooksSlot is { } place)
        {
            var roots = hooks.ToDictionary(hook => hook.Hook.Name, hook => new HookRoot(Address.HookOf(hook.Token.Token)), StringComparer.Ordinal);
            slots[place] = JsonSerializer.SerializeToElement(roots, flow.Json).Deserialize(flow.SlotType(place), flow.Json);
        }

        return [.. slots];
    }

    private static bool LeavesParts(CompiledFlow flow) => flow.Steps.Any(step => step is CompiledStep.Call { Leftover.IsEmpty: false });

    private static ImmutableDictionary<string, JsonElement> PartsOf(string leftover) =>
        JsonSerializer.Deserialize<ImmutableDictionary<string, JsonElement>>(leftover) ?? ImmutableDictionary<string, JsonElement>.Empty;

    private sealed record ConnectionRoot(string Id, JsonElement Params);
}
