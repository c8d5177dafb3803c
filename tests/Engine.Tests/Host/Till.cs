using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Engine.Tests.Host;

/// <summary>A provider with a consent page and a token endpoint of its own, which counts what it gets.</summary>
internal sealed class Till : IAsyncDisposable
{
    private readonly WebApplication app;
    private int requests;

    private Till(string name, WebApplication app) => (Name, this.app) = (name, app);

    public string Name { get; }

    /// <summary>The token requests so far.</summary>
    public int Requests => Volatile.Read(ref requests);

    public string Address => app.Urls.First();

    /// <summary>The setting that leads the plugin to it.</summary>
    public KeyValuePair<string, string?> Setting => new($"providers:{Name}:base_url", Address);

    public string Plugin => $$"""
        public record Ask(string Scope);
        public record Back(Secret Code, Secret? CodeVerifier, Uri ReturnUrl);
        public record Exchange(Secret Code, Uri ReturnUrl, Secret? CodeVerifier = null);
        public record Tokens(Secret AccessToken, string Account);
        public sealed record TillSettings { public Uri BaseUrl { get; init; } = new("https://{{Name}}.example"); }
        [Provider("{{Name}}")]
        public class TillProvider(TillSettings settings, ProviderHttp http)
        {
            [Operation(Effect.Once)]
            public Task<Result<Tokens>> ExchangeAsync(Exchange input, CancellationToken cancellation) =>
                http.At(settings.BaseUrl).SendAsync<Tokens>(ProviderRequest.Post("token", input), cancellation);

            [Redirect(Returns = typeof(Back), Pkce = true)]
            public Uri Consent(Ask input, RedirectVisit visit) => new Uri(settings.BaseUrl, "authorize?state=" + visit.State.Reveal()
                + "&redirect_uri=" + Uri.EscapeDataString(visit.ReturnUrl.OriginalString));
        }
        """;

    public string Flow => $$"""
        flow: {{Name}}
        title: { en: Till, ru: Касса }
        uses: { till: {{Name}} }
        purpose: [connect, reauth]
        fails: [callback_invalid, in_doubt]
        limits: { total: 20m }
        steps:
          - redirect: till.consent
            with: { scope: all }
            as: back
            timeout: 10m
            on_timeout: { fail: expired }
          - call: till.exchange
            with: { code: =back.code, code_verifier: =back.code_verifier, return_url: =back.return_url }
            as: tokens
          - connect:
              identity: { key: =tokens.account }
              on_other_account: reject
              on_duplicate: allow
              params: { account: =tokens.account }
        """;

    public static async Task<Till> OpenAsync(string name)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        var till = new Till(name, builder.Build());
        till.app.UseRouting();
        till.app.MapPost("/token", context =>
        {
            var number = Interlocked.Increment(ref till.requests);
            return context.Response.WriteAsJsonAsync(new { access_token = $"token-{number}", account = $"{name}-{number}" });
        });
        await till.app.StartAsync();
        return till;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
