using Engine.Runs;
using Engine.Sdk;

namespace Engine.Storage;

/// <summary>What is in the store, in numbers.</summary>
/// <param name="Open">Runs that have not ended; a status with none is left out.</param>
/// <param name="OldestDue">When the next run falls due, or fell due; null where none waits.</param>
/// <param name="Connections">A health with none is left out.</param>
public sealed record StoreCounts(
    IReadOnlyDictionary<RunStatus, long> Open, DateTimeOffset? OldestDue, IReadOnlyDictionary<ConnectionHealth, long> Connections);
