using System.Reflection;
using System.Runtime.Loader;
using Engine.Sdk;

namespace Engine.Plugins;

/// <summary>
/// One plugin build's own world: its dependencies come from its own folder, Engine.Sdk is shared with the engine, and the engine's
/// other assemblies cannot be seen, so that a plugin never runs by the accident of what the host brings along.
/// </summary>
internal sealed class PluginLoadContext(string name, string assemblyFile)
    : AssemblyLoadContext(name, isCollectible: true)
{
    private static readonly Assembly Sdk = typeof(ProviderAttribute).Assembly;

    private readonly AssemblyDependencyResolver resolver = new(assemblyFile);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == Sdk.GetName().Name) return Sdk;
        if (resolver.ResolveAssemblyToPath(assemblyName) is { } path) return LoadFromAssemblyPath(path);
        return File.Exists(Path.Combine(AppContext.BaseDirectory, $"{assemblyName.Name}.dll"))
            ? throw new FileNotFoundException($"the plugin does not bring '{assemblyName.Name}.dll' along", assemblyName.FullName)
            : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
