using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Engine.Sdk;

/// <summary>
/// Marks a method that reads a call which the provider makes to the engine. It is public, takes a <see cref="HookRequest"/> and returns
/// <see cref="HookReading{T}"/>, T being a public record. It checks the signature, does no input or output, and answers in milliseconds.
/// Its name in flows is the method's in snake_case.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HookAttribute : Attribute
{
    /// <summary>
    /// Whether the call arrives at the provider's redirect address, since the provider knows one address for both; it is told from a browser's
    /// return by having no <c>state</c>. At most one hook of a provider. Default: no.
    /// </summary>
    public bool OnRedirect { get; set; }
}

/// <summary>A call from the provider, as it arrived.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Address">The address that it was sent to, as the provider was told it: from the engine's configuration, never from the request.</param>
/// <param name="Query">The query's values by name, decoded; a name that came twice is refused before the plugin sees it.</param>
/// <param name="Headers">By name in any case; several of one name are joined with a comma.</param>
/// <param name="Body">The bytes as sent, for a signature over them; up to 256 KiB.</param>
/// <param name="Received">When it arrived.</param>
public sealed record HookRequest(
    string Method,
    Uri Address,
    ImmutableDictionary<string, string> Query,
    ImmutableDictionary<string, string> Headers,
    ReadOnlyMemory<byte> Body,
    DateTimeOffset Received)
{
    private static readonly JsonSerializerOptions Json = WireJson.NewOptions();

    /// <summary>A value of the query; null where it is not there.</summary>
    public string? FindQuery(string name) => Query.GetValueOrDefault(name);

    /// <summary>A header; null where it is not there.</summary>
    public string? FindHeader(string name) => Headers.GetValueOrDefault(name);

    /// <summary>The body as JSON, read as strictly as answers are; null where it is none, or does not fit the type.</summary>
    public T? ReadBody<T>()
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Body.Span, Json);
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Names the call, never what it holds.</summary>
    public override string ToString() => $"{Method}, {Body.Length} bytes";
}

/// <summary>What a hook made of a call. Made by <see cref="HookReading"/>.</summary>
/// <param name="Payload">What flows see; null: the call is answered, and nothing else happens.</param>
/// <param name="Key">By which a repeat of the same call is known; null: the same request is a repeat.</param>
/// <param name="Answer">What the provider is answered, also to a repeat.</param>
/// <param name="Refusal">Why the call is refused, a snake_case code for the operator; null where it is not.</param>
public sealed record HookReading<T>(T? Payload, string? Key, HookAnswer Answer, string? Refusal)
    where T : class
{
    /// <summary>What the call says of the connections of one account, beside its payload. Null: nothing.</summary>
    public AccountNews? News { get; init; }

    public static implicit operator HookReading<T>(HookRefusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return new(null, null, new HookAnswer { Status = refusal.Status }, refusal.Code);
    }

    public static implicit operator HookReading<T>(HookAnswer answer) => new(null, null, answer, null);

    /// <summary>Names the outcome, never the payload.</summary>
    public override string ToString() => Refusal ?? (Payload is null ? "nothing" : "accepted");
}

/// <summary>What a provider's call says of all connections of one account, or of the connection whose own address it called.</summary>
/// <param name="IdentityKey">
/// The account, as flows give it under <c>connect.identity.key</c>. Null where the call names none: then it counts only at a connection's own address, and
/// makes the probe due at once, which alone decides.
/// </param>
/// <param name="Health">What their health is now. An unclaimed connection stays unclaimed.</param>
/// <param name="Cause">Why, a snake_case code.</param>
public sealed record AccountNews(string? IdentityKey, ConnectionHealth Health, string Cause);

/// <summary>Makes readings.</summary>
public static class HookReading
{
    /// <summary>The call is genuine; this is what it says.</summary>
    /// <param name="key">By which a repeat is known, up to 200 characters; null: the same request is a repeat.</param>
    /// <param name="answer">Null: an empty 200.</param>
    public static HookReading<T> Accept<T>(T payload, string? key = null, HookAnswer? answer = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(payload);
        return new(payload, key, answer ?? new HookAnswer(), null);
    }

    /// <summary>The call is refused: a wrong signature, a body that cannot be read.</summary>
    /// <param name="code">A snake_case word for the operator, such as <c>bad_signature</c>; never anything that came with the call.</param>
    /// <param name="status">400 to 499.</param>
    public static HookRefusal Refuse(string code, int status = 400) => new(code, status);

    /// <summary>The call is answered, and nothing else happens: a test call, or an event that no flow wants.</summary>
    public static HookAnswer Ignore(HookAnswer? answer = null) => answer ?? new HookAnswer();
}

/// <summary>What the provider is answered.</summary>
public sealed record HookAnswer
{
    /// <summary>200 to 299. Default: 200.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Up to 64 KiB. Default: empty.</summary>
    public string Body { get; init; } = "";

    /// <summary>Without character set; UTF-8 is added. Default: <c>text/plain</c>.</summary>
    public string ContentType { get; init; } = "text/plain";

    /// <summary>The body as it is sent.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(Body);
}

/// <summary>A call that a hook refused.</summary>
public sealed record HookRefusal(string Code, int Status);
