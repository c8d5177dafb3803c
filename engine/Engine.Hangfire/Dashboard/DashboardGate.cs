using Engine.Host;
using Microsoft.AspNetCore.Http;

namespace Engine.Hangfire;

/// <summary>Who may see the dashboard.</summary>
internal static class DashboardGate
{
    public static Task<bool> MayPassAsync(HttpContext context) => Task.FromResult(context.GetCaller() is Caller.Integrator);

    public static void SendAway(HttpContext context) => context.Response.StatusCode = StatusCodes.Status401Unauthorized;
}
