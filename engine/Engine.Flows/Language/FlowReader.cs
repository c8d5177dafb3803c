namespace Engine.Flows;

/// <summary>Reads a flow file: grammar only. Bad input gives findings, never an exception.</summary>
internal static class FlowReader
{
    public static FlowReading Read(FlowSource source) => throw new NotSupportedException();
}
