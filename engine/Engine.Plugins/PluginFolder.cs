using System.Security.Cryptography;
using System.Text;

namespace Engine.Plugins;

/// <summary>The files of one plugin, as they stood at one moment.</summary>
/// <param name="Name">The folder's name, for messages.</param>
/// <param name="Files">Content by path relative to the folder, with forward slashes. The simulator and debug symbols are not part of it.</param>
/// <param name="Build">SHA-256 over names and contents, lower-case hex.</param>
/// <param name="AssemblyName">The plugin's own assembly: the one with a <c>.deps.json</c> beside it.</param>
internal sealed record PluginFolder(string Name, SortedDictionary<string, byte[]> Files, string Build, string AssemblyName)
{
    /// <summary>What may stand in a plugin's folder without being part of the plugin.</summary>
    public const string SimulatorFolder = "simulator";

    private const string DepsSuffix = ".deps.json";

    /// <summary>Whether the folder is meant as a plugin, be it a good one or not.</summary>
    public static bool IsPlugin(string path) => Directory.EnumerateFiles(path, "*" + DepsSuffix).Any();

    /// <summary>Reads the folder; throws <see cref="PluginException"/> where it holds no plugin.</summary>
    public static PluginFolder Read(string path)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(path, file).Replace('\\', '/');
            if (relative.StartsWith(SimulatorFolder + "/", StringComparison.OrdinalIgnoreCase)
                || relative.EndsWith(".pdb", StringComparison.OrdinalIgnoreCase)) continue;
            files.Add(relative, File.ReadAllBytes(file));
        }

        var assemblies = files.Keys.Where(file => file.EndsWith(DepsSuffix, StringComparison.Ordinal) && !file.Contains('/', StringComparison.Ordinal))
            .Select(file => file[..^DepsSuffix.Length])
            .Where(assembly => files.ContainsKey(assembly + ".dll"))
            .ToArray();
        return assemblies switch
        {
            [var only] when !DepsFile.IsSound(files[only + DepsSuffix]) =>
                throw new PluginException($"'{only}{DepsSuffix}' is damaged; build the plugin again"),
            [var only] => new PluginFolder(name, files, Hash(files), only),
            [] => throw new PluginException(
                "there is no dll with its .deps.json beside it (build the class library with EnableDynamicLoading and copy its whole output), and no file NAME.provider.yaml"),
            _ => throw new PluginException(
                $"there are several plugins ({string.Join(", ", assemblies)}); each needs a folder of its own"),
        };
    }

    /// <summary>Copies the files below <paramref name="builds"/>, under the build's hash, unless they are there already; gives that folder.</summary>
    public string Store(string builds)
    {
        var target = Path.Combine(builds, Build);
        if (Directory.Exists(target))
        {
            if (Read(target).Build == Build) return target;
            Directory.Delete(target, recursive: true);
        }

        StoredBuild.Write(builds, Build, Files);
        return target;
    }

    private static string Hash(SortedDictionary<string, byte[]> files)
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, content) in files)
        {
            all.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
            all.AppendData(SHA256.HashData(content));
        }

        return Convert.ToHexStringLower(all.GetHashAndReset());
    }
}

/// <summary>A plugin cannot be used; the message says why, in words for its author.</summary>
internal sealed class PluginException(string message) : Exception(message);
