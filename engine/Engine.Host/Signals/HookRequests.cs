using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Engine.Sdk;
using Microsoft.AspNetCore.Http.Features;

namespace Engine.Host;

/// <summary>Reads providers' calls, within limits of size and time.</summary>
internal static class HookRequests
{
    public const int BodyLimitBytes = 256 * 1024;

    private const int ValueLimit = 4096;
    private static readonly TimeSpan readingLimit = TimeSpan.FromSeconds(5);

    /// <summary>The call; null where a value came twice or is too long.</summary>
    /// <exception cref="BadHttpRequestException">The body is too long, or comes too slowly.</exception>
    public static async Task<HookRequest?> ReadAsync(HttpContext context, Uri address, TimeProvider time, CancellationToken cancellation)
    {
        var request = context.Request;
        if (request.Query.Any(pair => pair.Value.Count != 1 || pair.Key.Length > ValueLimit || pair.Value.ToString().Length > ValueLimit)) return null;
        return new HookRequest(
            request.Method, address,
            request.Query.ToImmutableDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal),
            request.Headers.Where(header => header.Key is not ("Cookie" or "Authorization" or "X-Api-Key"))
                .ToImmutableDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            await ReadBodyAsync(context, time, cancellation), time.GetUtcNow());
    }

    /// <summary>What tells one call from another where the plugin gives no key: all that the provider sent.</summary>
    public static string KeyOf(HookRequest request)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(request.Method));
        foreach (var (name, value) in request.Query.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{name.Length} {name} {value}"));
        }

        hash.AppendData("\n\n"u8);
        hash.AppendData(request.Body.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async Task<byte[]> ReadBodyAsync(HttpContext context, TimeProvider time, CancellationToken cancellation)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = BodyLimitBytes;
        using var slow = new CancellationTokenSource(readingLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, slow.Token);
        using var body = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(body, either.Token);
        }
        catch (OperationCanceledException error) when (slow.IsCancellationRequested)
        {
            throw new BadHttpRequestException("the body came too slowly", StatusCodes.Status408RequestTimeout, error);
        }

        return body.ToArray();
    }
}
