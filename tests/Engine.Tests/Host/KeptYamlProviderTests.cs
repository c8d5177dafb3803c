using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Engine.Host;
using Engine.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Engine.Tests.Host;

/// <summary>Connections of a provider that is a YAML file: what is kept of them, probed, refreshed and revoked, without any C#.</summary>
public sealed class KeptYamlProviderTests : IAsyncLifetime
{
    private const string Provider = """
        provider: locker
        hosts: [api.locker.example]
        settings: { api: { type: url, default: https://api.locker.example } }
        credentials: { access_token: secret, refresh_token: secret, expires_at: datetime? }
        deletion: { en: The locker itself stays., ru: Сама ячейка остаётся. }
        operations:
          open:
            effect: idempotent
            post: /open
            takes: { key: secret }
            form: { key: =key }
            gives: { access_token: secret, refresh_token: secret, expires_at: { type: lasts, from: expires_in }, owner: string }
          renew:
            effect: once
            role: refresh
            before: 10%
            post: /renew
            takes: { refresh_token: secret }
            json: { refresh_token: =refresh_token }
            gives: { access_token: secret, refresh_token: secret?, expires_at: { type: lasts, from: expires_in } }
            fails:
              grant_dead: { if: http_status == 400, class: account, health: needs_reauth, text: { en: Lost., ru: Потеряно. } }
          look:
            effect: safe
            role: probe
            every: 1h
            get: /me
            takes: { access_token: secret }
            auth: { bearer: =access_token }
            gives: { owner: string }
            fails:
              signed_out: { if: http_status == 401, class: account, health: needs_reauth, text: { en: Signed out., ru: Вы вышли. } }
          close:
            effect: idempotent
            role: revoke
            delete: /me
            takes: { access_token: secret }
            auth: { bearer: =access_token }
        """;

    private const string Flow = """
        flow: locker
        title: { en: Locker, ru: Ячейка }
        uses: { locker: locker }
        purpose: [connect, reauth]
        limits: { total: 20m }
        steps:
          - prompt: { key: { type: secret, label: { en: Key, ru: Ключ } } }
            as: form
            timeout: 5m
            on_timeout: { fail: expired }
          - call: locker.open
            with: { key: =form.key }
            as: opened
          - connect:
              identity: { key: =opened.owner }
              on_other_account: reject
              on_duplicate: reuse
              credentials: { access_token: =opened.access_token, refresh_token: =opened.refresh_token, expires_at: =opened.expires_at }
        """;

    private readonly string plugins = Directory.CreateTempSubdirectory("engine-locker-").FullName;
    private readonly Locker locker = new();
    private RunningEngine running = null!;
    private HttpClient client = null!;

