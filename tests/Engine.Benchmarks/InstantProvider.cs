using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Engine.Benchmarks;

/// <summary>
/// Answers every session call at once: nobody has scanned yet. The session's id is the one that was asked about, and the QR code
/// stays the same for an hour, so that a round changes nothing. (The sandbox writes every call to a file first.)
/// </summary>
internal sealed class InstantProvider : IAsyncDisposable
{
    private readonly WebApplication app;

    private InstantProvider(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.First());

    /// <param name="after">How long each answer takes. Default: it comes at once.</param>
    /// <param name="seen">Is told each session that is asked about, before the answer.</param>
    public static async Task<InstantProvider> StartAsync(TimeSpan after = default, Action<string>? seen = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var web = builder.Build();
        var expires = TimeProvider.System.GetUtcNow().AddHours(1).ToString("O");
        web.Run(async context =>
        {
            using var asked = await JsonDocument.ParseAsync(context.Request.Body);
            var session = asked.RootElement.TryGetProperty("session_id", out var id) ? id.GetString() : Guid.NewGuid().ToString();
            if (session is not null) seen?.Invoke(session);
            if (after > TimeSpan.Zero) await Task.Delay(after, context.RequestAborted);
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(
                $$$"""{"session_id":"{{{session}}}","status":"waiting_for_qr","qr_login":{"url":"tg://login?token={{{session}}}","expires":"{{{expires}}}"}}"""));
        });
        await web.StartAsync();
        return new InstantProvider(web);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
