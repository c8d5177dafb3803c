namespace Engine.Storage;

/// <summary>Makes folders and files that no other user of the machine can read.</summary>
internal static class OwnerOnly
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;

    /// <summary>Makes the folder and those above it, where they are missing. One that exists keeps its rights.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, FolderMode);
    }

    /// <summary>
    /// Makes the file if it is missing; of several who try, one wins. It is written beside its place and moved there, so that it is
    /// whole or not there.
    /// </summary>
    public static void CreateFile(string path, ReadOnlySpan<byte> content)
    {
        if (File.Exists(path)) return;
        var unfinished = $"{path}.{Guid.CreateVersion7():N}.new";
        var options = new FileStreamOptions { Mode = System.IO.FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = FileMode;
        using (var file = new FileStream(unfinished, options))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(unfinished, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>Whether others than the owner have any right to the file; always false on Windows, where rights are inherited.</summary>
    public static bool IsOpenToOthers(string path, out string mode)
    {
        mode = "";
        if (OperatingSystem.IsWindows()) return false;
        var rights = File.GetUnixFileMode(path);
        mode = Convert.ToString((int)rights, toBase: 8).PadLeft(4, '0');
        return (rights & ~FolderMode) != UnixFileMode.None;
    }
}
