using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using System.Security.Cryptography;

namespace Engine.Sandbox;

/// <summary>
/// Finds simulators in plugin folders, each in a load context of its own with what stands beside it; Engine.Sandbox is shared. One that
/// has not changed since the last look is given again.
/// </summary>
internal sealed class SimulatorFolder(ImmutableArray<string> pluginFolders)
{
    private ImmutableDictionary<string, Loaded> known = ImmutableDictionary<string, Loaded>.Empty;

    /// <summary>The simulators below the plugin folders as they are now, and a sentence for each that cannot be played.</summary>
    public (ImmutableArray<ISimulator> Simulators, ImmutableArray<string> Problems) Look()
    {
        var simulators = ImmutableArray.CreateBuilder<ISimulator>();
        var problems = ImmutableArray.CreateBuilder<string>();
        var found = ImmutableDictionary.CreateBuilder<string, Loaded>(StringComparer.Ordinal);
        foreach (var file in pluginFolders.Where(Directory.Exists).SelectMany(FilesBelow))
        {
            try
            {
                var hash = Hash(file);
                found[file] = known.GetValueOrDefault(file) is { } before && before.Hash == hash ? before : new Loaded(hash, Load(file));
                var simulator = found[file].Simulator;
                if (simulators.All(other => other.Provider != simulator.Provider)) simulators.Add(simulator);
                else problems.Add($"simulator '{file}': there is one for '{simulator.Provider}' already");
            }
            catch (Exception error)
            {
                problems.Add($"simulator '{file}': {(error as TargetInvocationException)?.InnerException?.Message ?? error.Message}");
            }
        }

        known = found.ToImmutable();
        return (simulators.ToImmutable(), problems.ToImmutable());
    }

    // The folder of one plugin may be named itself, as with the plugins.
    private static IEnumerable<string> FilesBelow(string parent) =>
        Directory.EnumerateDirectories(parent).Append(parent)
            .Select(folder => Path.Combine(folder, "simulator"))
            .Where(Directory.Exists)
            .Order(StringComparer.Ordinal)
            .SelectMany(folder => Directory.GetFiles(folder, "*.deps.json"))
            .Select(path => path[..^".deps.json".Length] + ".dll");

    private static string Hash(string file)
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var beside in Directory.EnumerateFiles(Path.GetDirectoryName(file) ?? "", "*.dll").Order(StringComparer.Ordinal))
        {
            all.AppendData(SHA256.HashData(File.ReadAllBytes(beside)));
        }

        return Convert.ToHexStringLower(all.GetHashAndReset());
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

    private sealed record Loaded(string Hash, ISimulator Simulator);

    private sealed class Context(string file) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(file), isCollectible: true)
    {
        /// <summary>Loads from memory, so that the file can be replaced meanwhile.</summary>
        public Assembly LoadFromCopy(string path) => LoadFromStream(new MemoryStream(File.ReadAllBytes(path)));

        protected override Assembly? Load(AssemblyName assemblyName) =>
            assemblyName.Name == typeof(ISimulator).Assembly.GetName().Name ? typeof(ISimulator).Assembly
            : Path.Combine(Path.GetDirectoryName(file) ?? "", $"{assemblyName.Name}.dll") is var beside && File.Exists(beside) ? LoadFromCopy(beside)
            : null;
    }
}
