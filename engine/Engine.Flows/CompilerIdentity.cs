using Engine.Sdk;

namespace Engine.Flows;

/// <summary>Names the compiler by all that is in it. Found without loading Roslyn, which a server with a warm cache never does.</summary>
internal static class CompilerIdentity
{
    private static readonly Lazy<string> value = new(Find);

    /// <summary>One line; another one wherever the same flow might compile, or be judged, otherwise.</summary>
    public static string Value => value.Value;

    private static string Find()
    {
        var own = typeof(CompilerIdentity).Assembly;
        var parts = own.GetReferencedAssemblies()
            .Where(name => name.Name?.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) == true || name.Name == "YamlDotNet")
            .OrderBy(name => name.Name, StringComparer.Ordinal)
            .Select(name => $"{name.Name} {name.Version}");
        return string.Join(';', [
            $"flow {FlowVersion.Compiler}", $"Engine.Flows {own.ManifestModule.ModuleVersionId}",
            $"Engine.Sdk {typeof(Secret).Module.ModuleVersionId}", .. parts, $"platform {Environment.Version}"]);
    }
}
