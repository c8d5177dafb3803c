using System.Collections.Immutable;

namespace Engine.Storage;

/// <summary>A flow version as the store keeps it, so that any engine can go on with its runs.</summary>
/// <param name="Version">Its hash.</param>
/// <param name="Source">The text as it was read.</param>
/// <param name="Builds">The plugin builds it was compiled against, by provider name.</param>
public sealed record KeptFlow(string Flow, string Version, string Source, ImmutableSortedDictionary<string, string> Builds);

/// <summary>A plugin build as the store keeps it.</summary>
/// <param name="Build">Its hash.</param>
/// <param name="Name">The plugin's name, for who reads the table.</param>
/// <param name="Content">Its files, packed by whoever knows plugins.</param>
public sealed record KeptBuild(string Build, string Name, ImmutableArray<byte> Content);

/// <summary>The flow versions and plugin builds that the store does not have.</summary>
public sealed record MissingVersions(IReadOnlySet<string> Flows, IReadOnlySet<string> Builds);

/// <summary>What all nodes serve together.</summary>
/// <param name="Flows">Versions by flow name.</param>
/// <param name="Builds">The plugin builds that are current, in order.</param>
public sealed record PublishedFlows(ImmutableSortedDictionary<string, string> Flows, ImmutableArray<string> Builds)
{
    /// <summary>The same for the same parts, in whatever order they come.</summary>
    public static PublishedFlows Of(IEnumerable<KeyValuePair<string, string>> flows, IEnumerable<string> builds) =>
        new(flows.ToImmutableSortedDictionary(StringComparer.Ordinal), [.. builds.Order(StringComparer.Ordinal)]);
}

/// <summary>One publication, as the history shows it.</summary>
/// <param name="Number">Grows with each publication.</param>
/// <param name="Hash">Of what was published; empty where nodes were told to serve their own folders.</param>
/// <param name="By">Who published, as they said.</param>
/// <param name="Flows">How many flows there are in it.</param>
public sealed record Publication(long Number, string Hash, DateTimeOffset At, string By, int Flows);
