using System.Text.Json;

namespace Engine.Sdk;

/// <summary>The body of an answer, as far as it was taken.</summary>
/// <param name="Bytes">The body after decompression; empty where it has a flaw.</param>
/// <param name="Flaw">Why it cannot be JSON; null where it may be.</param>
internal sealed record HttpBody(ReadOnlyMemory<byte> Bytes, string? Flaw)
{
    private const int LimitBytes = 1 << 20;

    /// <summary>Reads at most 1 MiB, and only what claims to be JSON in UTF-8.</summary>
    public static async Task<HttpBody> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        if (content.Headers.ContentType is not { MediaType: { } type } header) return new HttpBody(default, "it has no content type");
        if (!IsJson(type)) return new HttpBody(default, "it is not JSON");
        if (header.CharSet is { } set && !set.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            return new HttpBody(default, "it is not in UTF-8");
        }

        try
        {
            return await TakeAsync(content, cancellation);
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

    private static async Task<HttpBody> TakeAsync(HttpContent content, CancellationToken cancellation)
    {
        using var stream = await content.ReadAsStreamAsync(cancellation);
        using var taken = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancellation) is var count and > 0)
        {
            if (taken.Length + count > LimitBytes) return new HttpBody(default, "it is larger than 1 MiB");
            taken.Write(buffer, 0, count);
        }

        return taken.Length == 0 ? new HttpBody(default, "it is empty") : new HttpBody(taken.ToArray(), null);
    }

    private static bool IsJson(string mediaType) =>
        mediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        || mediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
}
