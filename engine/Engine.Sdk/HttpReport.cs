using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Engine.Sdk;

/// <summary>
/// Says what an exchange with a provider came to. Messages hold the operation, status, content type, length and the names of
/// our own fields; never a body, an address or a header's value.
/// </summary>
internal sealed partial class HttpReport(string operation)
{
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(10);

    public Failure BadHeader(string name) =>
        new(Failures.ConfigError, $"{operation}: the value for header '{name}' has characters that a header cannot carry");

    public Failure BadPath() =>
        new(Failures.ConfigError, $"{operation}: the path leads out of the base address; it should be relative to it");

    public Failure NotDeclared() =>
        new(Failures.ConfigError, $"{operation}: the address is neither one of the provider's declared hosts, by https, nor one that was set for it")
        {
            IsEgressRefused = true,
        };

    /// <summary>The failure of a request that no answer came to.</summary>
    public Failure NoAnswer(Exception error, bool isDeadlineOver) => error switch
    {
        _ when isDeadlineOver => new Failure(Failures.ProviderTimeout, $"{operation}: no whole answer in time", IsInDoubt: true),
        TimeoutException => new Failure(Failures.ProviderTimeout, $"{operation}: the answer comes too slowly", IsInDoubt: true),
        { InnerException: EgressException refused } => new Failure(Failures.ConfigError, $"{operation}: the provider was not called: {refused.Message}")
        {
            IsEgressRefused = true,
        },
        OperationCanceledException => NotReached("no connection in time"),
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => NotReached("its host name is not known"),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => NotReached("the connection was refused"),
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => NotReached("no secure connection came about"),
        _ => new Failure(Failures.ProviderDown, $"{operation}: the connection broke before the whole answer came", IsInDoubt: true),
    };

    /// <summary>The failure that the status alone decides; null where the plugin or the body does.</summary>
    public Failure? FindFailure(HttpResponseMessage answer, DateTimeOffset now) => (int)answer.StatusCode switch
    {
        401 or 403 => Of(answer, Failures.ConfigError, "the provider does not accept the key, or it lacks the rights"),
        429 => Of(answer, Failures.RateLimited, "the provider asks to slow down") with { RetryAfter = FindRetryAfter(answer, now) },
        408 => Of(answer, Failures.ProviderTimeout, "the provider did not get the request in time") with { IsInDoubt = true },
        425 => Of(answer, Failures.ProviderDown, "the provider does not take requests yet"),
        >= 500 and <= 599 => Of(answer, Failures.ProviderDown, "the provider is out of order") with
        {
            RetryAfter = FindRetryAfter(answer, now),
            IsInDoubt = true,
        },
        >= 200 and <= 299 or >= 400 and <= 499 => null,
        >= 300 and <= 399 => Of(answer, Failures.ProviderChanged, "the provider points to another address") with { IsInDoubt = true },
        _ => Of(answer, Failures.ProviderChanged, "the provider answers with an unknown status") with { IsInDoubt = true },
    };

    /// <summary>The failure of an answer that the contract does not foresee.</summary>
    public Failure Unexpected(HttpResponseMessage answer, HttpBody body) => answer.IsSuccessStatusCode
        ? Unfit(answer, body, body.Flaw ?? "it is not expected")
        : Of(answer, Failures.ProviderChanged, "the plugin does not expect this refusal");

    /// <summary>The failure of a 2xx answer that could not be read.</summary>
    public Failure Unfit(HttpResponseMessage answer, HttpBody body, string flaw)
    {
        var length = body.Bytes.Length > 0 ? body.Bytes.Length : answer.Content.Headers.ContentLength;
        var type = answer.Content.Headers.ContentType?.MediaType is { } media && MediaType().IsMatch(media) ? media : "no content type";
        var size = length is { } bytes ? string.Create(CultureInfo.InvariantCulture, $", {bytes} bytes") : "";
        return Of(answer, Failures.ProviderChanged, $"the answer ({type}{size}) does not fit: {flaw}") with { IsInDoubt = true };
    }

    /// <summary>Where the answer departs from the record, in the names of our own fields.</summary>
    public static string Describe(Exception error)
    {
        if (MissingFields().Match(error.Message) is { Success: true } missing) return $"it lacks {missing.Groups["fields"].Value}";
        return error is JsonException { Path: { } path } && FieldPath().IsMatch(path)
            ? $"the value at {path} cannot be read"
            : "it cannot be read";
    }

    private Failure NotReached(string fact) => new(Failures.ProviderDown, $"{operation}: the provider cannot be reached: {fact}");

    private Failure Of(HttpResponseMessage answer, string code, string fact)
    {
        var status = ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
        return new Failure(code, $"{operation}: {fact} (http {status})") { ProviderCode = $"http {status}" };
    }

    private static TimeSpan? FindRetryAfter(HttpResponseMessage answer, DateTimeOffset now)
    {
        if ((answer.Headers.RetryAfter?.Delta ?? answer.Headers.RetryAfter?.Date - now) is not { } wait) return null;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestRetryAfter ? LongestRetryAfter : wait;
    }

    // The serializer's own words; where they change, only the field's name is lost from the message.
    [GeneratedRegex("missing required properties including: (?<fields>'[a-z0-9_', ]{1,200}')", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex MissingFields();

    [GeneratedRegex(@"^\$[a-zA-Z0-9_.\[\]]{0,100}$", RegexOptions.None, 100)]
    private static partial Regex FieldPath();

    [GeneratedRegex("^[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}$", RegexOptions.IgnoreCase, 100)]
    private static partial Regex MediaType();
}
