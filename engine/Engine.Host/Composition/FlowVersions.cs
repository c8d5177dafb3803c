using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using Engine.Flows;
using Engine.Plugins;
using Engine.Storage;

namespace Engine.Host;

/// <summary>
/// Every version of a flow that a run may name. The store keeps them, with the plugin builds they name, so that any engine over it can go
/// on with any run. Each version is loaded once at a time, since values of one loading do not fit another; a version that nobody uses any
/// more leaves the memory, and comes back from the store when a run wants it.
/// </summary>
internal sealed class FlowVersions(PluginCatalog plugins, EngineStore store, FlowCache cache, TimeProvider time, ILogger log)
{
    /// <summary>What no engine has wanted for so long may go; far longer than the time between two sweeps.</summary>
    public static readonly TimeSpan UnwantedFor = TimeSpan.FromHours(1);

    private static readonly TimeSpan lately = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<string, WeakReference<LoadedFlow>> loaded = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<LoadedFlow?>>> loading = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (string Sentence, long Found)> problems = new(StringComparer.Ordinal);

    /// <summary>The versions that were wanted here lately and cannot be loaded here, each in a sentence that says why.</summary>
    public IEnumerable<string> Problems =>
        problems.Values.Where(problem => time.GetElapsedTime(problem.Found) < lately).Select(problem => problem.Sentence).Order(StringComparer.Ordinal);

    /// <summary>The version, to be run; its code is loaded when the first run needs it. Runs may name it once <see cref="KeepAsync"/> has ended.</summary>
    public LoadedFlow Take(CompiledFlow flow) => FindLoaded(flow.Version) ?? Hold(LoadedFlow.LoadOnUse(flow, PluginsOf(flow)));

    /// <summary>Keeps the versions, and the builds that they name, for as long as runs may name them.</summary>
    public async Task KeepAsync(IReadOnlyCollection<CompiledFlow> flows, CancellationToken cancellation)
    {
        var builds = flows.SelectMany(flow => flow.Providers.Values).Distinct(StringComparer.Ordinal).ToList();
        var missing = await store.WantAsync([.. flows.Select(flow => flow.Version)], builds, cancellation);
        if (missing.Flows.Count + missing.Builds.Count == 0) return;
        await store.KeepAsync(
            [.. flows.Where(flow => missing.Flows.Contains(flow.Version)).Select(KeptOf)],
            [.. missing.Builds.Select(build => KeptOf(build, plugins))], cancellation);
    }

    /// <summary>Null where the version cannot be loaded here; the log and <see cref="Problems"/> say why.</summary>
    public Task<LoadedFlow?> FindAsync(string flow, string version, CancellationToken cancellation) =>
        FindLoaded(version) is { } known
            ? Task.FromResult<LoadedFlow?>(known)
            : loading.GetOrAdd(version, _ => new Lazy<Task<LoadedFlow?>>(
                () => Task.Run(() => LoadOnceAsync(flow, version), CancellationToken.None))).Value.WaitAsync(cancellation);

    /// <summary>Brings a build onto this machine; null where it can be used now, otherwise why not.</summary>
    public async Task<string?> BringAsync(string build, CancellationToken cancellation)
    {
        if (plugins.HasCopy(build) && plugins.FindProblem(build) is null) return null;
        return await store.FindPluginBuildAsync(build, cancellation) is { } packed
            ? plugins.Bring(build, packed)
            : "the database does not have it, or another key sealed it";
    }

    /// <summary>Forgets the versions and plugin builds that nobody needs any more, here and in the store.</summary>
    public async Task RemoveUnusedAsync(IReadOnlyCollection<CompiledFlow> current, CancellationToken cancellation)
    {
        await KeepAsync(current, cancellation);
        var builds = await store.RemoveUnusedVersionsAsync(UnwantedFor, cancellation);
        plugins.RemoveUnused(builds);
        foreach (var (version, reference) in loaded)
        {
            if (!reference.TryGetTarget(out _)) loaded.TryRemove(new KeyValuePair<string, WeakReference<LoadedFlow>>(version, reference));
        }
    }

    /// <summary>As the store keeps it.</summary>
    public static KeptFlow KeptOf(CompiledFlow flow) => new(
        flow.Name, flow.Version, flow.Source, flow.Providers.ToImmutableSortedDictionary(StringComparer.Ordinal));

    /// <summary>As the store keeps it.</summary>
    public static KeptBuild KeptOf(string build, PluginCatalog plugins) => new(
        build, plugins.FindName(build) ?? "",
        [.. plugins.Pack(build) ?? throw new IOException($"the copy of plugin build {build} in the data folder is gone; start the engine again")]);

    private LoadedFlow? FindLoaded(string version) =>
        loaded.TryGetValue(version, out var reference) && reference.TryGetTarget(out var flow) ? flow : null;

    // From here on the weak reference finds it. What cannot be had now may be had later, when somebody allows the plugin.
    private async Task<LoadedFlow?> LoadOnceAsync(string flow, string version)
    {
        try
        {
            if (FindLoaded(version) is { } known) return known;
            var found = await LoadKeptAsync(flow, version);
            if (found is not null) problems.TryRemove(version, out _);
            return found;
        }
        finally
        {
            loading.TryRemove(version, out _);
        }
    }

    private async Task<LoadedFlow?> LoadKeptAsync(string flow, string version)
    {
        if (await store.FindFlowVersionAsync(version, CancellationToken.None) is not { } kept || kept.Flow != flow)
        {
            return Lost(null, flow, version, "the database does not have it, or another key sealed it");
        }

        foreach (var (provider, build) in kept.Builds)
        {
            var problem = await BringAsync(build, CancellationToken.None);
            if (problem is null && plugins.FindProvider(provider, build) is null) problem = "it has no such provider";
            if (problem is not null) return Lost(null, flow, version, $"build {build} of provider '{provider}' cannot be used: {problem}");
        }

        try
        {
            var source = new FlowSource($"{flow}.yaml", Encoding.UTF8.GetBytes(kept.Source));
            var providers = kept.Builds.Select(pair => plugins.FindProvider(pair.Key, pair.Value)).OfType<Provider>();
            var compiled = cache.Recompile(source, new Catalog([.. providers]), CancellationToken.None);
            return Hold(LoadedFlow.Load(compiled with { Version = version }, PluginsOf(compiled)));
        }
        catch (Exception error) when (error is InvalidOperationException or IOException or TypeLoadException or BadImageFormatException)
        {
            return Lost(error, flow, version, error.Message.ReplaceLineEndings(" "));
        }
    }

    private LoadedFlow? Lost(Exception? error, string flow, string version, string why)
    {
        var sentence = $"version {version} of flow '{flow}' cannot be loaded here: {why}";
        var isKnown = problems.TryGetValue(version, out var before) && before.Sentence == sentence;
        problems[version] = (sentence, time.GetTimestamp());
        if (isKnown) return null;
        Log.VersionNotLoaded(log, error, flow, version, why);
        return null;
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

    private Func<string, Assembly?> PluginsOf(CompiledFlow flow) => assembly => flow.Providers
        .Select(pair => plugins.FindAssembly(pair.Key, pair.Value))
        .FirstOrDefault(found => found?.GetName().Name == assembly);
}
