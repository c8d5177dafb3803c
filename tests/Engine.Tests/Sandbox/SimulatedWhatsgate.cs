extern alias whatsgate;

using System.Text.Json;
using System.Threading.Channels;
using Engine.Sandbox;
using Engine.Sdk;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using whatsgate::Whatsgate;

namespace Engine.Tests;

/// <summary>A sandbox with one world of Whatsgate, and the plugin calling it over HTTP. The world's time stands still until a test moves it.</summary>
internal sealed class SimulatedWhatsgate : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("engine-sandbox-").FullName;

    private SimulatedWhatsgate()
    {
    }

    public SteppedTime Time { get; } = new();

    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    public required SandboxServer Server { get; set; }

    public required WorldAddress World { get; set; }

    public WhatsgateProvider Whatsgate => new(
        new WhatsgateSettings { BaseUrl = new Uri(World.Settings["base_url"]), ApiKey = new Secret(World.Settings["api_key"]) },
        new ProviderHttp(Http, TimeProvider.System));

    /// <summary>What the world was called with, and what it called, oldest first, such as <c>session_create 200</c>.</summary>
    public IEnumerable<string> Calls =>
        (Server.FindCalls(World.Id) ?? []).Select(call => $"{call.Operation} {call.Status}{(call.Note is null ? "" : ", " + call.Note)}");

    public static async Task<SimulatedWhatsgate> StartAsync(string scenario = "link")
    {
        var simulated = new SimulatedWhatsgate { Server = null!, World = null! };
        simulated.Server = await SandboxServer.StartAsync(new SandboxOptions(simulated.folder, [PluginFolders.Shipped], simulated.Time), default);
        simulated.World = simulated.Server.NewWorld("whatsgate", scenario, "en", null) ?? throw new ArgumentException(scenario);
        return simulated;
    }

    public async Task<Session> CreateAsync(string? number = null, string? callback = null, string name = "Shop") =>
        Value(await Whatsgate.SessionCreateAsync(new NewSession(name, number, callback is null ? null : new Uri(callback)), default));

    public async Task<Session> GetAsync(Session session) => Value(await Whatsgate.SessionGetAsync(new SessionRef(session.WhatsappId), default));

    public async Task<Done> DeleteAsync(Session session) => Value(await Whatsgate.SessionDeleteAsync(new SessionRef(session.WhatsappId), default));

    /// <summary>What the hosted page would tell the page around it.</summary>
    public async Task<string> PageSaysAsync(Session session) =>
        JsonElement.Parse(await Http.GetStringAsync(new Uri($"{World.BaseUrl}/qr/{session.WhatsappId.Reveal()}/state"))).GetProperty("message").GetString() ?? "";

    public async Task<int> PostPhoneAsync(string act)
    {
        using var answer = await Http.PostAsync(new Uri($"{World.BaseUrl}/phone/{act}"), null);
        return (int)answer.StatusCode;
    }

    public void Step(double seconds) => Time.Step(TimeSpan.FromSeconds(seconds));

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    public static T Value<T>(Result<T> result)
        where T : notnull =>
        result.IsFailure ? throw new InvalidOperationException(result.Failure.ToString()) : result.Value;
}

/// <summary>Takes a provider's callbacks on loopback.</summary>
internal sealed class CallbackReceiver : IAsyncDisposable
{
    private readonly Channel<JsonElement> got = Channel.CreateUnbounded<JsonElement>();
    private readonly WebApplication app;

    private CallbackReceiver(Func<JsonElement, IResult> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        app = builder.Build();
        app.Run(async context =>
        {
            var body = (await JsonDocument.ParseAsync(context.Request.Body)).RootElement;
            await answer(body).ExecuteAsync(context);
            got.Writer.TryWrite(body);
        });
    }

    public string Address => app.Urls.First() + "/hook";

    /// <param name="answer">Null takes every event as the provider wants it.</param>
    public static async Task<CallbackReceiver> StartAsync(Func<JsonElement, IResult>? answer = null)
    {
        var receiver = new CallbackReceiver(answer ?? (body => Results.Text($$"""{"result":"OK","id":{{body.GetProperty("id").GetInt32()}}}""", "application/json")));
        await receiver.app.StartAsync();
        return receiver;
    }

    public async Task<JsonElement> NextAsync() => await got.Reader.ReadAsync().AsTask().WaitAsync(Patience.Limit);

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
