using System.Collections.Immutable;
using System.Reflection;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Plugins;

/// <summary>Why a plugin folder gave no provider.</summary>
/// <param name="Folder">The folder's name, or the whole path where the folder of plugins itself is missing.</param>
public sealed record PluginProblem(string Folder, string Message)
{
    public override string ToString() => $"plugin '{Folder}': {Message}";
}

/// <summary>
/// The plugins at hand: loads every folder below the plugin folders, tells flows what there is to call, and calls it. A build,
/// once loaded, stays callable after its folder was replaced, as long as open runs pin it. Thread-safe.
/// </summary>
public sealed partial class PluginCatalog : IDisposable
{
    private readonly ImmutableArray<string> folders;
    private readonly string builds;
    private readonly HttpMessageInvoker http;
    private readonly TimeProvider time;
    private readonly AllowedPlugins? allowed;
    private readonly Lock gate = new();
    private ImmutableDictionary<string, ImmutableArray<Provider>> good = ImmutableDictionary<string, ImmutableArray<Provider>>.Empty;
    private ImmutableDictionary<string, PluginBuild> loaded = ImmutableDictionary<string, PluginBuild>.Empty;

    private PluginCatalog(ImmutableArray<string> folders, string builds, HttpMessageInvoker http, TimeProvider time, AllowedPlugins? allowed)
    {
        this.folders = folders;
        this.builds = builds;
        this.http = http;
        this.time = time;
        this.allowed = allowed;
    }

    /// <summary>What flows may call: the newest build of each provider.</summary>
    public Catalog Catalog { get; private set; } = Catalog.Empty;

    /// <summary>What is wrong with the folders that gave no provider; empty when all is well.</summary>
    public ImmutableArray<PluginProblem> Problems { get; private set; } = [];

    /// <summary>Loads what there is, running none of its code. A bad plugin is a problem, and the others are there all the same.</summary>
    /// <param name="folders">Each holds one folder for each plugin, or is the folder of one itself.</param>
    /// <param name="builds">Where builds are kept, by hash: they are run from these copies, so that the plugin folders can be replaced.</param>
    /// <param name="http">Carries all calls; see <see cref="ProviderHttp.NewHandler"/>. Not disposed by the catalog.</param>
    /// <param name="allowed">The builds that may be loaded; null loads what it finds.</param>
    public static PluginCatalog Load(
        IEnumerable<string> folders, string builds, HttpMessageInvoker http, TimeProvider time, AllowedPlugins? allowed = null)
    {
        var catalog = new PluginCatalog([.. folders], builds, http, time, allowed);
        catalog.Refresh();
        return catalog;
    }

    /// <summary>
    /// Looks at the folders again, and takes over what is new. Builds in use stay. A folder that has become bad is a problem, and its last
    /// good build stays the newest; one that is gone takes its providers along.
    /// </summary>
    public void Refresh()
    {
        lock (gate)
        {
            Directory.CreateDirectory(builds);
            var problems = ImmutableArray.CreateBuilder<PluginProblem>();
            var providers = ImmutableArray.CreateBuilder<Provider>();
            foreach (var folder in folders.SelectMany(parent => PluginFolders(parent, problems)))
            {
                Take(folder, providers, problems);
            }

            // The same object where nothing has changed: what was checked against it need not be checked again.
            if (!Catalog.Providers.SequenceEqual(providers)) Catalog = new Catalog(providers.ToImmutable());
            Problems = problems.ToImmutable();
        }
    }

    /// <summary>A provider as one build of it declares it; null where that build is not at hand.</summary>
    public Provider? FindProvider(string provider, string build) => FindBuild(build)?.FindProvider(provider)?.Provider;

    /// <summary>The loaded assembly of one build of a provider; null where it is not at hand.</summary>
    public Assembly? FindAssembly(string provider, string build) =>
        FindBuild(build) is { } found && found.FindProvider(provider) is not null ? found.Assembly : null;

    /// <summary>
    /// Makes the provider's class once with these settings and says what is wrong, so that it shows at start and not in a run;
    /// null when all is well. Runs plugin code.
    /// </summary>
    public Failure? Try(string provider, string build, ProviderSettings settings) =>
        FindBuild(build) is { } found && found.FindProvider(provider) is { } @class ? found.Start(@class, settings).Failure : Missing(provider, build);

