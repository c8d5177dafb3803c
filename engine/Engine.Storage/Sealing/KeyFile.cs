using System.Text;

namespace Engine.Storage;

/// <summary>
/// The file that holds the master key: one line, <c>engine-key-1 ID BASE64</c>. It must not lie in the data folder.
/// </summary>
internal static class KeyFile
{
    private const string Header = "engine-key-1";
    private const int LimitBytes = 1024;

    /// <summary>Refuses a key that would be copied, lost or stolen together with what it protects.</summary>
    public static void RefuseInside(string path, string dataFolder)
    {
        var inside = RealPath.Of(dataFolder).TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar;
        var comparison = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS()
            ? StringComparison.OrdinalIgnoreCase
            : StringComparison.Ordinal;
        if (RealPath.Of(path).StartsWith(inside, comparison))
        {
            throw new StorageUnavailableException(
                path,
                $"the key file lies inside the data folder \"{dataFolder}\"; "
                + "choose a place outside it, so that a copy of the data holds no key");
        }
    }

    /// <summary>
    /// Reads the key, or makes one where the file is missing and <paramref name="sealedWith"/> is null.
    /// </summary>
    /// <param name="sealedWith">The id of the key that the database was sealed with; null while nothing is
    /// sealed.</param>
    public static MasterKey Open(string path, string? sealedWith)
    {
        try
        {
            if (!File.Exists(path))
            {
                RefuseToCreate(path, sealedWith);
                Create(path);
            }

            var key = Read(path);
            if (sealedWith is null || key.Id == sealedWith) return key;
            var id = key.Id;
            key.Dispose();
            throw new StorageUnavailableException(
                path,
                $"the key file holds key {id}, but the database was sealed with key {sealedWith}; "
                + "give the file of that key");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageUnavailableException(path, $"the key file cannot be used: {FileTrouble.ReasonOf(e)}", e);
        }
    }

    private static void RefuseToCreate(string path, string? sealedWith)
    {
        if (Directory.Exists(path))
        {
            throw new StorageUnavailableException(path, "the key file is a folder; name a file");
        }

        if (sealedWith is null) return;
        throw new StorageUnavailableException(
            path, $"the key file is missing, and the database was sealed with key {sealedWith}; bring the file back");
    }

    private static void Create(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { Length: > 0 } folder) OwnerOnly.CreateFolder(folder);
        using var key = MasterKey.New();
        OwnerOnly.CreateFile(path, Encoding.ASCII.GetBytes($"{Header} {key.Id} {key.Export()}\n"));
    }

    private static MasterKey Read(string path)
    {
        if (OwnerOnly.IsOpenToOthers(path, out var mode))
        {
            throw new StorageUnavailableException(
                path, $"the key file may be read by others (mode {mode}); run: chmod 600 \"{path}\"");
        }

        if (new FileInfo(path).Length > LimitBytes) throw Unreadable(path, "it is too long");
        var parts = File.ReadAllText(path, Encoding.ASCII).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0) throw Unreadable(path, "it is empty");
        if (parts[0] != Header) throw Unreadable(path, $"it does not begin with \"{Header}\"");
        if (parts.Length != 3) throw Unreadable(path, $"it is not \"{Header}\", the key's id and the key");

        Span<byte> bytes = stackalloc byte[LimitBytes];
        if (!Convert.TryFromBase64String(parts[2], bytes, out var length))
        {
            throw Unreadable(path, "its key is not base64");
        }

        if (length != MasterKey.LengthBytes)
        {
            throw Unreadable(path, $"its key has {length} bytes and must have {MasterKey.LengthBytes}");
        }

        var key = MasterKey.From(bytes[..length]);
        bytes.Clear();
        if (key.Id == parts[1]) return key;
        key.Dispose();
        throw Unreadable(path, "its key does not belong to its id");
    }

    private static StorageUnavailableException Unreadable(string path, string fact) =>
        new(path, $"the key file is damaged: {fact}; bring back the file that the engine made");
}
