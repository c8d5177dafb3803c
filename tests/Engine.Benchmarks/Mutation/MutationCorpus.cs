using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using Engine.Flows;
using Engine.Plugins;

namespace Engine.Benchmarks;

/// <summary>The flows that are mutated, and what they call: those that ship, and those of <c>tests/Corpus</c>.</summary>
internal sealed record MutationCorpus(Catalog Catalog, IReadOnlyList<(string Name, string Text)> Flows)
{
    private static readonly Dictionary<string, Assembly> Assemblies = new(StringComparer.Ordinal);

    /// <param name="root">The repository.</param>
    /// <param name="plugins">The folder of built plugins.</param>
    public static MutationCorpus Load(string root, string plugins)
    {
        var builds = Directory.CreateTempSubdirectory("engine-corpus-");
        try
        {
            using var http = new HttpClient();
            using var shipped = PluginCatalog.Load([plugins], builds.FullName, http, TimeProvider.System);
            var catalog = new Catalog([.. shipped.Catalog.Providers, DeskProvider.Provider]);
            foreach (var provider in shipped.Catalog.Providers)
            {
                Assemblies[provider.AssemblyName] = shipped.FindAssembly(provider.Name, provider.Build) ?? throw new InvalidOperationException(provider.Name);
            }

            Assemblies[DeskProvider.Provider.AssemblyName] = typeof(DeskProvider).Assembly;
            var files = new[] { "workflows", Path.Combine("tests", "Corpus") }
                .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.yaml"))
                .Where(file => !file.EndsWith(".test.yaml", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal);
            return new MutationCorpus(catalog, [.. files.Select(file => (Path.GetFileNameWithoutExtension(file), File.ReadAllText(file)))]);
        }
        finally
        {
            builds.Delete(recursive: true);
        }
    }

    public static Assembly AssemblyOf(Provider provider) => Assemblies[provider.AssemblyName];

    public static ImmutableArray<Finding> Check(string name, string text, Catalog catalog) =>
        FlowCompiler.Check(new FlowSource(name, Encoding.UTF8.GetBytes(text)), catalog, CancellationToken.None).Findings;

    /// <summary>The same plugins and provider files, in which a member of an enum is called something else of the same length.</summary>
    public Catalog WithRenamed(string old, string @new) => new([.. Catalog.Providers.Select(provider =>
    {
        var image = provider.Image.ToArray();

        // What a provider file declares keeps the file's own spelling.
        var isFile = image.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"{old}\0")) < 0;
        var (name, other) = isFile ? (Names.Snake(old), Names.Snake(@new)) : (old, @new);
        // Names end with a zero; one that is the end of a longer name may have no place of its own.
        var start = image.AsSpan().IndexOf(Encoding.UTF8.GetBytes($"\0{name}\0")) >= 0 ? "\0" : "";
        var (from, to) = (Encoding.UTF8.GetBytes($"{start}{name}\0"), Encoding.UTF8.GetBytes($"{start}{other}\0"));
        for (var at = image.AsSpan().IndexOf(from); at >= 0; at = image.AsSpan().IndexOf(from)) to.CopyTo(image, at);
        return provider with { Image = [.. image] };
    })]);
}
