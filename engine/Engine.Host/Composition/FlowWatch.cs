using System.Collections.Immutable;
using Engine.Plugins;

namespace Engine.Host;

/// <summary>
/// Takes over changed flow files and plugins while the engine works. The system's notices only say when to look; a look at the folders,
/// which happens anyway, says what is there: notices get lost, and not every file system sends them.
/// </summary>
internal sealed class FlowWatch : IDisposable
{
    /// <summary>How long a change may go unnoticed without a notice.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(400);

    /// <summary>How long the folders must stay as they are before they are taken over: what is being copied is not whole.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(150);

    /// <summary>A file that is written to again and again is looked at all the same.</summary>
    private const int MaxSettles = 10;

    /// <summary>How often files are read though their time and length say that nothing changed.</summary>
    private static readonly TimeSpan Thorough = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Sweep = TimeSpan.FromMinutes(10);

    private readonly EngineOptions options;
    private readonly PluginCatalog plugins;
    private readonly FlowLibrary flows;
    private readonly Publications published;
    private readonly SandboxLink? sandbox;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly List<FileSystemWatcher> watchers = [];
    private readonly SemaphoreSlim noticed = new(0);
    private FolderState seen;

    /// <param name="seen">The folders as they were before plugins and flows were loaded.</param>
    public FlowWatch(
        EngineOptions options, PluginCatalog plugins, (FlowLibrary Flows, Publications Published) served, SandboxLink? sandbox, FolderState seen,
        TimeProvider time, ILogger log)
    {
        this.options = options;
        this.plugins = plugins;
        (flows, published) = served;
        this.sandbox = sandbox;
        this.time = time;
        this.log = log;
        this.seen = seen;
    }

    /// <summary>Says that something may have changed.</summary>
    public void Notice()
    {
        if (noticed.CurrentCount == 0) noticed.Release();
    }

    /// <summary>Watches until it is cancelled. What goes wrong is logged, and the next look tries again.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        foreach (var folder in options.FlowFolders) Listen(folder, isDeep: false);
        foreach (var folder in options.PluginFolders) Listen(folder, isDeep: true);
        var (thorough, sweep, asked) = (time.GetTimestamp(), time.GetTimestamp(), time.GetTimestamp());
        var wasPublished = published.Serving is not null;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                var isNoticed = await WaitAsync(Period, cancellation);
                var isThorough = isNoticed || time.GetElapsedTime(thorough) >= Thorough;
                if (isThorough) thorough = time.GetTimestamp();
                if (time.GetElapsedTime(asked) >= Publications.Period)
                {
                    asked = time.GetTimestamp();
                    if (!await published.TakeOverAsync(cancellation) && wasPublished) isThorough = true;
                    wasPublished = published.Serving is not null;
                }

                if (!wasPublished) await LookAsync(isThorough, cancellation);
                if (time.GetElapsedTime(sweep) < Sweep) continue;
                sweep = time.GetTimestamp();
                await flows.RemoveUnusedAsync(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                Log.ReloadFailed(log, error);
            }
        }
    }

    /// <summary>Takes over what has changed, as it is now.</summary>
    public async Task TakeOverAsync(FolderState now, CancellationToken cancellation)
    {
        if (!now.HasPluginsOf(seen)) RefreshPlugins();

        // Half of the cores: runs go on meanwhile.
        await flows.RefreshAsync(Math.Max(1, Environment.ProcessorCount / 2), cancellation);
        seen = now;
    }

    /// <summary>Waits until the folders rest, where they have changed.</summary>
    /// <param name="isThorough">Whether flow files are read even where their time and length are as before.</param>
    private async Task LookAsync(bool isThorough, CancellationToken cancellation)
    {
        var now = FolderState.Of(options);
        if (now.Equals(seen) && !isThorough) return;
        for (var settles = 0; settles < MaxSettles && !now.Equals(seen); settles++)
        {
            await Task.Delay(Settle, time, cancellation);
            var later = FolderState.Of(options);
            if (later.Equals(now)) break;
            now = later;
        }

        await Task.Run(() => TakeOverAsync(now, cancellation), cancellation);
    }

    public void Dispose()
    {
        // The semaphore stays: a last notice may be on its way.
        foreach (var watcher in watchers) watcher.Dispose();
    }

    /// <summary>Names what the operator set wrongly for real providers, so that it shows now and not in somebody's run.</summary>
    public static void TrySettings(PluginCatalog plugins, EngineOptions options, IReadOnlySet<string> triedBuilds, ILogger log)
    {
        if (options.Providers is not ProviderMode.Real) return;
        foreach (var provider in plugins.Catalog.Providers.Where(provider => !triedBuilds.Contains(provider.Build)))
        {
            var settings = PluginOperationCaller.SettingsOf(options.Settings, provider.Name);
            if (plugins.Try(provider.Name, provider.Build, settings) is { } failure) Log.ProviderUnusable(log, provider.Name, failure.Message);
        }
    }

    private void RefreshPlugins()
    {
        var (problems, before) = (plugins.Problems, plugins.Catalog.Providers.Select(provider => provider.Build).ToHashSet(StringComparer.Ordinal));
        plugins.Refresh();
        foreach (var problem in plugins.Problems.Except(problems)) Log.PluginProblem(log, problem.ToString());
        foreach (var provider in plugins.Catalog.Providers.Where(provider => !before.Contains(provider.Build)))
        {
            Log.PluginLoaded(log, provider.Name, provider.Build);
        }
        TrySettings(plugins, options, before, log);
        foreach (var problem in sandbox?.Refresh() ?? []) Log.PluginProblem(log, problem);
    }

    private async Task<bool> WaitAsync(TimeSpan period, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var notice = noticed.WaitAsync(either.Token);
        await Task.WhenAny(notice, Task.Delay(period, time, either.Token));
        await either.CancelAsync();
        cancellation.ThrowIfCancellationRequested();
        return notice.IsCompletedSuccessfully;
    }

    private void Listen(string folder, bool isDeep)
    {
        if (!Directory.Exists(folder)) return;
        try
        {
            var watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = isDeep };
            watchers.Add(watcher);
            FileSystemEventHandler changed = (_, _) => Notice();
            watcher.Changed += changed;
            watcher.Created += changed;
            watcher.Deleted += changed;
            watcher.Renamed += (_, _) => Notice();
            watcher.EnableRaisingEvents = true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The system has no more watches to give: then the looks alone must do.
            Log.NoticesMissing(log, folder, error.Message);
        }
    }
}

/// <summary>The flow and plugin folders as their listings show them.</summary>
internal readonly record struct FolderState(ImmutableArray<FileStamp> Flows, ImmutableArray<FileStamp> Plugins)
{
    public static FolderState Of(EngineOptions options) =>
        new(FlowFolders.StampFlows(options.FlowFolders), FlowFolders.StampPlugins(options.PluginFolders, options.AllowedPluginsFile));

    public bool Equals(FolderState other) => Flows.AsSpan().SequenceEqual(other.Flows.AsSpan()) && HasPluginsOf(other);

    public bool HasPluginsOf(FolderState other) => Plugins.AsSpan().SequenceEqual(other.Plugins.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Flows.Length, Plugins.Length);
}
