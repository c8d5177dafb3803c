using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Engine.Benchmarks;

/// <summary>An account's host that exchanges every code at once, and remembers how often it got each.</summary>
internal sealed class TokenProvider : IAsyncDisposable
{
    private readonly WebApplication app;
    private int accounts;

    private TokenProvider(WebApplication app) => this.app = app;

    public ConcurrentDictionary<string, int> Exchanged { get; } = new(StringComparer.Ordinal);

    public Uri Address => new(app.Urls.First() + "/");

    /// <summary>The settings, as JSON, of an engine whose amoCRM this is.</summary>
    /// <param name="engine">The engine's address.</param>
    public string SettingsFor(Uri engine) => JsonSerializer.Serialize(new
    {
        providers = new
        {
            amocrm = new
            {
                client_id = "bench",
                client_secret = "bench",
                redirect_uri = new Uri(engine, "v1/return/amocrm").AbsoluteUri,
                platform_url = Address.AbsoluteUri,
                account_url = $"{Address.AbsoluteUri}{{host}}",
            },
        },
    });

    public static async Task<TokenProvider> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        var provider = new TokenProvider(builder.Build());
        provider.app.UseRouting();
        provider.app.MapPost("/{host}/oauth2/access_token", provider.ExchangeAsync);
        provider.app.MapGet("/{host}/api/v4/account", provider.ShowAsync);
        await provider.app.StartAsync();
        return provider;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task ExchangeAsync(HttpContext context)
    {
        var body = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body);
        Exchanged.AddOrUpdate(body.GetProperty("code").GetString() ?? "", 1, (_, count) => count + 1);
        await context.Response.WriteAsJsonAsync(new { token_type = "Bearer", expires_in = 86400, access_token = "a.b.c", refresh_token = Guid.NewGuid().ToString() });
    }

    private Task ShowAsync(HttpContext context) =>
        context.Response.WriteAsJsonAsync(new { id = Interlocked.Increment(ref accounts), name = "Bench", subdomain = "horns" });
}
