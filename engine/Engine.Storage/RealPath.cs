namespace Engine.Storage;

/// <summary>
/// Where a path leads once every link on the way is followed. Parts that do not exist stay as they are.
/// </summary>
internal static class RealPath
{
    public static string Of(string path)
    {
        var full = Path.GetFullPath(path);
        var root = Path.GetPathRoot(full) ?? "";
        var real = root;
        foreach (var part in full[root.Length..].Split(Path.DirectorySeparatorChar))
        {
            real = Path.Combine(real, part);
            var entry = new FileInfo(real);
            if (entry.LinkTarget is null) continue;
            if (entry.ResolveLinkTarget(returnFinalTarget: true) is { } target) real = Of(target.FullName);
        }

        return real;
    }
}
