extern alias plugin;

using Engine.Sandbox;
using Engine.Sdk;
using plugin::Radist;

namespace Engine.Tests;

/// <summary>A sandbox with one world of Radist, and the plugin calling it over HTTP. The world's time stands still until a test moves it.</summary>
internal sealed class SimulatedRadist : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("engine-sandbox-").FullName;

    private SimulatedRadist()
    {
    }

    public SteppedTime Time { get; } = new();

    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    public required SandboxServer Server { get; set; }

    public required WorldAddress World { get; set; }

    public RadistProvider Radist => new(
        new RadistSettings
        {
            BaseUrl = new Uri(World.Settings["base_url"]),
            ApiKey = new Secret(World.Settings["api_key"]),
            CompanyId = int.Parse(World.Settings["company_id"], null),
        },
        new ProviderHttp(Http, TimeProvider.System));

    /// <summary>What the world was called with, oldest first, such as <c>telegram_init 200</c>.</summary>
    public IEnumerable<string> Calls =>
        (Server.FindCalls(World.Id) ?? []).Select(call => $"{call.Operation} {call.Status}{(call.Note is null ? "" : ", " + call.Note)}");

    public string WorldFile => Path.Combine(folder, "worlds", World.Id + ".jsonl");

    public static async Task<SimulatedRadist> StartAsync(string? scenario = null)
    {
        var simulated = new SimulatedRadist { Server = null!, World = null! };
        await simulated.StartServerAsync();
        simulated.World = simulated.Server.NewWorld("radist", scenario, "en", null) ?? throw new ArgumentException(scenario);
        return simulated;
    }

    /// <summary>Another process over the same data.</summary>
    public async Task RestartAsync()
    {
        await Server.DisposeAsync();
        await StartServerAsync();
        World = Server.FindWorld(World.Id)!;
    }

    public async Task<TelegramSession> InitAsync(AuthType type = AuthType.Qr) =>
        Value(await Radist.TelegramInitAsync(new TelegramInit(type, type == AuthType.Code ? "+79001234567" : null), default));

    public async Task<TelegramSession> LoginAsync(TelegramSession session, string? code = null, string? password = null) =>
        Value(await TryLoginAsync(session, code, password));

    public Task<Result<TelegramSession>> TryLoginAsync(TelegramSession session, string? code = null, string? password = null) =>
        Radist.TelegramLoginAsync(new TelegramLogin(session.SessionId, code, password is null ? null : new Secret(password)), default);

    public Task<Result<Connection>> CreateAsync(TelegramSession session) =>
        Radist.CreateConnectionAsync(new NewConnection(ConnectionType.Telegram, "Telegram", session.SessionId), default);

    public async Task<Connection> NewWhatsappAsync() =>
        Value(await Radist.CreateConnectionAsync(new NewConnection(ConnectionType.Whatsapp, "WhatsApp"), default));

    public Task<Result<Connection>> CreateWithKeyAsync(string key) =>
        Radist.CreateConnectionAsync(new NewConnection(ConnectionType.Odnoklassniki, "Group", ApiKey: new Secret(key)), default);

    public async Task<ConnectionState> StateAsync(int connection) => Value(await Radist.ConnectionStateAsync(new ConnectionOf(connection), default));

    public async Task<ConnectionState> InstanceAsync(int connection) => Value(await Radist.WhatsappStatusAsync(new ConnectionOf(connection), default));

    public Task<Result<Connection>> FindAsync(TelegramSession session) =>
        Radist.FindConnectionAsync(new ConnectionQuery(session.SessionId), default);

    public async Task<int> PostPhoneAsync(string path)
    {
        using var answer = await Http.PostAsync(new Uri($"{World.BaseUrl}/phone/{path}"), null);
        return (int)answer.StatusCode;
    }

    public Task<string> GetAsync(string path) => Http.GetStringAsync(new Uri($"{World.BaseUrl}/{path}"));

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static T Value<T>(Result<T> result)
        where T : notnull =>
        result.IsFailure ? throw new InvalidOperationException(result.Failure.ToString()) : result.Value;

    private async Task StartServerAsync() =>
        Server = await SandboxServer.StartAsync(new SandboxOptions(folder, [PluginFolders.Shipped], Time), default);
}
