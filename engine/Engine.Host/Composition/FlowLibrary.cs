using System.Collections.Concurrent;
using System.Collections.Immutable;
using Engine.Flows;
using Engine.Plugins;
using Engine.Runs;

namespace Engine.Host;

/// <summary>
/// The flows at hand. A file with findings is not offered; the others are. Every version that is offered is kept in the data
/// folder first, so that a run can go on with it when the file has changed or is gone.
/// </summary>
public sealed class FlowLibrary : IFlowVersions
{
    private readonly PluginCatalog plugins;
    private readonly PinnedFlows pinned;
    private readonly ILogger log;
    private readonly ConcurrentDictionary<string, Lazy<Task<LoadedFlow?>>> versions = new(StringComparer.Ordinal);
    private ImmutableSortedDictionary<string, LoadedFlow> current = ImmutableSortedDictionary<string, LoadedFlow>.Empty;

    internal FlowLibrary(PluginCatalog plugins, PinnedFlows pinned, ILogger log)
    {
        this.plugins = plugins;
        this.pinned = pinned;
        this.log = log;
    }

    /// <summary>The flows that new runs may have, by name.</summary>
    public IEnumerable<CompiledFlow> Offered => current.Values.Select(loaded => loaded.Flow);

    public LoadedFlow? FindCurrent(string flow) => current.GetValueOrDefault(flow);

    public Task<LoadedFlow?> FindAsync(string flow, string version, CancellationToken cancellation) =>
        FindCurrent(flow) is { } loaded && loaded.Flow.Version == version
            ? Task.FromResult<LoadedFlow?>(loaded)
            : versions.GetOrAdd(version, _ => new Lazy<Task<LoadedFlow?>>(
                () => Task.Run(() => LoadOnce(flow, version), CancellationToken.None))).Value.WaitAsync(cancellation);

    /// <summary>Reads, checks and takes over all flow files of the folders; what is wrong goes to the log.</summary>
    internal void Load(IReadOnlyList<string> folders, CancellationToken cancellation)
    {
        var files = folders.SelectMany(FilesOf).Select(Path.GetFullPath).Distinct(StringComparer.Ordinal).ToList();
        var found = new LoadedFlow?[files.Count];
        Parallel.For(0, files.Count, new ParallelOptions { CancellationToken = cancellation }, index =>
            found[index] = Check(files[index], cancellation));

        var offered = ImmutableSortedDictionary.CreateBuilder<string, LoadedFlow>(StringComparer.Ordinal);
        foreach (var (file, loaded) in files.Zip(found))
        {
            if (loaded is null) continue;
            if (!offered.TryAdd(loaded.Flow.Name, loaded)) Log.FlowNameTaken(log, file, loaded.Flow.Name);
        }
        foreach (var loaded in offered.Values) pinned.Keep(loaded.Flow);
        current = offered.ToImmutable();
    }

    /// <summary>Forgets the kept versions, and the plugin builds, that neither an open run nor a current flow names.</summary>
    internal async Task RemoveUnusedAsync(IRunStore store, CancellationToken cancellation)
    {
        var builds = new HashSet<string>(Offered.SelectMany(flow => flow.Providers.Values), StringComparer.Ordinal);
        foreach (var kept in pinned.All())
        {
            var isCurrent = FindCurrent(kept.Flow) is { } loaded && loaded.Flow.Version == kept.Version;
            if (!isCurrent && !await IsNamedAsync(store, kept, cancellation)) pinned.Remove(kept);
            else builds.UnionWith(kept.Providers.Values);
        }
        plugins.RemoveUnused(builds);
    }

    // A list that is full may hide the run that is looked for: then the version stays.
    private static async Task<bool> IsNamedAsync(IRunStore store, PinnedFlow kept, CancellationToken cancellation)
    {
        const int most = 200;
        var open = await store.ListAsync(new RunFilter(Flow: kept.Flow, IsOpenOnly: true, Limit: most), cancellation);
        return open.Count == most || open.Any(run => run.FlowVersion == kept.Version);
    }

    private IReadOnlyList<string> FilesOf(string folder)
    {
        if (!Directory.Exists(folder))
        {
            Log.FlowFolderMissing(log, folder);
            return [];
        }
        return [.. Directory.EnumerateFiles(folder)
            .Where(file => Path.GetExtension(file) is ".yaml" or ".yml")
            .Where(file => !Path.GetFileNameWithoutExtension(file).EndsWith(".test", StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)];
    }

    private LoadedFlow? Check(string file, CancellationToken cancellation)
    {
        try
        {
            var check = FlowCompiler.Check(new FlowSource(file, File.ReadAllBytes(file)), plugins.Catalog, cancellation);
            foreach (var finding in check.Findings) Log.FlowFinding(log, finding.ToString());
            return check.Flow is { } flow ? Load(flow) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Log.FlowFileUnreadable(log, file, error.Message);
            return null;
        }
    }

    // What cannot be had now may be had later, when the disk or the plugin's folder is back: only what was found is remembered.
    private LoadedFlow? LoadOnce(string flow, string version)
    {
        LoadedFlow? found = null;
        try
        {
            return found = LoadPinned(flow, version);
        }
        finally
        {
            if (found is null) versions.TryRemove(version, out _);
        }
    }

    private LoadedFlow? LoadPinned(string flow, string version)
    {
        if (pinned.Find(flow, version) is not { } kept) return null;
        var providers = kept.Providers.Select(pair => plugins.FindProvider(pair.Key, pair.Value)).OfType<Provider>().ToImmutableArray();
        if (providers.Length < kept.Providers.Count) return null;
        try
        {
            var compiled = FlowCompiler.Recompile(pinned.SourceOf(kept), new Catalog(providers), CancellationToken.None);
            return Load(compiled with { Version = version });
        }
        catch (Exception error) when (error is InvalidOperationException or IOException or TypeLoadException)
        {
            Log.PinnedFlowLost(log, error, flow, version);
            return null;
        }
    }

    private LoadedFlow Load(CompiledFlow flow) => LoadedFlow.Load(flow, assembly => flow.Providers
        .Select(pair => plugins.FindAssembly(pair.Key, pair.Value))
        .FirstOrDefault(found => found?.GetName().Name == assembly));
}
