using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Host;

/// <summary>
/// Names the compiler by all that is in it, its limits and rules included. Found without loading Roslyn, which a server with a warm cache
/// never does.
/// </summary>
internal static class CompilerIdentity
{
    private static readonly Lazy<string> value = new(Find);

    /// <summary>One line; another one wherever the same flow might compile, or be judged, otherwise.</summary>
    public static string Value => value.Value;

    private static string Find()
    {
        var own = typeof(FlowCompiler).Assembly;
        var parts = own.GetReferencedAssemblies()
            .Where(name => name.Name?.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) == true || name.Name == "YamlDotNet")
            .OrderBy(name => name.Name, StringComparer.Ordinal)
            .Select(name => $"{name.Name} {ModuleOf(name)}");
        return string.Join(';', [
            $"Engine.Flows {own.ManifestModule.ModuleVersionId}",
            $"Engine.Sdk {typeof(Secret).Module.ModuleVersionId}", .. parts, $"platform {Environment.Version}"]);
    }

    // A patch of a package may leave its version as it is, but not its module's id. In a single file only the version is at hand.
    private static string ModuleOf(AssemblyName name)
    {
        var file = Path.Combine(AppContext.BaseDirectory, $"{name.Name}.dll");
        if (!File.Exists(file)) return name.Version?.ToString() ?? "";
        using var image = new PEReader(File.OpenRead(file));
        var metadata = image.GetMetadataReader();
        return metadata.GetGuid(metadata.GetModuleDefinition().Mvid).ToString();
    }
}
