using System.Net.Http.Json;
using System.Web;
using Engine.Host;
using Xunit;

namespace Engine.Tests.Host;

/// <summary>An engine with a provider of redirects and hooks, and flows that use them; no address outside it is called.</summary>
internal sealed class Door : IAsyncDisposable
{
    public const string Consent = """
        flow: door
        title: { en: Door, ru: Дверь }
        uses: { door: door }
        purpose: [connect]
        fails: [denied_by_user, callback_invalid, in_doubt]
        limits: { total: 20m }
        steps:
          - redirect: door.consent
            with: { scope: all }
            as: back
            timeout: 10m
            on_timeout: { fail: expired }
            popup: true
          - call: door.exchange
            with: { code: =back.code, code_verifier: =back.code_verifier, return_url: =back.return_url }
            as: tokens
          - connect:
              identity: { key: =tokens.account }
              on_duplicate: reuse
              params: { account: =tokens.account }
        """;

    public const string Bell = """
        flow: bell
        title: { en: Bell, ru: Звонок }
        uses: { door: door }
        hooks: { ring: door.event }
        purpose: [connect]
        fails: [not_rung]
        limits: { total: 20m }
        steps:
          - call: door.subscribe
            with: { callback: =hooks.ring.url }
            as: subscription
          - prompt: {}
            text: { en: Ready?, ru: Готовы? }
            timeout: 5m
            on_timeout: { fail: not_rung }
          - await: ring
            as: rung
            timeout: 10m
            on_timeout: { fail: not_rung }
          - connect:
              identity: { key: =rung.text }
              on_duplicate: reuse
              params: { text: =rung.text, subscription: =subscription.id }
        """;

    public const string Installed = """
        flow: installed
        title: { en: Installed, ru: Установлено }
        uses: { door: door }
        starts_on: { hook: door.installed, as: installation }
        purpose: [connect]
        fails: [in_doubt]
        limits: { total: 20m }
        steps:
          - call: door.exchange
            with: { code: =installation.code, return_url: =installation.address }
            as: tokens
          - connect:
              identity: { key: =tokens.account }
              on_duplicate: allow
              params: { account: =tokens.account }
        """;

    private const string Plugin = """
        public record Ask(string Scope);
        public record Back(Secret Code, Secret? CodeVerifier, Uri ReturnUrl);
        public record Exchange(Secret Code, Uri ReturnUrl, Secret? CodeVerifier = null);
        public record Tokens(Secret AccessToken, string Account);
        public record Subscribe(Uri Callback);
        public record Subscription(string Id);
        public record Event(string Text);
        public record Installation(Secret Code, Uri Address);
        [Provider("door")]
        public class DoorProvider
        {
            [Operation(Effect.Once)]
            public Task<Result<Tokens>> ExchangeAsync(Exchange input, CancellationToken cancellation) =>
                Task.FromResult<Result<Tokens>>(new Tokens(new Secret("t"), "account of " + input.Code.Reveal()));

            [Operation(Effect.Idempotent)]
            public Task<Result<Subscription>> SubscribeAsync(Subscribe input, CancellationToken cancellation) =>
                Task.FromResult<Result<Subscription>>(new Subscription(input.Callback.OriginalString));

            [Redirect(Returns = typeof(Back), Pkce = true)]
            [Fails("denied_by_user", OnError = "access_denied", En = "Denied.", Ru = "Отказано.")]
            public Uri Consent(Ask input, RedirectVisit visit) => new Uri("https://as.example/authorize?scope=" + input.Scope
                + "&state=" + visit.State.Reveal() + "&code_challenge=" + visit.CodeChallenge
                + "&redirect_uri=" + Uri.EscapeDataString(visit.ReturnUrl.OriginalString));

            [Hook]
            public HookReading<Event> Event(HookRequest request)
            {
                if (request.FindHeader("X-Sign") != "right") return HookReading.Refuse("bad_signature", 401);
                if (request.FindQuery("ping") is not null) return HookReading.Ignore(new HookAnswer { Body = "pong" });
                return HookReading.Accept(new Event(request.FindQuery("text") ?? ""), request.FindQuery("id"), new HookAnswer { Body = "OK" });
            }

            [Hook(OnRedirect = true)]
            public HookReading<Installation> Installed(HookRequest request) => request.FindQuery("code") is { } code
                ? HookReading.Accept(new Installation(new Secret(code), request.Address))
                : HookReading.Refuse("no_code");
        }
        """;

    private readonly PluginFolders folders;

    private Door(PluginFolders folders, RunningEngine running) => (this.folders, Running) = (folders, running);

    public RunningEngine Running { get; }

    public EmbeddedEngine Engine => Running.Engine;

    public static async Task<Door> OpenAsync(Func<EngineOptions, EngineOptions>? with = null, TimeProvider? time = null)
    {
        var folders = new PluginFolders();
        folders.Write("Door", Plugin);
        var running = await RunningEngine.StartAsync(
            options => (with ?? (same => same))(options with { Providers = new ProviderMode.Real(), PluginFolders = [folders.Plugins] }),
            time, Consent, Bell, Installed);
        Assert.Empty(running.Engine.Plugins.Problems);
        Assert.Empty(running.Engine.Flows.Findings);
        return new Door(folders, running);
    }

    /// <summary>A run at its redirect, and a browser that may see it.</summary>
    public async Task<(string Run, HttpClient Browser)> BeginAsync(string flow = "door")
    {
        using var integrator = await Running.IntegratorAsync();
        var started = await integrator.PostAsJsonAsync("/v1/runs", new { flow });
        Assert.True(started.IsSuccessStatusCode, await started.Content.ReadAsStringAsync());
        var run = (await started.JsonAsync()).Text("id");
        await Running.UntilAsync(run, row => row.Prompt is not null);
        var link = (await (await integrator.PostAsJsonAsync($"/v1/runs/{run}/links", new { })).JsonAsync()).Text("url");
        return (run, await Running.BrowserAsync(link));
    }

    /// <summary>Leaves for the provider's page; gives what its address says. The browser keeps the cookie.</summary>
    public static async Task<System.Collections.Specialized.NameValueCollection> LeaveAsync(HttpClient browser, string run, bool popup = false)
    {
        var view = await (await browser.GetAsync($"/v1/runs/{run}")).JsonAsync();
        var answer = await browser.PostAsJsonAsync($"/v1/runs/{run}/visits", new { prompt = view.Text("prompt", "id"), popup });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        foreach (var cookie in answer.Headers.GetValues("Set-Cookie"))
        {
            var former = browser.DefaultRequestHeaders.TryGetValues("Cookie", out var had) ? string.Join("; ", had) + "; " : "";
            browser.DefaultRequestHeaders.Remove("Cookie");
            browser.DefaultRequestHeaders.Add("Cookie", former + cookie.Split(';')[0]);
        }

        return HttpUtility.ParseQueryString(new Uri((await answer.JsonAsync()).Text("url")).Query);
    }

    /// <summary>The connection of an account; null where there is none.</summary>
    public Task<global::Engine.Runs.Connection?> FindConnectionAsync(string flow, string identity) => Engine.Store.FindConnectionAsync(flow, identity, isInSandbox: false, default);

    public async ValueTask DisposeAsync()
    {
        await Running.DisposeAsync();
        folders.Dispose();
    }
}

/// <summary>A door shared by the tests of a class: each looks only at what it began itself.</summary>
public sealed class OpenDoor : IAsyncLifetime
{
    private Door? door;

    internal Door Door => door!;

    public async Task InitializeAsync() => door = await Door.OpenAsync();

    public async Task DisposeAsync() => await Door.DisposeAsync();
}
