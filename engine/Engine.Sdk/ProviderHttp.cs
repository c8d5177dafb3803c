using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Engine.Sdk;

/// <summary>
/// Calls a provider that speaks JSON over HTTP, and turns everything that can go wrong into a <see cref="Failure"/>: it throws only
/// when cancelled, or when the plugin is wrong. It talks to its base address alone, follows no redirects, keeps no cookies,
/// takes answers up to 1 MiB. Immutable; <see cref="At"/> and <see cref="WithHeader"/> give changed copies.
/// </summary>
public sealed class ProviderHttp
{
    /// <summary>
    /// No call takes longer, whatever its request says. Longer than R-72's 30 s: a token endpoint that takes 40 s has spent the refresh token all the
    /// same, and only who waits for its answer has the next one.
    /// </summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(60);

    private readonly HttpMessageInvoker http;
    private readonly TimeProvider time;
    private readonly JsonSerializerOptions json;
    private readonly Uri? baseAddress;
    private readonly ImmutableArray<(string Name, Secret Value)> headers;
    private readonly Egress? egress;

    /// <summary>Made by the engine, one for each plugin build.</summary>
    /// <param name="http">Over the handler of <see cref="NewHandler"/>, or a scripted one in tests.</param>
    /// <param name="time">Counts deadlines and reads <c>Retry-After</c> dates.</param>
    public ProviderHttp(HttpMessageInvoker http, TimeProvider time)
        : this(http, time, WireJson.NewOptions(), null, [], null)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(time);
    }

    private ProviderHttp(
        HttpMessageInvoker http, TimeProvider time, JsonSerializerOptions json, Uri? baseAddress, ImmutableArray<(string, Secret)> headers, Egress? egress)
    {
        this.egress = egress;
        this.http = http;
        this.time = time;
        this.json = json;
        this.baseAddress = baseAddress;
        this.headers = headers;
    }

    /// <summary>
    /// A handler fit for providers: no redirects (they would carry the key to another host), no cookies, no proxy from the environment, no trace
    /// headers, 5 s to connect, 32 kB of headers, TLS 1.2 at least, and no connection to what is not public unless somebody set that address.
    /// </summary>
    /// <param name="isOwnPort">Whether this process listens on a port itself: its own services are not to be called. Null: it has none.</param>
    public static HttpMessageHandler NewHandler(Func<int, bool>? isOwnPort = null) => new EgressHandler(isOwnPort ?? (_ => false));

    /// <summary>The same, calling this address; requests name paths below it.</summary>
    /// <param name="address">Absolute, http or https, without query, fragment and user name.</param>
    public ProviderHttp At(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0
            || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            throw new ArgumentException("a base address is http or https, without query, fragment and user name", nameof(address));
        }

        return new ProviderHttp(http, time, json, address, headers, egress);
    }

    /// <summary>The same, sending this header with every request. Where a key goes; it enters no text.</summary>
    public ProviderHttp WithHeader(string name, Secret value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (name is not { Length: > 0 } || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-')
            || name.ToLowerInvariant() is "host" or "content-length" or "content-type" or "transfer-encoding" or "connection" or "accept-encoding" or "cookie")
        {
            throw new ArgumentException($"'{name}' is not a header that a plugin may set", nameof(name));
        }

        return new ProviderHttp(http, time, json, baseAddress, headers.Add((name, value)), egress);
    }

    /// <summary>The same, sending <c>Authorization: Bearer …</c> with every request.</summary>
    public ProviderHttp WithBearer(Secret token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return WithHeader("Authorization", new Secret($"Bearer {token.Reveal()}"));
    }

    /// <summary>
    /// The same, calling nothing but what a provider may. Without it, whoever names an address is trusted to have set it on purpose, as in a plugin's tests.
    /// </summary>
    internal ProviderHttp Within(Egress rule) => new(http, time, json, baseAddress, headers, rule);

    /// <summary>Sends the request and reads the answer as a <typeparamref name="T"/>.</summary>
    /// <exception cref="OperationCanceledException">The given token was cancelled; whether the call happened is not known.</exception>
    public async Task<Result<T>> SendAsync<T>(ProviderRequest request, CancellationToken cancellation)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(request);
        var report = new HttpReport(JsonNamingPolicy.SnakeCaseLower.ConvertName(OperationName(request.Operation)));
        return await ExchangeAsync(request, report, (answer, token) => ReadAsync<T>(request, report, answer, token), cancellation);
    }

    /// <summary>Sends the request and lets the caller read the answer, whatever its status.</summary>
    /// <exception cref="OperationCanceledException">The given token was cancelled.</exception>
    internal async Task<Result<T>> ExchangeAsync<T>(
        ProviderRequest request, HttpReport report, Func<HttpResponseMessage, CancellationToken, Task<Result<T>>> read, CancellationToken cancellation)
        where T : notnull
    {
        if (headers.FirstOrDefault(header => !CanCarry(header.Value.Reveal())).Name is { } bad) return report.BadHeader(bad);
        if (FindAddress(request.Path) is not { } address) return report.BadPath();
        if ((egress is null ? true : egress.FindApproval(address)) is not { } isApproved) return report.NotDeclared();

        using var span = ExchangeSpan.Start(request.Method, address, egress);
        using var deadline = new CancellationTokenSource(request.Deadline < LongestCall ? request.Deadline : LongestCall, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            using var message = NewMessage(request, address);
            message.Options.Set(Egress.Approved, isApproved);
            using var answer = await http.SendAsync(message, both.Token);
            var result = await read(answer, both.Token);
            ExchangeSpan.End(span, answer, result.Failure);
            return result;
        }
        catch (Exception error) when (error is OperationCanceledException or HttpRequestException or IOException or TimeoutException)
        {
            cancellation.ThrowIfCancellationRequested();
            var failure = report.NoAnswer(error, deadline.IsCancellationRequested);
            ExchangeSpan.End(span, null, failure);
            return failure;
        }
    }

    private static string OperationName(string method) =>
        method.EndsWith("Async", StringComparison.Ordinal) ? method[..^"Async".Length] : method;

    private static bool CanCarry(string value) => value.All(c => c is >= ' ' and <= '~');

    private Uri? FindAddress(string path)
    {
        if (baseAddress is null) throw new InvalidOperationException("call At(address) before sending");
        var root = baseAddress.AbsoluteUri.TrimEnd('/') + "/";
        return Uri.TryCreate(root + path.TrimStart('/'), UriKind.Absolute, out var address)
            && address.AbsoluteUri.StartsWith(root, StringComparison.Ordinal) && address.Fragment.Length == 0
                ? address
                : null;
    }

    private HttpRequestMessage NewMessage(ProviderRequest request, Uri address)
    {
        var message = new HttpRequestMessage(request.Method, address);
        if (!headers.Any(header => header.Name.Equals("accept", StringComparison.OrdinalIgnoreCase)))
        {
            message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        }

        foreach (var encoding in HttpBody.Encodings) message.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue(encoding));
        foreach (var (name, value) in headers) message.Headers.Add(name, value.Reveal());
        if (request.Form is { } form)
        {
            message.Content = new ByteArrayContent(Encoding.ASCII.GetBytes(form.Reveal()));
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        }
        else if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), json));
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return message;
    }

    private async Task<Result<T>> ReadAsync<T>(
        ProviderRequest request, HttpReport report, HttpResponseMessage answer, CancellationToken cancellation)
        where T : notnull
    {
        if (report.FindFailure(answer, time.GetUtcNow()) is { } failure)
        {
            var own = (int)answer.StatusCode switch
            {
                401 or 403 => request.OnUnauthorized,
                >= 500 => request.OnServerError,
                _ => null,
            };
            return own is null
                ? failure
                : own(new Refusal((int)answer.StatusCode, (await HttpBody.ReadAsync(answer.Content, time, cancellation)).FindJson())) ?? failure;
        }

        var body = await HttpBody.ReadAsync(answer.Content, time, cancellation);
        if (!answer.IsSuccessStatusCode)
        {
            return request.OnRefusal?.Invoke(new Refusal((int)answer.StatusCode, body.FindJson())) ?? report.Unexpected(answer, body);
        }

        if (body.Flaw is not null) return report.Unexpected(answer, body);
        try
        {
            return JsonSerializer.Deserialize<T>(body.Bytes.Span, json) is { } value ? value : report.Unfit(answer, body, "it is null");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            return report.Unfit(answer, body, HttpReport.Describe(error));
        }
    }
}
