using System.Security.Cryptography;

namespace Engine.Host;

/// <summary>
/// The files of a cache. Several processes may use one folder: a file is written aside and renamed, and one that is gone or cannot be read
/// is no entry. What cannot be written is not kept, and said once.
/// </summary>
internal sealed class FlowCacheFolder(string folder, TimeProvider time, ILogger log)
{
    private const string Suffix = ".flow";
    private const string Aside = ".part";

    /// <summary>What all files may take together before the oldest are removed.</summary>
    public const long DefaultLimitBytes = 256 * 1024 * 1024;

    private static readonly TimeSpan AsideLife = TimeSpan.FromHours(1);
    private static readonly TimeSpan UseStep = TimeSpan.FromHours(1);

    private bool isTroubleSaid;

    /// <summary>The names below a group, the newest first.</summary>
    public IReadOnlyList<string> NamesIn(string group)
    {
        var found = new DirectoryInfo(Path.Combine(folder, group));
        try
        {
            return [.. found.EnumerateFiles("*" + Suffix).OrderByDescending(file => file.LastWriteTimeUtc)
                .Select(file => Path.GetFileNameWithoutExtension(file.Name))];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    public byte[]? Read(string group, string name)
    {
        var path = PathOf(group, name);
        try
        {
            var content = File.ReadAllBytes(path);
            MarkUsed(path);
            return content;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Write(string group, string name, byte[] content)
    {
        var path = PathOf(group, name);
        var aside = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}{Aside}";
        try
        {
            MakeFolder(Path.Combine(folder, group));
            File.WriteAllBytes(aside, content);
            File.Move(aside, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (!Interlocked.Exchange(ref isTroubleSaid, true)) Log.CacheUnusable(log, folder, error.Message);
        }
    }

    /// <summary>Removes the entries that were not used for the longest, until the others take at most three quarters of the limit.</summary>
    public void Trim(long limitBytes)
    {
        try
        {
            if (!Directory.Exists(folder)) return;
            var now = time.GetUtcNow().UtcDateTime;
            var files = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).ToList();
            foreach (var left in files.Where(file => file.Extension == Aside && now - file.LastWriteTimeUtc > AsideLife)) left.Delete();
            var entries = files.Where(file => file.Extension == Suffix).OrderBy(file => file.LastWriteTimeUtc).ToList();
            var all = entries.Sum(file => file.Length);
            if (all <= limitBytes) return;
            foreach (var oldest in entries.TakeWhile(_ => all > limitBytes / 4 * 3))
            {
                all -= oldest.Length;
                oldest.Delete();
                if (oldest.Directory is { } group && !group.EnumerateFileSystemInfos().Any()) group.Delete();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Another process trims the same folder; the next time will do.
        }
    }

    private string PathOf(string group, string name) => Path.Combine(folder, group, name + Suffix);

    // The time of the last use, to the hour, so that a start does not write to every file.
    private void MarkUsed(string path)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (now - File.GetLastWriteTimeUtc(path) > UseStep) File.SetLastWriteTimeUtc(path, now);
    }

    private static void MakeFolder(string path)
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, owner);
    }
}
