using Engine.Sdk;

namespace Engine.Plugins;

/// <summary>Tells of each connection that was refused before it was made: where to, and why; nothing of what was to be sent.</summary>
/// <param name="report">Gets the host with its port, and the reason.</param>
public sealed class EgressWatch(HttpMessageHandler inner, Action<string, string> report) : DelegatingHandler(inner)
{
    private const int HostLimit = 253;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException error) when (error.InnerException is EgressException refused)
        {
            report(HostOf(request), refused.Message);
            throw;
        }
    }

    private static string HostOf(HttpRequestMessage request) =>
        request.RequestUri is { IdnHost: { Length: <= HostLimit } host, Port: var port } ? string.Create(null, $"{host}:{port}") : "an unknown host";
}
