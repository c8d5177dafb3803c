namespace Engine.Storage;

/// <summary>
/// Makes folders and files that no other user of the machine can read. On Windows the rights of the folder above hold.
/// </summary>
internal static class OwnerOnly
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode = FileMode | UnixFileMode.UserExecute;

    /// <summary>
    /// Makes the folder and those above it, where they are missing. One that exists keeps its rights.
    /// </summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, FolderMode);
    }

    /// <summary>
    /// Makes a new file and writes it to disk; throws where it exists. (File.Move would replace what another process
    /// made.)
    /// </summary>
    public static void CreateFile(string path, ReadOnlySpan<byte> content)
    {
        var options = new FileStreamOptions { Mode = System.IO.FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = FileMode;
        using var file = new FileStream(path, options);
        try
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Takes the file away from all others.</summary>
    public static void Restrict(string path)
    {
        if (!OperatingSystem.IsWindows() && IsOpenToOthers(path, out _)) File.SetUnixFileMode(path, FileMode);
    }

    public static bool IsOpenToOthers(string path, out string mode)
    {
        mode = "";
        if (OperatingSystem.IsWindows()) return false;
        var rights = File.GetUnixFileMode(path);
        mode = Convert.ToString((int)rights, toBase: 8).PadLeft(4, '0');
        return (rights & ~FolderMode) != UnixFileMode.None;
    }
}
