using Engine.Flows;
using Engine.Plugins;
using Engine.Sdk;

namespace Engine.Host;

/// <summary>What flows may call, for commands that run no real call: the plugins are only looked at.</summary>
internal sealed class KnownPlugins : IDisposable
{
    private readonly string builds = Directory.CreateTempSubdirectory("engine-plugins-").FullName;
    private readonly HttpMessageInvoker http = new(ProviderHttp.NewHandler());

    private KnownPlugins(string folder) => Plugins = PluginCatalog.Load(
        [folder], builds, http, TimeProvider.System, check: CheckCache.OpenProviders(DefaultPlaces.CheckFolder, DefaultPlaces.CheckKeyFile) is { } cache ? cache.Check : null);

    public PluginCatalog Plugins { get; }

    public Catalog Catalog => Plugins.Catalog;

    /// <param name="folder">Null: the shipped ones.</param>
    /// <param name="option">The option that named the folder.</param>
    public static KnownPlugins Load(string? folder, TextWriter error, string option = "--plugins")
    {
        if (folder is not null && !Directory.Exists(folder)) throw new MisuseException($"{option}: the folder '{folder}' does not exist");
        var known = new KnownPlugins(folder ?? DefaultPlaces.PluginFolder);
        foreach (var problem in known.Plugins.Problems) error.WriteLine($"engine: {Display.Harmless(problem.ToString())}");
        return known;
    }

    public void Dispose()
    {
        Plugins.Dispose();
        http.Dispose();
        Directory.Delete(builds, recursive: true);
    }
}
