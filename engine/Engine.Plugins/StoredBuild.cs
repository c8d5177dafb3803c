using System.IO.Compression;
using System.Security.Cryptography;

namespace Engine.Plugins;

/// <summary>The private copy of a build's files, in a folder named by its hash, and the same in one piece, to be kept elsewhere.</summary>
internal static class StoredBuild
{
    /// <summary>Far above any plugin: what was packed by somebody else must not fill the disk.</summary>
    private const long LimitBytes = 512L * 1024 * 1024;

    /// <summary>The files of a folder as one ZIP archive.</summary>
    public static byte[] Pack(string folder)
    {
        using var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                var entry = archive.CreateEntry(Path.GetRelativePath(folder, file).Replace('\\', '/'), CompressionLevel.Fastest);
                using var to = entry.Open();
                using var from = File.OpenRead(file);
                from.CopyTo(to);
            }
        }

        return packed.ToArray();
    }

    /// <summary>The files of an archive, by their relative path.</summary>
    /// <exception cref="PluginException">It is no archive, or names a path outside.</exception>
    public static SortedDictionary<string, byte[]> Unpack(byte[] packed)
    {
        try
        {
            using var archive = new ZipArchive(new MemoryStream(packed), ZipArchiveMode.Read);
            if (archive.Entries.Sum(entry => entry.Length) > LimitBytes) throw new PluginException("it is too large");
            var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
            foreach (var entry in archive.Entries)
            {
                if (!IsInside(entry.FullName)) throw new PluginException("it names a file outside of its folder");
                using var from = entry.Open();
                var content = new byte[entry.Length];
                from.ReadExactly(content);
                files.Add(entry.FullName, content);
            }

            return files;
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or ArgumentException)
        {
            throw new PluginException("it is not what an engine packed");
        }
    }

    /// <summary>Writes the files below <paramref name="builds"/>, under the hash; gives that folder.</summary>
    public static string Write(string builds, string build, SortedDictionary<string, byte[]> files)
    {
        // Written aside and renamed, so that a crash leaves no half build under a hash.
        var target = Path.Combine(builds, build);
        var aside = Path.Combine(builds, $"{build}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}.part");
        Directory.CreateDirectory(aside);
        foreach (var (relative, content) in files)
        {
            var file = Path.Combine(aside, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(file) ?? aside);
            File.WriteAllBytes(file, content);
        }

        try
        {
            Directory.Move(aside, target);
        }
        catch (IOException) when (Directory.Exists(target))
        {
            Directory.Delete(aside, recursive: true);
        }

        return target;
    }

    private static bool IsInside(string relative) =>
        relative.Length > 0 && !Path.IsPathRooted(relative) && !relative.Contains('\\', StringComparison.Ordinal)
        && !relative.Split('/').Any(part => part is "" or "." or "..");
}
