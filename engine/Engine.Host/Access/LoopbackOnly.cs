using System.Net;

namespace Engine.Host;

/// <summary>
/// Answers only requests for a loopback name: a foreign page whose name was made to point at this machine (DNS rebinding) is
/// turned away before anything else looks at it.
/// </summary>
internal sealed class LoopbackOnly(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) =>
        IsLoopback(context.Request.Host.Host) ? next(context) : Problems.ForeignHost().ExecuteAsync(context);

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
