using System.Security.Cryptography;
using System.Text;

namespace Engine.Storage;

/// <summary>
/// Seals values for their place with AES-256-GCM. Each row has a key of its own, derived from the master key: so random
/// nonces stay far below their limit (2^32 values under one key, NIST SP 800-38D) however long an engine runs.
/// </summary>
/// <remarks>A sealed value is: format (1 byte), key id (8), nonce (12), cipher text, tag (16).</remarks>
internal sealed class Sealer(MasterKey master)
{
    private const byte Format = 1;
    private const int KeyIdBytes = 8;
    private const int HeaderBytes = 1 + KeyIdBytes;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int OverheadBytes = HeaderBytes + NonceBytes + TagBytes;

    private readonly byte[] keyId = Convert.FromHexString(master.Id);

    /// <summary>The id of the key that a value was sealed with, or null where it is no sealed value.</summary>
    public static string? KeyIdOf(ReadOnlySpan<byte> value) =>
        value.Length >= OverheadBytes && value[0] == Format
            ? Convert.ToHexStringLower(value.Slice(1, KeyIdBytes))
            : null;

    public byte[] Seal(SealedPlace place, ReadOnlySpan<byte> plain)
    {
        var value = new byte[OverheadBytes + plain.Length];
        value[0] = Format;
        keyId.CopyTo(value, 1);
        var nonce = value.AsSpan(HeaderBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        var hidden = value.AsSpan(HeaderBytes + NonceBytes, plain.Length);
        var tag = value.AsSpan(value.Length - TagBytes);

        using var cipher = CipherFor(place);
        cipher.Encrypt(nonce, plain, hidden, tag, Bound(place));
        return value;
    }

    /// <summary>
    /// The value that was sealed for this place; throws <see cref="SealBrokenException"/> for anything else.
    /// </summary>
    public byte[] Open(SealedPlace place, ReadOnlySpan<byte> value)
    {
        if (value.Length < OverheadBytes || value[0] != Format || !value.Slice(1, KeyIdBytes).SequenceEqual(keyId))
        {
            throw new SealBrokenException(place.ToString());
        }

        var nonce = value.Slice(HeaderBytes, NonceBytes);
        var hidden = value[(HeaderBytes + NonceBytes)..^TagBytes];
        var plain = new byte[hidden.Length];
        using var cipher = CipherFor(place);
        try
        {
            cipher.Decrypt(nonce, hidden, value[^TagBytes..], plain, Bound(place));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new SealBrokenException(place.ToString());
        }
    }

    private AesGcm CipherFor(SealedPlace place)
    {
        Span<byte> key = stackalloc byte[MasterKey.LengthBytes];
        master.Derive(Encoding.UTF8.GetBytes($"row\u001f{place.Table}\u001f{place.Row}"), key);
        var cipher = new AesGcm(key, TagBytes);
        CryptographicOperations.ZeroMemory(key);
        return cipher;
    }

    /// <summary>The row comes last, so that nothing in a row's id can pass for another column or version.</summary>
    private static byte[] Bound(SealedPlace place) =>
        Encoding.UTF8.GetBytes($"{Format}\u001f{place.Table}\u001f{place.Column}\u001f{place.Version}\u001f{place.Row}");
}
