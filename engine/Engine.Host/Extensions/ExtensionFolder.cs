using System.Reflection;
using System.Runtime.Loader;

namespace Engine.Host;

/// <summary>The folder of extensions that the build put beside the executable.</summary>
internal static class ExtensionFolder
{
    private static readonly Lazy<IEngineExtension?> hangfire = new(() => Load("hangfire", "Engine.Hangfire"));

    /// <summary>Runs the pump under Hangfire; null where the build left it out.</summary>
    public static IEngineExtension? Hangfire => hangfire.Value;

    /// <summary>Whether the build took Hangfire in; asking loads nothing.</summary>
    public static bool HasHangfire => File.Exists(FileOf("hangfire", "Engine.Hangfire"));

    private static string FileOf(string folder, string assembly) =>
        Path.Combine(AppContext.BaseDirectory, "extensions", folder, $"{assembly}.dll");

    private static IEngineExtension? Load(string folder, string assembly)
    {
        var file = FileOf(folder, assembly);
        if (!File.Exists(file)) return null;
        try
        {
            var loaded = new ExtensionLoadContext(folder, file).LoadFromAssemblyPath(file);
            var type = loaded.GetTypes().Single(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IEngineExtension)));
            return Activator.CreateInstance(type) as IEngineExtension;
        }
        catch (Exception error) when (error is IOException or BadImageFormatException or ReflectionTypeLoadException or TargetInvocationException)
        {
            throw new EngineStartException($"the extension '{file}' cannot be loaded: {error.Message}; build the engine anew", error);
        }
    }

    /// <summary>What the engine has itself is shared, <c>Engine.*</c> and Npgsql above all; the rest comes from the extension's own folder.</summary>
    private sealed class ExtensionLoadContext(string name, string file) : AssemblyLoadContext(name)
    {
        private readonly AssemblyDependencyResolver resolver = new(file);

        protected override Assembly? Load(AssemblyName assemblyName) =>
            !File.Exists(Path.Combine(AppContext.BaseDirectory, $"{assemblyName.Name}.dll"))
            && resolver.ResolveAssemblyToPath(assemblyName) is { } path
                ? LoadFromAssemblyPath(path)
                : null;
    }
}
