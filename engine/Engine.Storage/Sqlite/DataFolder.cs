namespace Engine.Storage;

/// <summary>Makes the data folder and an empty database file for their owner only; SQLite gives its other files the same rights.</summary>
internal static class DataFolder
{
    public static void Prepare(string folder, string file)
    {
        if (File.Exists(folder)) throw new StorageUnavailableException(folder, "the data folder is a file; name a folder");
        try
        {
            OwnerOnly.CreateFolder(folder);
            OwnerOnly.CreateFile(file, []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageUnavailableException(folder, $"the data folder cannot be used: {FileTrouble.ReasonOf(e)}", e);
        }
    }
}
