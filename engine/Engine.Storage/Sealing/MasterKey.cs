using System.Security.Cryptography;

namespace Engine.Storage;

/// <summary>
/// The key that all sealed values depend on. Its bytes stay in one pinned place and are wiped when it is disposed.
/// </summary>
internal sealed class MasterKey : IDisposable
{
    public const int LengthBytes = 32;

    private readonly byte[] key = GC.AllocateArray<byte>(LengthBytes, pinned: true);

    private MasterKey(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(key);
        Span<byte> id = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, "engine key id"u8, id);
        Id = Convert.ToHexStringLower(id[..8]);
    }

    /// <summary>Sixteen characters that name the key and tell nothing about it.</summary>
    public string Id { get; }

    public static MasterKey New()
    {
        Span<byte> bytes = stackalloc byte[LengthBytes];
        RandomNumberGenerator.Fill(bytes);
        var made = new MasterKey(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return made;
    }

    /// <summary>Takes the key from exactly <see cref="LengthBytes"/> bytes.</summary>
    public static MasterKey From(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, LengthBytes, nameof(bytes));
        return new MasterKey(bytes);
    }

    /// <summary>A key for one purpose, from which neither this key nor that of another purpose can be found.</summary>
    public void Derive(ReadOnlySpan<byte> purpose, Span<byte> derived) => HMACSHA256.HashData(key, purpose, derived);

    /// <summary>The bytes as text, for the key file alone.</summary>
    public string Export() => Convert.ToBase64String(key);

    public void Dispose() => CryptographicOperations.ZeroMemory(key);
}
