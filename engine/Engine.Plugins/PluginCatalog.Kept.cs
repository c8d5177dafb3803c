using System.Collections.Immutable;
using Engine.Flows;

namespace Engine.Plugins;

/// <summary>Builds that are kept elsewhere too, and those that somebody published for this engine and others.</summary>
public sealed partial class PluginCatalog
{
    /// <summary>A build that was loaded here, in one piece, to be kept elsewhere; null where it is not at hand.</summary>
    public byte[]? Pack(string build) =>
        loaded.ContainsKey(build) && Path.Combine(builds, Path.GetFileName(build)) is var folder && Directory.Exists(folder)
            ? StoredBuild.Pack(folder)
            : null;

    /// <summary>Whether a build's copy is on this machine; it may be damaged all the same.</summary>
    public bool HasCopy(string build) => loaded.ContainsKey(build) || Directory.Exists(Path.Combine(builds, Path.GetFileName(build)));

    /// <summary>The name of a loaded build's plugin, for whoever reads a list; null where it is not loaded.</summary>
    public string? FindName(string build) => loaded.GetValueOrDefault(build)?.Assembly.GetName().Name;

    /// <summary>Takes a build that was packed elsewhere, replacing a copy that is damaged. None of its code runs.</summary>
    /// <returns>Null where it can be used now; otherwise why not.</returns>
    public string? Bring(string build, byte[] packed)
    {
        lock (gate)
        {
            if (loaded.ContainsKey(build)) return null;
            try
            {
                var folder = Path.Combine(builds, Path.GetFileName(build));
                if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
                StoredBuild.Write(builds, build, StoredBuild.Unpack(packed));
            }
            catch (Exception error) when (error is PluginException or IOException or UnauthorizedAccessException)
            {
                return error.Message;
            }

            return LoadKept(build).Problem;
        }
    }

    /// <summary>Why a build cannot be used; null where it can.</summary>
    public string? FindProblem(string build) => loaded.ContainsKey(build) ? null : LoadKept(build).Problem;

    /// <summary>
    /// Makes these builds, which are at hand, the current ones in place of what the plugin folders hold; null goes back to the folders.
    /// One that cannot be loaded is a problem, and the others are there all the same.
    /// </summary>
    public void Serve(ImmutableArray<string>? current)
    {
        lock (gate)
        {
            published = current;
            Refresh();
        }
    }

    private void TakePublished(
        ImmutableArray<string> given, ImmutableArray<Provider>.Builder providers, ImmutableArray<PluginProblem>.Builder problems)
    {
        foreach (var id in given)
        {
            var (build, problem) = LoadKept(id);
            if (build is null) problems.Add(new PluginProblem(id, problem ?? "it is not at hand"));
            else providers.AddRange(build.Offered);
        }
    }
}
