namespace Engine.Storage;

/// <summary>Makes the folder and an empty file that only their owner can read; SQLite gives its other files the same rights.</summary>
internal static class DataFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void Prepare(string folder, string file)
    {
        if (File.Exists(folder)) throw new StorageUnavailableException(folder, "the data folder is a file; name a folder");
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);

            // Only a new file is opened here: closing another handle would drop the locks that SQLite holds in this process.
            if (!File.Exists(file)) Create(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageUnavailableException(folder, $"the data folder cannot be used: {FileTrouble.ReasonOf(e)}", e);
        }
    }

    private static void Create(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        try
        {
            using var _ = new FileStream(file, options);
        }
        catch (IOException) when (File.Exists(file))
        {
            // Another process was faster.
        }
    }
}
