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

/// <summary>The types of an operation's input and output, and of its provider's credentials; null where that has none.</summary>
public sealed record OperationRecords(Type Input, Type Output, Type? Credentials);

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
    private readonly ProviderFileCheck check;
    private readonly Lock gate = new();
    private ImmutableDictionary<string, ImmutableArray<Provider>> good = ImmutableDictionary<string, ImmutableArray<Provider>>.Empty;
    private ImmutableDictionary<string, ProviderBuild> loaded = ImmutableDictionary<string, ProviderBuild>.Empty;
    private ImmutableArray<string>? published;

    private PluginCatalog(ImmutableArray<string> folders, string builds, HttpMessageInvoker http, TimeProvider time, AllowedPlugins? allowed, ProviderFileCheck check)
    {
        this.folders = folders;
        this.builds = builds;
        this.http = http;
        this.time = time;
        this.allowed = allowed;
        this.check = check;
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
    /// <param name="check">Compiles the files that describe providers; null compiles each anew.</param>
    public static PluginCatalog Load(
        IEnumerable<string> folders, string builds, HttpMessageInvoker http, TimeProvider time, AllowedPlugins? allowed = null,
        ProviderFileCheck? check = null)
    {
        var catalog = new PluginCatalog(
            [.. folders], builds, http, time, allowed, check ?? (source => ProviderCompiler.Check(source, CancellationToken.None)));
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
            if (published is { } given) TakePublished(given, providers, problems);
            else foreach (var place in folders.SelectMany(parent => PlacesIn(parent, problems))) Take(place, providers, problems);

            // The same object where nothing has changed: what was checked against it need not be checked again.
            if (!Catalog.Providers.SequenceEqual(providers)) Catalog = new Catalog(providers.ToImmutable());
            Problems = problems.ToImmutable();
        }
    }

    /// <summary>A provider as one build of it declares it; null where that build is not at hand.</summary>
    public Provider? FindProvider(string provider, string build) => FindBuild(build)?.FindOffered(provider);

    /// <summary>The loaded assembly of one build of a provider; null where it is not at hand.</summary>
    public Assembly? FindAssembly(string provider, string build) =>
        FindBuild(build) is { } found && found.FindOffered(provider) is not null ? found.Assembly : null;

    /// <summary>The records of an operation, and of the provider's credentials; null where that build or operation is not at hand.</summary>
    public OperationRecords? FindRecords(string provider, string build, string operation) =>
        FindBuild(build)?.FindRecords(provider, operation);

    /// <summary>
    /// Makes the provider's class once with these settings and says what is wrong, so that it shows at start and not in a run;
    /// null when all is well. Runs plugin code.
    /// </summary>
    public Failure? Try(string provider, string build, ProviderSettings settings) =>
        FindBuild(build) is { } found && found.FindOffered(provider) is not null ? found.Try(provider, settings) : Missing(provider, build);

    /// <summary>
    /// The hosts whose pages flows may show in a frame, as the settings marked with <see cref="FramedPagesAttribute"/> name them, each as an
    /// origin such as <c>https://provider.example</c>. Runs plugin code: the defaults of settings.
    /// </summary>
    public ImmutableArray<string> FramedHosts(Func<string, ProviderSettings> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return
        [
            .. Catalog.Providers
                .SelectMany(provider => FindBuild(provider.Build)?.FramedHosts(provider.Name, settings(provider.Name)) ?? [])
                .Distinct(StringComparer.Ordinal),
        ];
    }

    /// <summary>Calls an operation. What the plugin throws, and what it must not give, becomes <see cref="Failures.Internal"/>.</summary>
    /// <param name="build">The build that the run pins.</param>
    /// <param name="input">A record of the operation's input type, from the same build.</param>
    /// <exception cref="OperationCanceledException">The given token was cancelled.</exception>
    public Task<CallOutcome> CallAsync(
        string provider, string build, string operation, object input, ProviderSettings settings, CancellationToken cancellation) =>
        FindBuild(build) is { } found && found.FindOffered(provider) is not null
            ? found.CallAsync(provider, operation, input, settings, cancellation)
            : Task.FromResult<CallOutcome>(new CallOutcome.Failed(Missing(provider, build)));

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

    /// <summary>The folders of plugins and the providers' files: those may stand in a folder of their own, or between such folders.</summary>
    private static IEnumerable<string> PlacesIn(string parent, ImmutableArray<PluginProblem>.Builder problems)
    {
        if (Directory.Exists(parent))
        {
            return PluginFolder.IsPlugin(parent)
                ? [parent]
                : [.. Directory.EnumerateDirectories(parent).Order(StringComparer.Ordinal).SelectMany(FilesOrFolder), .. ProviderFile.In(parent)];
        }

        problems.Add(new PluginProblem(parent, "the folder does not exist"));
        return [];
    }

    private static IEnumerable<string> FilesOrFolder(string folder) =>
        !PluginFolder.IsPlugin(folder) && ProviderFile.In(folder).ToList() is { Count: > 0 } files ? files : [folder];

    private static Failure Missing(string provider, string build) =>
        new(Failures.Internal, $"provider '{provider}' is not loaded in build {build[..Math.Min(8, build.Length)]}");

    private void Take(string place, ImmutableArray<Provider>.Builder providers, ImmutableArray<PluginProblem>.Builder problems)
    {
        var name = Path.GetFileName(place);
        try
        {
            var build = place.EndsWith(ProviderCompiler.FileSuffix, StringComparison.Ordinal) ? LoadFile(place) : LoadFolder(place);
            good = good.SetItem(place, build.Offered);
        }
        catch (Exception error) when (error is PluginException or IOException or UnauthorizedAccessException)
        {
            problems.Add(new PluginProblem(name, error.Message));
        }

        foreach (var provider in good.GetValueOrDefault(place, []))
        {
            if (providers.Any(other => other.Name == provider.Name))
            {
                problems.Add(new PluginProblem(name, $"there is a provider '{provider.Name}' already; its name must be another"));
                continue;
            }

            providers.Add(provider);
        }
    }

    private ProviderBuild LoadFolder(string folder)
    {
        var files = PluginFolder.Read(folder);
        if (allowed?.Takes(folder, files.Build, files.Name) == false) throw NotAllowed(files.Build, folder);
        return Load(files.Build, () => files.Store(builds), files.AssemblyName);
    }

    private ProviderBuild LoadFile(string path)
    {
        var file = ProviderFile.Read(path);
        if (allowed?.Takes(path, file.Build, Path.GetFileName(path)) == false) throw NotAllowed(file.Build, path);
        if (loaded.TryGetValue(file.Build, out var known)) return known;
        var provider = file.Compile(check);
        file.Store(builds);
        return Hold(ProviderFileBuild.Load(file.Build, provider, http, time));
    }

    private static PluginException NotAllowed(string build, string place) =>
        new($"build {build} is not allowed on this engine; who trusts it says so with 'engine plugin allow {place}'");

    private ProviderBuild? FindBuild(string id) => loaded.TryGetValue(id, out var build) ? build : LoadKept(id).Build;

    /// <summary>A build that this process has not loaded yet: the copy made when a run began with it, or brought since, is there.</summary>
    private (ProviderBuild? Build, string? Problem) LoadKept(string id)
    {
        lock (gate)
        {
            if (loaded.TryGetValue(id, out var known)) return (known, null);
            var folder = Path.Combine(builds, Path.GetFileName(id));
            if (!Directory.Exists(folder)) return (null, "it is not at hand");
            try
            {
                // Read anew each time, and held against the hash: a build is code.
                if (ProviderFile.Find(folder) is { } file)
                {
                    RefuseOther(id, file.Build, folder);
                    return (Hold(ProviderFileBuild.Load(file.Build, file.Compile(check), http, time)), null);
                }

                var files = PluginFolder.Read(folder);
                RefuseOther(id, files.Build, folder);
                return (Load(id, () => folder, files.AssemblyName), null);
            }
            catch (Exception error) when (error is PluginException or IOException or UnauthorizedAccessException)
            {
                return (null, error.Message);
            }
        }
    }

    private void RefuseOther(string wanted, string found, string folder)
    {
        if (found != wanted) throw new PluginException("its files were changed: they are not what its hash says");
        if (allowed?.Contains(wanted) == false) throw NotAllowed(wanted, folder);
    }

    private ProviderBuild Load(string id, Func<string> store, string assemblyName) =>
        loaded.TryGetValue(id, out var known) ? known : Hold(PluginBuild.Load(store(), assemblyName, id, http, time));

    private ProviderBuild Hold(ProviderBuild build)
    {
        loaded = loaded.Add(build.Id, build);
        return build;
    }
}
