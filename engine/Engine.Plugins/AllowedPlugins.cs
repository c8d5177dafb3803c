using System.Globalization;

namespace Engine.Plugins;

/// <summary>
/// The plugin builds that an operator allowed to be loaded: a text file with one line for each, <c>build  name  when</c>, where the build is the
/// SHA-256 of the plugin's files. Whoever may write the file decides which code the engine runs, so it stands beside the engine's key.
/// </summary>
/// <param name="file">Need not exist: then nothing is allowed yet.</param>
/// <param name="shipped">The folder of the plugins that came with the engine; they are as trusted as the executable, and are noted by themselves.</param>
public sealed class AllowedPlugins(string file, string shipped, TimeProvider time)
{
    /// <summary>Notes a build as allowed. False where it was allowed before.</summary>
    /// <param name="name">The plugin's name, for who reads the list.</param>
    public bool Allow(string build, string name)
    {
        if (Contains(build)) return false;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file)) ?? ".");
        File.AppendAllText(file, string.Create(CultureInfo.InvariantCulture, $"{build}  {name}  {time.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}\n"));
        return true;
    }

    /// <summary>Whether the build was allowed.</summary>
    public bool Contains(string build) =>
        File.Exists(file) && File.ReadLines(file).Any(line => line.StartsWith(build, StringComparison.Ordinal));

    /// <summary>Whether a plugin's folder, or a provider's file, may be loaded as it was read.</summary>
    internal bool Takes(string place, string build, string name)
    {
        if (Contains(build)) return true;

        // A provider's file may stand in a folder of its own, beside its simulator.
        var parent = Path.GetDirectoryName(Path.GetFullPath(place));
        if (parent != Path.GetFullPath(shipped) && Path.GetDirectoryName(parent) != Path.GetFullPath(shipped)) return false;

        // Noted, so that a run can go on with this build when a newer engine ships another one.
        Allow(build, name);
        return true;
    }
}
