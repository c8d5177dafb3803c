using System.Diagnostics;

namespace Engine.Sdk;

/// <summary>
/// The span of one exchange with a provider, for whoever collects traces: method, declared host, status and failure code. Neither path nor query: they hold ids
/// and, with some providers, keys. The provider is sent no trace header: which of its calls belong together is not its business, and an id of ours that it hands
/// on or logs would join what it keeps with what we keep.
/// </summary>
internal static class ExchangeSpan
{
    private static readonly ActivitySource source = new("Engine");

    /// <summary>Null where nobody collects.</summary>
    public static Activity? Start(HttpMethod method, Uri address, Egress? egress)
    {
        if (source.StartActivity(method.Method, ActivityKind.Client) is not { } span) return null;
        span.SetTag("http.request.method", method.Method);
        if (egress is not null) span.SetTag("server.address", egress.TemplateOf(address));
        return span;
    }

    public static void End(Activity? span, HttpResponseMessage? answer, Failure? failure)
    {
        if (span is null) return;
        if (answer is not null) span.SetTag("http.response.status_code", (int)answer.StatusCode);
        if (failure is null) return;
        span.SetTag("error.type", failure.Code);
        span.SetStatus(ActivityStatusCode.Error);
    }
}
