using System.IO.Compression;
using System.Text.Json;

namespace Engine.Sdk;

/// <summary>The body of an answer, as far as it was taken.</summary>
/// <param name="Bytes">The body after decompression; empty where it has a flaw.</param>
/// <param name="Flaw">Why it cannot be JSON; null where it may be.</param>
internal sealed record HttpBody(ReadOnlyMemory<byte> Bytes, string? Flaw)
{
    private const int LimitBytes = 1 << 20;

    /// <summary>What may be asked for; anything else that comes is a flaw.</summary>
    public static readonly string[] Encodings = ["gzip", "deflate", "br"];

    /// <summary>JSON packs well, but not a hundred times; what does is made to fill memory.</summary>
    private const int LargestRatio = 100;

    /// <summary>Below this, the ratio is not looked at: short texts of the same letters are no attack.</summary>
    private const int RatioFrom = 64 * 1024;

    private const int LeastBytesPerSecond = 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Reads at most 1 MiB, and only what claims to be JSON in UTF-8.</summary>
    /// <exception cref="TimeoutException">After 5 s, less than 1 kB/s has come on average.</exception>
    public static async Task<HttpBody> ReadAsync(HttpContent content, TimeProvider time, CancellationToken cancellation)
    {
        if (content.Headers.ContentType is not { MediaType: { } type } header) return new HttpBody(default, "it has no content type");
        if (!IsJson(type)) return new HttpBody(default, "it is not JSON");
        if (header.CharSet is { } set && !set.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            return new HttpBody(default, "it is not in UTF-8");
        }

        try
        {
            return await TakeAsync(content, time, cancellation);
        }
        catch (InvalidDataException)
        {
            return new HttpBody(default, "it is not compressed as it claims");
        }
    }

    /// <summary>The JSON value; null where it is none.</summary>
    public JsonElement? FindJson()
    {
        if (Flaw is not null) return null;
        try
        {
            return JsonElement.Parse(Bytes.Span, new JsonDocumentOptions { MaxDepth = 32, AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task<HttpBody> TakeAsync(HttpContent content, TimeProvider time, CancellationToken cancellation)
    {
        var begun = time.GetTimestamp();
        using var packed = new CountingStream(await content.ReadAsStreamAsync(cancellation));
        using var stream = Unpack(packed, content.Headers.ContentEncoding);
        if (stream is null) return new HttpBody(default, "it is packed in a way that was not asked for");
        using var taken = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancellation) is var count and > 0)
        {
            if (taken.Length + count > LimitBytes) return new HttpBody(default, "it is larger than 1 MiB");
            taken.Write(buffer, 0, count);
            if (taken.Length > RatioFrom && taken.Length > packed.Count * LargestRatio) return new HttpBody(default, "it is packed more than a hundred times");
            if (time.GetElapsedTime(begun) is var elapsed && elapsed > Patience && packed.Count < elapsed.TotalSeconds * LeastBytesPerSecond)
            {
                throw new TimeoutException("the body comes too slowly");
            }
        }

        return taken.Length == 0 ? new HttpBody(default, "it is empty") : new HttpBody(taken.ToArray(), null);
    }

    private static Stream? Unpack(Stream packed, ICollection<string> encodings) => encodings.ToArray() switch
    {
        [] or ["identity"] => packed,
        ["gzip"] => new GZipStream(packed, CompressionMode.Decompress),
        ["deflate"] => new ZLibStream(packed, CompressionMode.Decompress),
        ["br"] => new BrotliStream(packed, CompressionMode.Decompress),
        _ => null,
    };

    private static bool IsJson(string mediaType) =>
        mediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        || mediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase);

    /// <summary>Counts what is read through it.</summary>
    private sealed class CountingStream(Stream inner) : Stream
    {
        public long Count { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            Count += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = inner.Read(buffer, offset, count);
            Count += read;
            return read;
        }

        public override void Flush() => inner.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
