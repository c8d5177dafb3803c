using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Plugins;

/// <summary>
/// Puts one request of a provider's file together. Every value is encoded for its place, so that none can change the host, the shape of the
/// path, the names in the query or the shape of the body.
/// </summary>
/// <param name="scope">With the operation's values; null where it has none.</param>
internal sealed class RequestWriter(HttpOperation operation, FlowScope? scope)
{
    /// <summary>The path with its query; null where a value cannot stand in a path.</summary>
    public string? FindPath()
    {
        var path = new StringBuilder();
        foreach (var part in operation.Path)
        {
            switch (part)
            {
                case PathPart.Literal literal:
                    path.Append(literal.Text);
                    break;
                case PathPart.Value value when Text(value.Index) is { Length: > 0 } text:
                    path.Append(Segment(text));
                    break;
                case PathPart.Key when operation.Auth is HttpAuth.InPath auth && Text(auth.Key) is { Length: > 0 } key:
                    path.Append(Segment(key));
                    break;
                default:
                    return null;
            }
        }

        // A dot is a dot even when it is encoded: what comes out must have the segments that the file wrote.
        if (path.ToString().Split('/').Any(segment => segment is "." or "..")) return null;
        var query = Parameters(operation.Query);
        return query.Length > 0 ? $"{path}?{query}" : path.ToString();
    }

    /// <summary>The headers that the file names; those without a value are left out.</summary>
    public IEnumerable<(string Name, Secret Value)> Headers() =>
        operation.Headers.Select(part => (part.Name, Text(part.Index))).Where(header => header.Item2 is not null)
            .Select(header => (header.Name, new Secret(header.Item2 ?? "")));

    /// <summary>The header that proves who calls; null where there is none, or where its value is missing.</summary>
    public (string Name, Secret Value)? FindAuth() => operation.Auth switch
    {
        HttpAuth.Bearer bearer when Text(bearer.Token) is { } token => ("Authorization", new Secret($"Bearer {token}")),
        HttpAuth.Basic basic when Text(basic.User) is { } user && Text(basic.Password) is { } password =>
            ("Authorization", new Secret("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")))),
        HttpAuth.Header header when Text(header.Value) is { } value => (header.Name, new Secret(value)),
        _ => null,
    };

    /// <summary>The body as a form; null where it is none.</summary>
    public Secret? FindForm() => operation.Content is HttpContentShape.Form form ? new Secret(Parameters(form.Parts)) : null;

    /// <summary>The body as JSON; null where it is none.</summary>
    public JsonNode? FindJson() => operation.Content is HttpContentShape.Json json ? Json(json.Root) : null;

    private string Parameters(IEnumerable<NamedPart> parts) => string.Join('&', parts.Select(part => (part.Name, Value: Text(part.Index)))
        .Where(part => part.Value is not null)
        .Select(part => $"{Uri.EscapeDataString(part.Name)}={Uri.EscapeDataString(part.Value ?? "")}"));

    /// <summary>RFC 3986, 3.3: a colon may stand in a segment, and some providers want it bare.</summary>
    private static string Segment(string text) => Uri.EscapeDataString(text).Replace("%3A", ":", StringComparison.Ordinal);

    private JsonNode? Json(JsonShape shape) => shape switch
    {
        JsonShape.Map map => new JsonObject(map.Members.Select(member => KeyValuePair.Create(member.Key, Json(member.Value)))
            .Where(member => member.Value is not null)),
        JsonShape.List list => new JsonArray([.. list.Items.Select(Json)]),
        JsonShape.Value value => JsonOf(scope?.Value(value.Index)),
        _ => null,
    };

    private static JsonNode? JsonOf(object? value) => value switch
    {
        null => null,
        bool flag => JsonValue.Create(flag),
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        decimal number => JsonValue.Create(number),
        double number => JsonValue.Create(number),
        string text => JsonValue.Create(text),
        IEnumerable items => new JsonArray([.. items.Cast<object?>().Select(JsonOf)]),
        _ => JsonValue.Create(TextOf(value)),
    };

    private string? Text(int index) => TextOf(scope?.Value(index));

    private static string? TextOf(object? value) => value switch
    {
        null => null,
        string text => text,
        Secret secret => secret.Reveal(),
        ShowOnce shown => shown.Reveal(),
        bool flag => flag ? "true" : "false",
        Enum member => JsonNamingPolicy.SnakeCaseLower.ConvertName(member.ToString()),
        Uri address => address.AbsoluteUri,
        DateTimeOffset moment => moment.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture),
        TimeSpan span => span.TotalSeconds.ToString(CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}
