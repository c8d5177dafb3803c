extern alias amocrm;

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using amocrm::AmoCrm;
using Engine.Sandbox;
using Engine.Sdk;

namespace Engine.Tests;

/// <summary>A sandbox with one world of amoCRM, and the plugin calling it over HTTP. The world's time stands still until a test moves it.</summary>
internal sealed class SimulatedAmoCrm : IAsyncDisposable
{
    private readonly string folder;
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private readonly SandboxServer server;

    private SimulatedAmoCrm(SandboxServer server, SteppedTime time, WorldAddress world, string folder)
    {
        this.folder = folder;
        this.server = server;
        Time = time;
        World = world;
    }

    public const int Horns = 31_000_001;

    public const int Technical = 31_000_002;

    public SteppedTime Time { get; }

    public WorldAddress World { get; }

    public AmoCrmProvider AmoCrm => new(
        new AmoCrmSettings
        {
            ClientId = World.Settings["client_id"],
            ClientSecret = new Secret(World.Settings["client_secret"]),
            RedirectUri = new Uri(World.Settings["redirect_uri"]),
            PlatformUrl = new Uri(World.Settings["platform_url"]),
            AccountUrl = World.Settings["account_url"],
        },
        new ProviderHttp(http, TimeProvider.System),
        Time);

    /// <summary>What the world was called with, oldest first, such as <c>access_token 200</c>.</summary>
    public IEnumerable<string> Calls => (server.FindCalls(World.Id) ?? []).Select(call => $"{call.Operation} {call.Status}");

    public static async Task<SimulatedAmoCrm> StartAsync(string scenario = "published", Uri? engine = null)
    {
        var (time, folder) = (new SteppedTime(), Directory.CreateTempSubdirectory("engine-sandbox-").FullName);
        var server = await SandboxServer.StartAsync(new SandboxOptions(folder, [PluginFolders.Shipped], time), default);
        var world = server.NewWorld("amocrm", scenario, "en", null, engine) ?? throw new ArgumentException(scenario);
        return new SimulatedAmoCrm(server, time, world, folder);
    }

    /// <summary>What the person's window does: <c>copy</c>, <c>token</c>, <c>install</c>, <c>disable</c> or <c>rename</c>.</summary>
    public async Task<(int Status, JsonElement Body)> ActAsync(string act, int account = Horns)
    {
        using var answer = await http.PostAsync(new Uri($"{World.BaseUrl}/phone/{act}?account={account}"), null);
        return ((int)answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>A code from the integration's window.</summary>
    public async Task<Secret> CopyAsync(int account = Horns) => new((await ActAsync("copy", account)).Body.GetProperty("code").GetString() ?? "");

    /// <summary>Allows on the consent page; gives the address that the browser is sent to, or null where the account is not offered.</summary>
    public async Task<Uri?> AllowAsync(Uri consent, int account)
    {
        using var answer = await http.PostAsync(new Uri($"{World.BaseUrl}/oauth/allow{consent.Query}&account={account}"), null);
        return answer.StatusCode == HttpStatusCode.OK ? new Uri((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("location").GetString() ?? "") : null;
    }

    public async Task<JsonElement> OfferAsync(Uri consent) =>
        await http.GetFromJsonAsync<JsonElement>(new Uri($"{World.BaseUrl}/oauth/offer{consent.Query}"));

    public async Task<AmoTokens> ConnectAsync() => Value(await AmoCrm.ExchangeAsync(new CodeExchange("horns.amocrm.ru", await CopyAsync()), default));

    public Task<Result<AmoTokens>> RefreshAsync(AmoTokens tokens) =>
        AmoCrm.RefreshAsync(new TokenRefresh(tokens.Host, tokens.AccessToken, tokens.RefreshToken), default);

    public Task<Result<Account>> AccountAsync(AmoTokens tokens) =>
        AmoCrm.AccountAsync(new AccountQuery(tokens.Host, tokens.AccessToken, tokens.RefreshToken), default);

    public static T Value<T>(Result<T> result)
        where T : notnull =>
        result.IsFailure ? throw new InvalidOperationException(result.Failure.ToString()) : result.Value;

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
