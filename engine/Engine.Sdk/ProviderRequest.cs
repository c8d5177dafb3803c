using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Engine.Sdk;

/// <summary>One request to the provider, for <see cref="ProviderHttp.SendAsync{T}"/>.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">Relative to the base address, with the query if there is one. Percent-encode what comes from outside.</param>
/// <param name="Operation">What failures are reported under: the calling method's name.</param>
public sealed record ProviderRequest(HttpMethod Method, string Path, string Operation)
{
    /// <summary>Sent as JSON, names in snake_case, nulls left out; null: no body.</summary>
    public object? Body { get; init; }

    /// <summary>The body as a form, already encoded; it may hold secrets. Null: <see cref="Body"/> says what is sent.</summary>
    internal Secret? Form { get; init; }

    /// <summary>The time for everything, the answer's body included. Default: 10 seconds.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Says which failure a 4xx answer stands for; null from it means that the plugin did not expect this answer, which becomes
    /// <see cref="Failures.ProviderChanged"/>. Not asked for 408, 425 and 429, whose meaning is fixed, nor for 401 and 403:
    /// <see cref="OnUnauthorized"/>.
    /// </summary>
    public Func<Refusal, Failure?>? OnRefusal { get; init; }

    /// <summary>
    /// Says which failure a 5xx answer stands for, for providers that refuse with such a status; null from it, or no function, means
    /// that the provider is out of order: <see cref="Failures.ProviderDown"/>, in doubt.
    /// </summary>
    public Func<Refusal, Failure?>? OnServerError { get; init; }

    /// <summary>
    /// Says which failure a 401 or 403 stands for, where the key is the connection's and not the operator's; null, and null from it,
    /// mean <see cref="Failures.ConfigError"/>.
    /// </summary>
    public Func<Refusal, Failure?>? OnUnauthorized { get; init; }

    /// <summary>A GET request.</summary>
    public static ProviderRequest Get(string path, [CallerMemberName] string operation = "") =>
        new(HttpMethod.Get, path, operation);

    /// <summary>A POST request with a JSON body.</summary>
    public static ProviderRequest Post(string path, object body, [CallerMemberName] string operation = "") =>
        new(HttpMethod.Post, path, operation) { Body = body };

    /// <summary>A POST request with a form, as OAuth's token endpoints want it.</summary>
    /// <param name="fields">By name: a text, or a <see cref="Secret"/>; null is left out.</param>
    public static ProviderRequest PostForm(
        string path, IEnumerable<KeyValuePair<string, object?>> fields, [CallerMemberName] string operation = "")
    {
        ArgumentNullException.ThrowIfNull(fields);
        var pairs = fields.Where(field => field.Value is not null)
            .Select(field => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(TextOf(field))}");
        return new ProviderRequest(HttpMethod.Post, path, operation) { Form = new Secret(string.Join('&', pairs)) };
    }

    private static string TextOf(KeyValuePair<string, object?> field) => field.Value switch
    {
        string text => text,
        Secret secret => secret.Reveal(),
        _ => throw new ArgumentException($"'{field.Key}' must be a text or a Secret", nameof(field)),
    };
}

/// <summary>An answer by which the provider says no: a 4xx, or a 5xx where a plugin asks about it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The answer, where it is JSON; null where it is anything else. For decisions, never for messages.</param>
public sealed record Refusal(int Status, JsonElement? Body)
{
    /// <summary>A text member of the answer's root object; null where there is none.</summary>
    public string? FindText(string name) =>
        Body is { ValueKind: JsonValueKind.Object } body
        && body.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String
            ? member.GetString()
            : null;

    /// <summary>Whether any text anywhere in the answer contains the word, in any case. For providers that do not document their errors.</summary>
    public bool Mentions(string word) => Body is { } body && Mentions(body, word);

    /// <summary>Says the status only: the answer may hold anything.</summary>
    public override string ToString() => $"http {Status}";

    private static bool Mentions(JsonElement element, string word) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString()?.Contains(word, StringComparison.OrdinalIgnoreCase) == true,
        JsonValueKind.Array => element.EnumerateArray().Any(item => Mentions(item, word)),
        JsonValueKind.Object => element.EnumerateObject().Any(member => Mentions(member.Value, word)),
        _ => false,
    };
}
