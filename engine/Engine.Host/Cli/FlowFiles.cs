using System.IO.Enumeration;
using Engine.Flows;

namespace Engine.Host;

/// <summary>The flow files that the paths on a command line mean.</summary>
internal static class FlowFiles
{
    /// <summary>
    /// The files as given, and those below the folders: <c>*.yaml</c> and <c>*.yml</c>, without hidden ones. A flow's test
    /// (<c>*.test.yaml</c>) is no flow. Each file comes once, folders in the order of their files' names.
    /// </summary>
    /// <exception cref="MisuseException">A path does not exist, or no flow is there.</exception>
    public static IReadOnlyList<string> Find(IReadOnlyList<string> paths)
    {
        var found = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            foreach (var file in FilesAt(path))
            {
                if (!IsTest(file) && seen.Add(Path.GetFullPath(file))) found.Add(file);
            }
        }

        return found.Count > 0
            ? found
            : throw new MisuseException($"no flow is in '{string.Join("', '", paths)}': no file is named *.yaml or *.yml");
    }

    /// <summary>The tests of flows as given, and those below the folders, once each.</summary>
    /// <exception cref="MisuseException">A path does not exist, is no test, or no test is there.</exception>
    public static IReadOnlyList<string> FindTests(IReadOnlyList<string> paths)
    {
        if (paths.FirstOrDefault(path => File.Exists(path) && !IsTest(path)) is { } other)
        {
            throw new MisuseException($"'{other}' is no test of a flow; tests are named *.test.yaml");
        }

        var found = paths.SelectMany(FilesAt).Where(IsTest).DistinctBy(Path.GetFullPath, StringComparer.Ordinal).ToList();
        return found.Count > 0
            ? found
            : throw new MisuseException($"no test is in '{string.Join("', '", paths)}': no file is named *.test.yaml");
    }

    private static IEnumerable<string> FilesAt(string path)
    {
        if (File.Exists(path)) return [path];
        if (Directory.Exists(path)) return FilesBelow(path);
        throw new MisuseException(
            path.StartsWith('-') ? $"'{path}' is neither an option nor a path that exists" : $"'{path}' does not exist");
    }

    private static IEnumerable<string> FilesBelow(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System };
        var files = new FileSystemEnumerable<string>(
            folder, (ref FileSystemEntry entry) => entry.ToSpecifiedFullPath(), options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && IsFlow(entry.FileName),

            // A link to a folder may lead back up.
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
        return files.Order(StringComparer.Ordinal);
    }

    public static bool IsFlow(ReadOnlySpan<char> name) =>
        name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the file describes a provider.</summary>
    public static bool IsProvider(string path) => path.EndsWith(ProviderCompiler.FileSuffix, StringComparison.OrdinalIgnoreCase);

    public static bool IsTest(string path) =>
        path.EndsWith(".test.yaml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".test.yml", StringComparison.OrdinalIgnoreCase);
}
