using System.Collections.Immutable;
using System.Security.Cryptography;
using Engine.Flows;
using Engine.Plugins;
using Engine.Runs;
using Engine.Storage;

namespace Engine.Host;

/// <summary>
/// The flows at hand. What new runs may have changes as a whole, from one snapshot to the next. A file with findings leaves its last good
/// version where it is. Every version that is offered is kept in the store first, so that a run can go on with it when the file has
/// changed or is gone, on whatever machine.
/// </summary>
public sealed class FlowLibrary : IFlowVersions, IDisposable
{
    private readonly PluginCatalog plugins;
    private readonly FlowVersions versions;
    private readonly FlowCache cache;
    private readonly IReadOnlyList<string> folders;
    private readonly ILogger log;
    private readonly SemaphoreSlim refreshing = new(1, 1);
    private ImmutableHashSet<string> missing = [];
    private volatile Snapshot current = new([], ImmutableSortedDictionary<string, LoadedFlow>.Empty, []);

    internal FlowLibrary(PluginCatalog plugins, FlowVersions versions, FlowCache cache, IReadOnlyList<string> folders, ILogger log)
    {
        this.plugins = plugins;
        this.versions = versions;
        this.cache = cache;
        this.folders = folders;
        this.log = log;
    }

    /// <summary>The flows that new runs may have, by name.</summary>
    public IEnumerable<CompiledFlow> Offered => current.Offered.Values.Select(loaded => loaded.Flow);

    /// <summary>What is wrong with the flow files as they are now, by file; empty when all is well.</summary>
    public IReadOnlyList<FileFinding> Findings => current.Findings;

    public LoadedFlow? FindCurrent(string flow) => current.Offered.GetValueOrDefault(flow);

    public Task<LoadedFlow?> FindAsync(string flow, string version, CancellationToken cancellation) =>
        FindCurrent(flow) is { } loaded && loaded.Flow.Version == version
            ? Task.FromResult<LoadedFlow?>(loaded)
            : versions.FindAsync(flow, version, cancellation);

