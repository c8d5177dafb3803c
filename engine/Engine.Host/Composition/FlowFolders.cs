using System.Collections.Immutable;
using System.IO.Enumeration;

namespace Engine.Host;

/// <summary>Lists the files that flows and plugins are made of.</summary>
internal static class FlowFolders
{
    /// <summary>The flow files of the folders, in order, as full paths; null in place of a folder that does not exist.</summary>
    public static IReadOnlyList<string>? FilesOf(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder).Where(IsFlow).Select(Path.GetFullPath).Order(StringComparer.Ordinal)]
        : null;

    /// <summary>Tells one state of the flow folders from another without reading a file.</summary>
    public static ImmutableArray<FileStamp> StampFlows(IEnumerable<string> folders) => Stamp(folders, isDeep: false, IsFlow);

    /// <summary>Tells one state of the plugin folders, and of the list of allowed ones, from another without reading a file.</summary>
    public static ImmutableArray<FileStamp> StampPlugins(IEnumerable<string> folders, string allowed)
    {
        var files = Stamp(folders, isDeep: true, path => !path.EndsWith(".pdb", StringComparison.OrdinalIgnoreCase));
        return new FileInfo(allowed) is { Exists: true } list
            ? files.Add(new FileStamp(list.FullName, list.LastWriteTimeUtc.Ticks, list.Length))
            : files;
    }

    private static bool IsFlow(string path) =>
        Path.GetExtension(path) is ".yaml" or ".yml"
        && !FlowFiles.IsProvider(path)
        && !Path.GetFileNameWithoutExtension(path).EndsWith(".test", StringComparison.OrdinalIgnoreCase);

    private static ImmutableArray<FileStamp> Stamp(IEnumerable<string> folders, bool isDeep, Func<string, bool> isMeant)
    {
        var stamps = ImmutableArray.CreateBuilder<FileStamp>();
        foreach (var folder in folders.Where(Directory.Exists))
        {
            var options = new EnumerationOptions { RecurseSubdirectories = isDeep, AttributesToSkip = FileAttributes.None };
            var files = new FileSystemEnumerable<FileStamp>(folder, (ref FileSystemEntry entry) => StampOf(ref entry), options)
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
            };
            stamps.AddRange(files.Where(file => isMeant(file.Path)).OrderBy(file => file.Path, StringComparer.Ordinal));
        }
        return stamps.ToImmutable();
    }

    // A link's own size and time say nothing of the file behind it: configuration mounted into a container comes as links.
    private static FileStamp StampOf(ref FileSystemEntry entry)
    {
        var path = entry.ToFullPath();
        if (!entry.Attributes.HasFlag(FileAttributes.ReparsePoint)) return new FileStamp(path, entry.LastWriteTimeUtc.UtcTicks, entry.Length);
        return File.ResolveLinkTarget(path, returnFinalTarget: true) is FileInfo { Exists: true } target
            ? new FileStamp(path, target.LastWriteTimeUtc.Ticks, target.Length)
            : new FileStamp(path, 0, 0);
    }
}

/// <summary>A file as a listing shows it.</summary>
/// <param name="Written">Ticks of the last write, UTC.</param>
internal readonly record struct FileStamp(string Path, long Written, long Length);
