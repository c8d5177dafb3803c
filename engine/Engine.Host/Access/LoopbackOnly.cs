using System.Net;
using Engine.Runs;

namespace Engine.Host;

/// <summary>
/// Answers only requests for a loopback name, or for the host of the configured address: a foreign page whose name was made to point at this machine (DNS rebinding) is
/// turned away before anything else looks at it.
/// </summary>
internal sealed class LoopbackOnly(EngineAddress address, RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) =>
        IsLoopback(context.Request.Host.Host) || IsConfigured(context.Request.Host) ? next(context) : Problems.ForeignHost().ExecuteAsync(context);

    private bool IsConfigured(HostString host) =>
        address.Configured is { } configured && host.Host.Equals(configured.IdnHost, StringComparison.OrdinalIgnoreCase)
        && (host.Port is null || host.Port == configured.Port);

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
