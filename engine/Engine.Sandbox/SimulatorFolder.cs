using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;

namespace Engine.Sandbox;

/// <summary>Finds simulators in plugin folders, each in a load context of its own with what stands beside it; Engine.Sandbox is shared.</summary>
internal static class SimulatorFolder
{
    /// <summary>The simulators below plugin folders, and a sentence for each that could not be loaded.</summary>
    public static (ImmutableArray<ISimulator> Simulators, ImmutableArray<string> Problems) Load(IEnumerable<string> pluginFolders)
    {
        var simulators = ImmutableArray.CreateBuilder<ISimulator>();
        var problems = ImmutableArray.CreateBuilder<string>();
        foreach (var folder in pluginFolders.Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories).Order(StringComparer.Ordinal))
        {
            var deps = Directory.Exists(Path.Combine(folder, "simulator"))
                ? Directory.GetFiles(Path.Combine(folder, "simulator"), "*.deps.json")
                : [];
            foreach (var file in deps.Select(path => path[..^".deps.json".Length] + ".dll"))
            {
                try
                {
                    simulators.Add(Load(file));
                }
                catch (Exception error)
                {
                    problems.Add($"simulator '{file}': {(error as TargetInvocationException)?.InnerException?.Message ?? error.Message}");
                }
            }
        }

        return (simulators.ToImmutable(), problems.ToImmutable());
    }

    private static ISimulator Load(string file)
    {
        var types = new Context(file).LoadFromCopy(file).GetExportedTypes()
            .Where(type => !type.IsAbstract && typeof(ISimulator).IsAssignableFrom(type))
            .ToArray();
        return types is [var only] && Activator.CreateInstance(only) is ISimulator simulator
            ? simulator
            : throw new InvalidOperationException($"it must have one public class that implements ISimulator, not {types.Length}");
    }

    private sealed class Context(string file) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(file))
    {
        /// <summary>Loads from memory, so that the file can be replaced meanwhile.</summary>
        public Assembly LoadFromCopy(string path) => LoadFromStream(new MemoryStream(File.ReadAllBytes(path)));

        protected override Assembly? Load(AssemblyName assemblyName) =>
            assemblyName.Name == typeof(ISimulator).Assembly.GetName().Name ? typeof(ISimulator).Assembly
            : Path.Combine(Path.GetDirectoryName(file) ?? "", $"{assemblyName.Name}.dll") is var beside && File.Exists(beside) ? LoadFromCopy(beside)
            : null;
    }
}
