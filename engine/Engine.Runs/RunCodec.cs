using System.Text.Json;
using Engine.Flows;

namespace Engine.Runs;

/// <summary>Writes a run's state for the store and reads it back. The bytes hold bare secrets: only a sealing store may take them.</summary>
public static class RunCodec
{
    private const int Version = 1;

    public static byte[] Encode(LoadedFlow flow, Run run) =>
        JsonSerializer.SerializeToUtf8Bytes(new RunDocument(Version, run), flow.Json);

    /// <summary>Reads what <see cref="Encode"/> wrote with the same flow version.</summary>
    /// <exception cref="JsonException">The bytes are not such a state.</exception>
    public static Run Decode(LoadedFlow flow, ReadOnlySpan<byte> state)
    {
        var document = JsonSerializer.Deserialize<RunDocument>(state, flow.Json);
        if (document is not { Version: Version, Run: { } run })
        {
            throw new JsonException($"the run's state has version {document?.Version}; this engine reads version {Version}");
        }
        if (run.Slots.Length != flow.Flow.Slots.Length)
        {
            throw new JsonException($"the run's state has {run.Slots.Length} variables; flow '{flow.Flow.Name}' has {flow.Flow.Slots.Length}");
        }
        return run with
        {
            Slots = [.. run.Slots.Select((value, slot) => Typed(flow, value, flow.SlotType(slot)))],
            Pending = run.Pending is { } call ? Typed(flow, call) : null,
            Undo = [.. run.Undo.Select(entry => entry with { Input = Input(flow, entry.Site, entry.Input) })],
        };
    }

    private static PendingCall Typed(LoadedFlow flow, PendingCall call) => call with
    {
        Input = call.Kind == PendingKind.LookUp ? Required(Typed(flow, call.Input, typeof(string))) : Input(flow, call.Site, call.Input),
        Confirm = call.Confirm is { } confirm ? confirm with { Input = Input(flow, confirm.Site, confirm.Input) } : null,
    };

    private static object Input(LoadedFlow flow, int site, object value) =>
        Required(Typed(flow, value, flow.FindType(flow.Flow.Calls[site].InputType)));

    /// <summary>A value whose type JSON does not tell was read as an element; here it gets the type that the flow knows.</summary>
    private static object? Typed(LoadedFlow flow, object? value, Type type) =>
        value is JsonElement element ? element.Deserialize(type, flow.Json) : value;

    private static object Required(object? value) => value ?? throw new JsonException("the run's state lacks the input of a call");

    private sealed record RunDocument(int Version, Run? Run);
}
