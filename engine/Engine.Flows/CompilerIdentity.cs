using Engine.Sdk;

namespace Engine.Flows;

/// <summary>Names the compiler by all that is in it. Found without loading Roslyn, which a server with a warm cache never does.</summary>
internal static class CompilerIdentity
{
    private static readonly Lazy<string> value = new(Find);

    /// <summary>One line; another one wherever the same flow might compile, or be judged, otherwise.</summary>
    public static string Value => value.Value;

    // The project file writes the lock file's hash into this assembly, so that its module's id changes with any package too.
    private static string Find() => string.Join(';', [
        $"flow {FlowVersion.Compiler}", $"Engine.Flows {typeof(CompilerIdentity).Module.ModuleVersionId}",
        $"Engine.Sdk {typeof(Secret).Module.ModuleVersionId}", $"platform {Environment.Version}"]);
}
