using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Flows;

namespace Engine.Host;

/// <summary>A flow that was compiled before, as the cache keeps it.</summary>
/// <param name="IsProved">Whether it was judged too; a version that is only gone on with is compiled without that.</param>
/// <param name="Warnings">What its author should look at. An error is never kept: such a file is judged anew.</param>
internal sealed record FlowCacheEntry(bool IsProved, ImmutableArray<CachedWarning> Warnings, CompiledFlow Flow)
{
    /// <summary>Changes whenever an older engine could not read what this one writes.</summary>
    private static readonly byte[] Header = "engine-flow-1\n"u8.ToArray();

    /// <summary>
    /// The entry as a file: header, HMAC-SHA256 over name and rest, length of the JSON, the JSON, the image.
    /// </summary>
    /// <param name="name">Where the entry belongs; under another name it is not read.</param>
    public byte[] Write(string name, byte[] key)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(this with { Flow = Flow with { Image = [] } }, FlowCacheJson.Default.FlowCacheEntry);
        var start = Header.Length + HMACSHA256.HashSizeInBytes;
        var file = new byte[start + sizeof(int) + json.Length + Flow.Image.Length];
        Header.CopyTo(file, 0);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(start), json.Length);
        json.CopyTo(file, start + sizeof(int));
        Flow.Image.CopyTo(file, start + sizeof(int) + json.Length);
        SealOf(name, file.AsSpan(start), key).CopyTo(file, Header.Length);
        return file;
    }

    /// <summary>Null for anything that this key did not write under this name. Nothing is looked at before that is known.</summary>
    public static FlowCacheEntry? Read(string name, byte[] file, byte[] key)
    {
        var start = Header.Length + HMACSHA256.HashSizeInBytes;
        if (file.Length < start + sizeof(int) || !file.AsSpan(0, Header.Length).SequenceEqual(Header)) return null;
        var body = file.AsSpan(start);
        if (!CryptographicOperations.FixedTimeEquals(SealOf(name, body, key), file.AsSpan(Header.Length, HMACSHA256.HashSizeInBytes))) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(body);
        var entry = JsonSerializer.Deserialize(body.Slice(sizeof(int), length), FlowCacheJson.Default.FlowCacheEntry);
        return entry is null ? null : entry with { Flow = entry.Flow with { Image = [.. body[(sizeof(int) + length)..]] } };
    }

    private static byte[] SealOf(string name, ReadOnlySpan<byte> body, byte[] key)
    {
        using var seal = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        seal.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        seal.AppendData(body);
        return seal.GetHashAndReset();
    }
}

/// <summary>A warning without its file, which may lie elsewhere the next time.</summary>
internal sealed record CachedWarning(string Code, string Message, int Line, int Column, int EndLine, int EndColumn)
{
    public static CachedWarning Of(Finding finding) => new(
        finding.Code, finding.Message, finding.Place.Line, finding.Place.Column, finding.Place.EndLine, finding.Place.EndColumn);

    public Finding In(string file) => new(Code, Severity.Warning, new Place(file, Line, Column, EndLine, EndColumn), Message);
}

[JsonSerializable(typeof(FlowCacheEntry))]
internal sealed partial class FlowCacheJson : JsonSerializerContext;
