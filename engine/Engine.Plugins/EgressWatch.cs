using System.Collections.Concurrent;
using Engine.Sdk;

namespace Engine.Plugins;

/// <summary>Tells of each connection that was refused before it was made: where to, and why; nothing of what was to be sent.</summary>
/// <param name="report">Gets the host with its port, and the reason.</param>
public sealed class EgressWatch(HttpMessageHandler inner, Action<string, string> report) : DelegatingHandler(inner)
{
    private const int HostLimit = 253;

    /// <summary>The handler for providers' calls, watched.</summary>
    /// <param name="isOwnPort">Whether this process listens on a port itself.</param>
    /// <param name="reachedPrivately">Gets host and port of what is not public and was called since somebody set that address; once for each.</param>
    public static EgressWatch Over(Func<int, bool> isOwnPort, Action<string, string> refused, Action<string> reachedPrivately)
    {
        var told = new ConcurrentDictionary<string, bool>(StringComparer.OrdinalIgnoreCase);
        return new EgressWatch(new EgressHandler(isOwnPort, reachedPrivately: Tell), refused);

        void Tell(string host)
        {
            if (told.Count < MostTold && told.TryAdd(host, true)) reachedPrivately(host);
        }
    }

    private const int MostTold = 1000;

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