    /// <summary>Calls an operation. What the plugin throws, and what it must not give, becomes <see cref="Failures.Internal"/>.</summary>
    /// <param name="build">The build that the run pins.</param>
    /// <param name="input">A record of the operation's input type, from the same build.</param>
    /// <exception cref="OperationCanceledException">The given token was cancelled.</exception>
    public async Task<CallOutcome> CallAsync(
        string provider, string build, string operation, object input, ProviderSettings settings, CancellationToken cancellation)
    {
        if (FindBuild(build) is not { } found || found.FindProvider(provider) is not { } @class)
        {
            return new CallOutcome.Failed(Missing(provider, build));
        }

        var (instance, failure) = found.Start(@class, settings);
        if (instance is null) return new CallOutcome.Failed(failure ?? Missing(provider, build));
        return found.FindCall(provider, operation) is { } call
            ? await call.CallAsync(instance, input, time, cancellation)
            : new CallOutcome.Failed(new Failure(Failures.Internal, $"provider '{provider}' has no operation '{operation}'"));
    }

    /// <summary>Forgets the builds that are neither the newest nor pinned, in memory and on disk.</summary>
    /// <param name="pinned">The builds that open runs name.</param>
    public void RemoveUnused(IReadOnlySet<string> pinned)
    {
        lock (gate)
        {
            var kept = Catalog.Providers.Select(provider => provider.Build).Concat(pinned).ToHashSet(StringComparer.Ordinal);
            foreach (var (id, build) in loaded.Where(pair => !kept.Contains(pair.Key)))
            {
                loaded = loaded.Remove(id);
                build.Unload();
            }

            foreach (var folder in Directory.EnumerateDirectories(builds).Where(path => !kept.Contains(Path.GetFileName(path))))
            {
                try
                {
                    Directory.Delete(folder, recursive: true);
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    // Windows keeps the files until the unloaded code is collected; the next time will do.
                }
            }
        }
    }

    /// <summary>Unloads everything.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            foreach (var build in loaded.Values) build.Unload();
            loaded = loaded.Clear();
            Catalog = Catalog.Empty;
        }
    }

    private static IEnumerable<string> PluginFolders(string parent, ImmutableArray<PluginProblem>.Builder problems)
    {
        if (Directory.Exists(parent))
        {
            return PluginFolder.IsPlugin(parent) ? [parent] : Directory.EnumerateDirectories(parent).Order(StringComparer.Ordinal);
        }

        problems.Add(new PluginProblem(parent, "the folder does not exist"));
        return [];
    }

    private static Failure Missing(string provider, string build) =>
        new(Failures.Internal, $"provider '{provider}' is not loaded in build {build[..Math.Min(8, build.Length)]}");

    private void Take(string folder, ImmutableArray<Provider>.Builder providers, ImmutableArray<PluginProblem>.Builder problems)
    {
        var name = Path.GetFileName(folder);
        try
        {
            var files = PluginFolder.Read(folder);
            if (allowed?.Takes(folder, files) == false)
            {
                throw new PluginException(
                    $"build {files.Build} is not allowed on this engine; who trusts it says so with 'engine plugin allow {folder}'");
            }

            var build = Load(files.Build, () => files.Store(builds), files.AssemblyName);
            good = good.SetItem(folder, [.. build.Providers.Select(provider => provider.Provider)]);
        }
        catch (Exception error) when (error is PluginException or IOException or UnauthorizedAccessException)
        {
            problems.Add(new PluginProblem(name, error.Message));
        }

        foreach (var provider in good.GetValueOrDefault(folder, []))
        {
            if (providers.Any(other => other.Name == provider.Name))
            {
                problems.Add(new PluginProblem(name, $"there is a provider '{provider.Name}' already; its name must be another"));
                continue;
            }

            providers.Add(provider);
        }
    }

    private PluginBuild? FindBuild(string id)
    {
        if (loaded.TryGetValue(id, out var build)) return build;

        // A run pins a build that this process has not loaded yet: the copy made when it began is still there.
        lock (gate)
        {
            var folder = Path.Combine(builds, Path.GetFileName(id));
            if (!Directory.Exists(folder)) return null;
            try
            {
                var files = PluginFolder.Read(folder);
                return files.Build == id && allowed?.Contains(id) != false ? Load(id, () => folder, files.AssemblyName) : null;
            }
            catch (Exception error) when (error is PluginException or IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    private PluginBuild Load(string id, Func<string> store, string assemblyName)
    {
        if (loaded.TryGetValue(id, out var known)) return known;
        var build = PluginBuild.Load(store(), assemblyName, id, http, time);
        loaded = loaded.Add(id, build);
        return build;
    }
}
