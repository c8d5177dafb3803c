using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Engine.Flows;

namespace Engine.Host;

/// <summary>
/// Compiles files that describe providers, and does not for one that it has had before. As in <see cref="FlowCache"/>, an entry is code that the
/// engine will run, so it is authenticated by a key that lies elsewhere.
/// </summary>
internal sealed class ProviderCache(FlowCacheFolder folder, byte[] key)
{
    private const string Name = "provider";

    /// <summary>As <see cref="ProviderCompiler.Check"/>; a file that was right before has no findings, not even warnings.</summary>
    public ProviderCheck Check(FlowSource source)
    {
        var group = GroupOf(source);
        if (Find(group) is { IsEmpty: false } image && ProviderCompiler.Restore(source, image) is { } known) return new ProviderCheck(known, "", []);
        var check = ProviderCompiler.Check(source, CancellationToken.None);
        if (check.Provider is { Provider.Image: var made }) folder.Write(group, Name, [.. MacOf(group, made.AsSpan()), .. made]);
        return check;
    }

    private static string GroupOf(FlowSource source)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{Name}/{CompilerIdentity.Value}"));
        hash.AppendData(source.Content.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private ImmutableArray<byte> Find(string group)
    {
        if (folder.Read(group, Name) is not { Length: > HMACSHA256.HashSizeInBytes } entry) return [];
        var image = entry.AsSpan(HMACSHA256.HashSizeInBytes).ToArray();
        return CryptographicOperations.FixedTimeEquals(entry.AsSpan(0, HMACSHA256.HashSizeInBytes), MacOf(group, image))
            ? ImmutableCollectionsMarshal.AsImmutableArray(image)
            : [];
    }

    private byte[] MacOf(string group, ReadOnlySpan<byte> image)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        mac.AppendData(Encoding.UTF8.GetBytes(group));
        mac.AppendData(image);
        return mac.GetHashAndReset();
    }
}
