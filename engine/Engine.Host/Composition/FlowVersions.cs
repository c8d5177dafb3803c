using System.Collections.Concurrent;
using System.Collections.Immutable;
using Engine.Flows;
using Engine.Plugins;
using Engine.Runs;

namespace Engine.Host;

/// <summary>
/// Every version of a flow that a run may name. Each version is loaded once at a time, since values of one loading do not fit another; a
/// version that nobody uses any more leaves the memory, and comes back from the data folder when a run wants it.
/// </summary>
internal sealed class FlowVersions(PluginCatalog plugins, PinnedFlows pinned, FlowCache cache, ILogger log)
{
    private readonly ConcurrentDictionary<string, WeakReference<LoadedFlow>> loaded = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<LoadedFlow?>>> loading = new(StringComparer.Ordinal);
    private ImmutableHashSet<PinnedFlow> unused = [];

    /// <summary>The version, kept for as long as runs may name it.</summary>
    public LoadedFlow Take(CompiledFlow flow)
    {
        if (FindLoaded(flow.Version) is { } known) return known;
        pinned.Keep(flow);
        return Hold(Load(flow));
    }

    /// <summary>Null where the version cannot be had any more; the log says why.</summary>
    public Task<LoadedFlow?> FindAsync(string flow, string version, CancellationToken cancellation) =>
        FindLoaded(version) is { } known
            ? Task.FromResult<LoadedFlow?>(known)
            : loading.GetOrAdd(version, _ => new Lazy<Task<LoadedFlow?>>(
                () => Task.Run(() => LoadOnce(flow, version), CancellationToken.None))).Value.WaitAsync(cancellation);

    /// <summary>
    /// Forgets the versions, and the plugin builds, that are neither current nor named by an open run. A run that is being started
    /// names its version a moment later: while the engine works, a version goes only if it was unused at the last call too.
    /// </summary>
    public async Task RemoveUnusedAsync(
        IReadOnlyCollection<LoadedFlow> current, IRunStore store, bool isStarting, CancellationToken cancellation)
    {
        var versions = current.Select(flow => flow.Flow.Version).ToHashSet(StringComparer.Ordinal);
        var builds = current.SelectMany(flow => flow.Flow.Providers.Values).ToHashSet(StringComparer.Ordinal);
        var found = ImmutableHashSet.CreateBuilder<PinnedFlow>();
        foreach (var kept in pinned.All())
        {
            if (versions.Contains(kept.Version) || await IsNamedAsync(store, kept, cancellation))
            {
                builds.UnionWith(kept.Providers.Values);
            }
            else if (isStarting || unused.Any(before => before.Version == kept.Version))
            {
                loaded.TryRemove(kept.Version, out _);
                pinned.Remove(kept);
            }
            else
            {
                found.Add(kept);
                builds.UnionWith(kept.Providers.Values);
            }
        }
        unused = found.ToImmutable();
        plugins.RemoveUnused(builds);
    }

    // A list that is full may hide the run that is looked for: then the version stays.
    private static async Task<bool> IsNamedAsync(IRunStore store, PinnedFlow kept, CancellationToken cancellation)
    {
        const int most = 200;
        var open = await store.ListAsync(new RunFilter(Flow: kept.Flow, IsOpenOnly: true, Limit: most), cancellation);
        return open.Count == most || open.Any(run => run.FlowVersion == kept.Version);
    }

    private LoadedFlow? FindLoaded(string version) =>
        loaded.TryGetValue(version, out var reference) && reference.TryGetTarget(out var flow) ? flow : null;

    // From here on the weak reference finds it. What cannot be had now may be had later, when the disk or the plugin's folder is back.
    private LoadedFlow? LoadOnce(string flow, string version)
    {
        try
        {
            return LoadPinned(flow, version);
        }
        finally
        {
            loading.TryRemove(version, out _);
        }
    }

    private LoadedFlow? LoadPinned(string flow, string version)
    {
        if (FindLoaded(version) is { } known) return known;
        if (pinned.Find(flow, version) is not { } kept) return null;
        var providers = kept.Providers.Select(pair => plugins.FindProvider(pair.Key, pair.Value)).OfType<Provider>().ToImmutableArray();
        if (providers.Length < kept.Providers.Count) return null;
        try
        {
            var compiled = cache.Recompile(pinned.SourceOf(kept), new Catalog(providers), CancellationToken.None);
            return Hold(Load(compiled with { Version = version }));
        }
        catch (Exception error) when (error is InvalidOperationException or IOException or TypeLoadException)
        {
            Log.PinnedFlowLost(log, error, flow, version);
            return null;
        }
    }

    // Of two loadings at the same time the first one counts.
    private LoadedFlow Hold(LoadedFlow flow)
    {
        var result = flow;
        loaded.AddOrUpdate(
            flow.Flow.Version,
            _ => new WeakReference<LoadedFlow>(result = flow),
            (_, reference) =>
            {
                if (reference.TryGetTarget(out var first))
                {
                    result = first;
                    return reference;
                }

                return new WeakReference<LoadedFlow>(result = flow);
            });
        return result;
    }

    private LoadedFlow Load(CompiledFlow flow) => LoadedFlow.Load(flow, assembly => flow.Providers
        .Select(pair => plugins.FindAssembly(pair.Key, pair.Value))
        .FirstOrDefault(found => found?.GetName().Name == assembly));
}