    public async Task InitializeAsync()
    {
        await locker.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(plugins, "locker.provider.yaml"), Provider);
        running = await RunningEngine.StartAsync(
            options => options with
            {
                Providers = new ProviderMode.Real(),
                PluginFolders = [plugins],
                Settings = new ConfigurationBuilder().AddInMemoryCollection([new("providers:locker:api", locker.Address)]).Build(),
            },
            null, Flow);
        Assert.Empty(running.Engine.Plugins.Problems);
        Assert.Empty(running.Engine.Flows.Findings);
        client = await running.IntegratorAsync();
    }

    public async Task DisposeAsync()
    {
        await running.DisposeAsync();
        await locker.DisposeAsync();
        Directory.Delete(plugins, recursive: true);
    }

    [Fact]
    public async Task A_probe_that_is_refused_needs_reauth_which_keeps_the_connection()
    {
        var connection = await ConnectAsync();
        Assert.Equal("active", (await ProbeAsync(connection)).Text("health"));
        locker.SignOut();

        var refused = await ProbeAsync(connection);
        var renewed = await ConnectAsync(connection);

        Assert.Equal("needs_reauth", refused.Text("health"));
        Assert.Contains(refused.Text("cause"), new[] { "signed_out", "grant_dead" });
        Assert.Equal((connection, "active"), (renewed, (await ProbeAsync(connection)).Text("health")));
    }

    [Fact]
    public async Task R_17_what_lasts_is_kept_as_a_moment_and_what_has_ended_is_refreshed_before_use()
    {
        locker.Life = """ "0" """;
        var connection = await ConnectAsync();

        var probed = await ProbeAsync(connection);

        Assert.Equal("active", probed.Text("health"));
        Assert.Equal((1, "access-2"), (locker.Renewals, locker.Live));
        var stored = await running.Engine.Connections.FindCredentialsAsync(new ConnectionId(connection), default);
        Assert.Equal((2, "access-2"), (stored?.Version, stored?.Body.Text("access_token")));
        Assert.NotNull(stored?.ExpiresAt);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1e12")]
    [InlineData("\"soon\"")]
    [InlineData("true")]
    [InlineData("\"Infinity\"")]
    public async Task R_17_a_life_that_is_none_is_no_answer(string life)
    {
        locker.Life = life;

        var run = await AnswerAsync(await StartAsync(null));

        Assert.Equal("provider_changed", run.Exit?.Code);
    }

    [Fact]
    public async Task Deleting_ends_the_access_and_says_what_stays()
    {
        var connection = await ConnectAsync();

        var deleted = await (await client.DeleteAsync(new Uri($"/v1/connections/{connection}", UriKind.Relative))).JsonAsync();

        Assert.Equal(("revoked", "The locker itself stays."), (deleted.Text("at_provider"), deleted.Text("deletion", "en")));
        Assert.Equal("", locker.Live);
    }

    [Fact]
    public async Task An_operation_is_called_with_what_is_kept_and_shows_no_secret()
    {
        var connection = await ConnectAsync();

        var answer = await (await client.PostAsJsonAsync($"/v1/connections/{connection}/operations/look", new { })).JsonAsync();
        var given = await (await client.PostAsJsonAsync($"/v1/connections/{connection}/operations/look", new { access_token = "mine" })).ProblemAsync();

        Assert.Equal("""{"owner":"anna"}""", answer.GetProperty("result").GetRawText());
        Assert.Contains("'access_token' is a secret", given, StringComparison.Ordinal);
    }

    private async Task<JsonElement> ProbeAsync(string connection) => await (await client.PostAsync($"/v1/connections/{connection}/probe", null)).JsonAsync();

    private async Task<string> ConnectAsync(string? connection = null)
    {
        var run = await AnswerAsync(await StartAsync(connection));
        Assert.Equal("succeeded", run.Exit?.Code);
        return run.Connection!.Value.Value;
    }

    private async Task<string> StartAsync(string? connection) => (await (await client.PostAsJsonAsync(
        "/v1/runs", new { flow = "locker", purpose = connection is null ? "connect" : "reauth", connection })).JsonAsync()).Text("id");

    private async Task<StoredRun> AnswerAsync(string run)
    {
        var asking = await running.UntilAsync(run, found => found.Prompt is not null);
        await client.PostAsJsonAsync($"/v1/runs/{run}/replies", new { prompt = asking.Prompt!.Id.Value, transaction = "t", action = "submit", values = new { key = "k" } });
        return await running.UntilAsync(run, found => found.Status.IsFinal());
    }

    /// <summary>The provider: one access at a time, which ends when another is given.</summary>
    private sealed class Locker : IAsyncDisposable
    {
        private WebApplication app = null!;
        private int number;
        private bool isDead;

        /// <summary>What it says of how long access lasts, as JSON.</summary>
        public string Life { get; set; } = "3600";

        public string Live { get; private set; } = "";

        public int Renewals { get; private set; }

        public string Address => app.Urls.First();

        /// <summary>Ends the access, and what could renew it.</summary>
        public void SignOut() => (Live, isDead) = ("", true);

        public async Task StartAsync()
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            builder.Services.AddRoutingCore();
            app = builder.Build();
            app.UseRouting();
            app.MapPost("/open", context =>
            {
                isDead = false;
                return GiveAsync(context);
            });
            app.MapPost("/renew", context =>
            {
                if (isDead) return RefuseAsync(context, 400);
                Renewals++;
                Life = "3600";
                return GiveAsync(context);
            });
            app.MapGet("/me", context => IsLive(context) ? context.Response.WriteAsync("""{"owner":"anna"}""") : RefuseAsync(context));
            app.MapDelete("/me", context =>
            {
                if (!IsLive(context)) return RefuseAsync(context);
                Live = "";
                context.Response.StatusCode = 204;
                return Task.CompletedTask;
            });
            await app.StartAsync();
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();

        private Task GiveAsync(HttpContext context)
        {
            Live = $"access-{++number}";
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync($$"""{"access_token":"{{Live}}","refresh_token":"refresh-{{number}}","expires_in":{{Life}},"owner":"anna"}""");
        }

        private bool IsLive(HttpContext context)
        {
            context.Response.ContentType = "application/json";
            return Live.Length > 0 && context.Request.Headers.Authorization == $"Bearer {Live}";
        }

        private static Task RefuseAsync(HttpContext context, int status = 401)
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("{}");
        }
    }
}
