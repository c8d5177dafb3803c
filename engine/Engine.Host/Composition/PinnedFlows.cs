using System.Collections.Immutable;
using System.Text.Json;
using Engine.Plugins;
using Engine.Storage;

namespace Engine.Host;

/// <summary>
/// The flow versions that an earlier engine kept in the data folder: for each, <c>VERSION/flow.yaml</c> and <c>VERSION/pinned.json</c>. They
/// move into the store, once.
/// </summary>
internal static class PinnedFlows
{
    /// <summary>Moves what is there, with the plugin builds that are named and still at hand.</summary>
    public static async Task MoveAsync(string folder, EngineStore store, PluginCatalog plugins, CancellationToken cancellation)
    {
        if (!Directory.Exists(folder)) return;
        var flows = Directory.EnumerateDirectories(folder).Select(Read).OfType<KeptFlow>().ToList();
        var builds = flows.SelectMany(flow => flow.Builds.Values).Distinct(StringComparer.Ordinal)
            .Where(build => plugins.FindProblem(build) is null);
        await store.KeepAsync(flows, [.. builds.Select(build => FlowVersions.KeptOf(build, plugins))], cancellation);
        Directory.Delete(folder, recursive: true);
    }

    private static KeptFlow? Read(string path)
    {
        var (pin, source) = (Path.Combine(path, "pinned.json"), Path.Combine(path, "flow.yaml"));
        if (!File.Exists(pin) || !File.Exists(source)) return null;
        try
        {
            return JsonSerializer.Deserialize<Pin>(File.ReadAllBytes(pin)) is { } found
                ? new KeptFlow(found.Flow, found.Version, File.ReadAllText(source), found.Providers.ToImmutableSortedDictionary(StringComparer.Ordinal))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Pin(string Flow, string Version, ImmutableDictionary<string, string> Providers);
}
