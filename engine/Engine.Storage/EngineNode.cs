using System.Collections.Immutable;

namespace Engine.Storage;

/// <summary>An engine process over this store, as it last said.</summary>
/// <param name="Name">One for each process, such as <c>connect-1-4711-9f3a</c>.</param>
/// <param name="Version">Of the engine.</param>
/// <param name="Address">Where it is reached; null until it listens.</param>
/// <param name="Host">Who runs its pump: <c>engine</c> or <c>hangfire</c>.</param>
/// <param name="Snapshot">The publication that it serves; null where it serves its own folders.</param>
/// <param name="Problems">What it cannot do, in sentences for ops; empty when all is well.</param>
/// <param name="StartedAt">By the database's clock.</param>
/// <param name="SeenAt">When it last said that it lives, by the database's clock.</param>
public sealed record EngineNode(
    string Name, string Version, string? Address, string Host, long? Snapshot, ImmutableArray<string> Problems,
    DateTimeOffset StartedAt, DateTimeOffset SeenAt);
