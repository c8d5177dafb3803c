using System.Diagnostics;

namespace Engine.Host;

/// <summary>Where the host's spans come from; those of runs and of exchanges with providers have sources of the same name.</summary>
internal static class Spans
{
    public static readonly ActivitySource Source = new(EngineMeters.Name);
}
