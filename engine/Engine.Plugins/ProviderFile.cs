using System.Security.Cryptography;
using Engine.Flows;

namespace Engine.Plugins;

/// <summary>Checks and compiles a provider's file, or finds what an earlier time gave; as <see cref="ProviderCompiler.Check"/>.</summary>
public delegate ProviderCheck ProviderFileCheck(FlowSource source);

/// <summary>A file that describes a provider. Its build is its bytes alone, since everything else follows from them.</summary>
/// <param name="Build">SHA-256 of the bytes, lower-case hex.</param>
internal sealed record ProviderFile(string Path, byte[] Content, string Build)
{
    private const int LimitBytes = 1024 * 1024;
    private const string StoredName = "source" + ProviderCompiler.FileSuffix;

    public static ProviderFile Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length > LimitBytes) throw new PluginException("the file is larger than a provider's may be");
        var content = new byte[file.Length];
        file.ReadExactly(content);
        return new ProviderFile(path, content, Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    /// <summary>The files that stand directly in a folder, in order.</summary>
    public static IEnumerable<string> In(string folder) =>
        Directory.EnumerateFiles(folder, "*" + ProviderCompiler.FileSuffix).Order(StringComparer.Ordinal);

    /// <summary>The copy that a build's folder holds; null where it holds a plugin.</summary>
    public static ProviderFile? Find(string folder) =>
        System.IO.Path.Combine(folder, StoredName) is var path && File.Exists(path) ? Read(path) : null;

    /// <summary>Keeps a copy below <paramref name="builds"/>, under its hash.</summary>
    public void Store(string builds)
    {
        var target = System.IO.Path.Combine(builds, Build);
        if (Directory.Exists(target) && Find(target)?.Build == Build) return;

        // Written aside and renamed, so that a crash leaves no half file under a hash.
        Directory.CreateDirectory(target);
        var aside = System.IO.Path.Combine(target, $"{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}.part");
        File.WriteAllBytes(aside, Content);
        File.Move(aside, System.IO.Path.Combine(target, StoredName), overwrite: true);
    }

    /// <summary>The provider.</summary>
    /// <exception cref="PluginException">Something is wrong with the file.</exception>
    public CompiledProvider Compile(ProviderFileCheck check)
    {
        var found = check(new FlowSource(Path, Content));
        return found.Provider ?? throw new PluginException(found.Findings.First(finding => finding.Severity == Severity.Error).ToString());
    }
}
