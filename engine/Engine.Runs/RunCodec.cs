using Engine.Flows;

namespace Engine.Runs;

/// <summary>Writes a run's state for the store and reads it back. The bytes hold bare secrets: only a sealing store may take them.</summary>
public static class RunCodec
{
    public static byte[] Encode(LoadedFlow flow, Run run) => throw new NotSupportedException();

    /// <summary>Reads what <see cref="Encode"/> wrote with the same flow version.</summary>
    /// <exception cref="System.Text.Json.JsonException">The bytes are not such a state.</exception>
    public static Run Decode(LoadedFlow flow, ReadOnlySpan<byte> state) => throw new NotSupportedException();
}