    /// <summary>
    /// Looks at the folders, and takes over what is new in one step; what is wrong goes to the log, once. A file is checked again when
    /// its bytes, or a plugin that it uses, have changed.
    /// </summary>
    /// <param name="cores">How many files are checked at the same time.</param>
    internal async Task RefreshAsync(int cores, CancellationToken cancellation)
    {
        await refreshing.WaitAsync(cancellation);
        try
        {
            var before = current;
            var known = before.Files.ToDictionary(file => file.Path, StringComparer.Ordinal);
            var catalog = plugins.Catalog;
            var paths = folders.SelectMany(folder => PathsIn(folder, before)).Distinct(StringComparer.Ordinal).ToArray();
            var files = new FlowFile[paths.Length];
            Parallel.For(0, paths.Length, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = cores }, index =>
                files[index] = Look(paths[index], known.GetValueOrDefault(paths[index]), catalog, cancellation));
            if (before.Files.SequenceEqual(files) && !before.IsPublished) return;
            await TakeOverAsync(before, Snapshot.Of([.. files], folders), cancellation);
        }
        finally
        {
            refreshing.Release();
        }
    }

    /// <summary>Offers what was published, in one step; gives whether all of it could be loaded here.</summary>
    internal async Task<bool> ServeAsync(PublishedFlows published, CancellationToken cancellation)
    {
        await refreshing.WaitAsync(cancellation);
        try
        {
            var found = await Task.WhenAll(published.Flows.Select(flow => versions.FindAsync(flow.Key, flow.Value, cancellation)));
            await TakeOverAsync(current, Snapshot.Of(found.OfType<LoadedFlow>()), cancellation);
            return found.All(flow => flow is not null);
        }
        finally
        {
            refreshing.Release();
        }
    }

    /// <summary>Forgets the kept versions, and the plugin builds, that nobody needs any more.</summary>
    internal Task RemoveUnusedAsync(CancellationToken cancellation) => versions.RemoveUnusedAsync([.. current.Held], cancellation);

    public void Dispose() => refreshing.Dispose();

    // Kept before it is offered: a run may name it from then on.
    private async Task TakeOverAsync(Snapshot before, Snapshot next, CancellationToken cancellation)
    {
        await versions.KeepAsync([.. next.Held], cancellation);
        current = next;
        cache.Trim();
        Tell(before);
    }

    // A folder that is gone is on its way back, or an operator's mishap: what it gave stays, with a finding that it cannot be read.
    private IEnumerable<string> PathsIn(string folder, Snapshot before)
    {
        if (FlowFolders.FilesOf(folder) is { } files)
        {
            missing = missing.Remove(folder);
            return files;
        }

        if (!missing.Contains(folder)) Log.FlowFolderMissing(log, folder);
        missing = missing.Add(folder);
        var full = Path.GetFullPath(folder);
        return before.Files.Select(file => file.Path).Where(path => Path.GetDirectoryName(path) == full);
    }

    private FlowFile Look(string path, FlowFile? known, Catalog catalog, CancellationToken cancellation)
    {
        var (source, unreadable) = FlowFileReader.Read(path);
        if (source is null)
        {
            return known is { Content: null } ? known : new FlowFile(path, null, known?.Flow, unreadable is null ? [] : [unreadable], catalog);
        }

        var content = Convert.ToHexStringLower(SHA256.HashData(source.Content.Span));
        if (known is not null && known.Content == content && known.Holds(catalog)) return known;
        var check = cache.Check(source, catalog, cancellation);
        return new FlowFile(path, content, check.Flow is { } flow ? versions.Take(flow) : known?.Flow, check.Findings, catalog);
    }

    private void Tell(Snapshot before)
    {
        foreach (var file in current.Files.Except(before.Files))
        {
            foreach (var finding in file.Findings) Log.FlowFinding(log, finding.ToString());
            if (file is { IsStale: true, Flow.Flow: var kept }) Log.FlowKept(log, file.Path, kept.Name, kept.Version);
        }

        foreach (var taken in current.Taken.Except(before.Taken)) Log.FlowNameTaken(log, taken.Place.File, taken.Message);
        foreach (var flow in current.Offered.Values.Except(before.Offered.Values)) Log.FlowOffered(log, flow.Flow.Name, flow.Flow.Version);
        foreach (var name in before.Offered.Keys.Except(current.Offered.Keys, StringComparer.Ordinal)) Log.FlowWithdrawn(log, name);
    }

    /// <summary>One state of the folders, and what follows from it.</summary>
    /// <param name="Taken">Findings of files whose flow has a name that another file has already.</param>
    private sealed record Snapshot(
        ImmutableArray<FlowFile> Files, ImmutableSortedDictionary<string, LoadedFlow> Offered, ImmutableArray<Finding> Taken)
    {
        public ImmutableArray<FileFinding> Findings { get; init; } = [];

        /// <summary>Whether it was published, and comes of no folder.</summary>
        public bool IsPublished { get; init; }

        /// <summary>The versions that must be kept for it: those offered, and those of files whose name another file has.</summary>
        public IEnumerable<CompiledFlow> Held => IsPublished
            ? Offered.Values.Select(loaded => loaded.Flow)
            : Files.Select(file => file.Flow?.Flow).OfType<CompiledFlow>();

        public static Snapshot Of(IEnumerable<LoadedFlow> published) =>
            new([], published.ToImmutableSortedDictionary(flow => flow.Flow.Name, flow => flow, StringComparer.Ordinal), []) { IsPublished = true };

        public static Snapshot Of(ImmutableArray<FlowFile> files, IReadOnlyList<string> folders)
        {
            var owners = new SortedDictionary<string, FlowFile>(StringComparer.Ordinal);
            var taken = ImmutableArray.CreateBuilder<Finding>();

            // A file that is right goes before one that only still serves: who renames a file wants the new one.
            foreach (var file in files.OrderBy(file => file.IsStale))
            {
                if (file.Flow?.Flow.Name is not { } name || owners.TryAdd(name, file)) continue;
                taken.Add(CheckReport.NameTaken(file.Path, file.Flow.Flow.Source, name, Path.GetFileName(owners[name].Path)));
            }

            var findings = files.SelectMany(file => file.Findings.Select(finding => (file.Path, finding)))
                .Concat(taken.Select(finding => (Path: finding.Place.File, finding)));
            return new Snapshot(
                files,
                owners.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value.Flow ?? throw new InvalidOperationException(), StringComparer.Ordinal),
                taken.ToImmutable())
            {
                Findings = [.. findings.Select(found => new FileFinding(
                    Path.GetFileName(found.Path), owners.FirstOrDefault(pair => pair.Value.Path == found.Path).Key, found.finding))],
            };
        }
    }
}
