using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Engine.Flows;

namespace Engine.Plugins;

/// <summary>Compiles providers' files, or finds what an earlier compilation gave.</summary>
/// <param name="Source">The file.</param>
/// <returns>What <see cref="ProviderCompiler.Check"/> gives.</returns>
public delegate ProviderCheck ProviderFileCheck(FlowSource source);

/// <summary>A provider's file with the image it was compiled to, as one build.</summary>
/// <param name="Build">SHA-256 over both, lower-case hex.</param>
internal sealed record ProviderFile(byte[] Content, ImmutableArray<byte> Image, string Build)
{
    private const string SourceName = "source" + ProviderCompiler.FileSuffix;
    private const string ImageName = "image.bin";

    public static ProviderFile Of(byte[] content, ImmutableArray<byte> image)
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        all.AppendData(SHA256.HashData(content));
        all.AppendData(SHA256.HashData(image.AsSpan()));
        return new ProviderFile(content, image, Convert.ToHexStringLower(all.GetHashAndReset()));
    }

    /// <summary>The files that stand in a folder of plugins, or in the folder of one; in order.</summary>
    public static IEnumerable<string> In(string folder) =>
        Directory.EnumerateFiles(folder, "*" + ProviderCompiler.FileSuffix).Order(StringComparer.Ordinal);

    /// <summary>A stored build; null where the folder holds none.</summary>
    public static ProviderFile? Find(string folder)
    {
        var (source, image) = (Path.Combine(folder, SourceName), Path.Combine(folder, ImageName));
        return File.Exists(source) && File.Exists(image)
            ? Of(File.ReadAllBytes(source), ImmutableCollectionsMarshal.AsImmutableArray(File.ReadAllBytes(image)))
            : null;
    }

    /// <summary>Keeps the build below <paramref name="builds"/>, under its hash.</summary>
    public void Store(string builds)
    {
        var target = Path.Combine(builds, Build);
        if (Directory.Exists(target))
        {
            if (Find(target)?.Build == Build) return;
            Directory.Delete(target, recursive: true);
        }

        // Written aside and renamed, so that a crash leaves no half build under a hash.
        var aside = Path.Combine(builds, $"{Build}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}.part");
        Directory.CreateDirectory(aside);
        File.WriteAllBytes(Path.Combine(aside, SourceName), Content);
        File.WriteAllBytes(Path.Combine(aside, ImageName), [.. Image]);
        try
        {
            Directory.Move(aside, target);
        }
        catch (IOException) when (Directory.Exists(target))
        {
            Directory.Delete(aside, recursive: true);
        }
    }

    /// <summary>The provider; null where the file is not right.</summary>
    public CompiledProvider? FindProvider() => ProviderCompiler.Restore(new FlowSource(SourceName, Content), Image);
}
