using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Engine.Host;

/// <summary>What a server needs.</summary>
/// <param name="Port">On loopback; 0 takes any.</param>
/// <param name="IsVerbose">Whether what happens is logged too, not only what goes wrong.</param>
/// <param name="Extension">Pumps and works in place of the engine's own loops; null: they do.</param>
internal sealed record ServerOptions(EngineOptions Engine, int Port, bool IsVerbose = false, IEngineExtension? Extension = null);

/// <summary>An engine with the API and the pages before it, on loopback.</summary>
internal sealed class EngineServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly bool isOwner;

    private EngineServer(WebApplication app, EmbeddedEngine engine, Uri listening, bool isOwner)
    {
        this.app = app;
        this.isOwner = isOwner;
        Engine = engine;
        Listening = listening;
    }

    public EmbeddedEngine Engine { get; }

    /// <summary>What it listens on, on loopback; behind a proxy others know it by another address.</summary>
    public Uri Listening { get; }

    /// <exception cref="EngineStartException">The port is taken, or the engine cannot start.</exception>
    public static async Task<EngineServer> StartAsync(ServerOptions options, TimeProvider time, CancellationToken cancellation)
    {
        EmbeddedEngine? engine = null;
        var web = Build(options, time, () => engine ?? throw new InvalidOperationException("the engine has not started"));
        try
        {
            engine = await EmbeddedEngine.StartAsync(
                options.Engine with { HasOwnLoops = options.Extension is null }, time, web.Services.GetRequiredService<ILoggerFactory>(), cancellation);
            return await ListenAsync(web, engine, options, isOwner: true, cancellation);
        }
        catch
        {
            await web.DisposeAsync();
            if (engine is not null) await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Serves an engine that is there already; closing the server leaves it running.</summary>
    /// <exception cref="EngineStartException">The port is taken.</exception>
    public static async Task<EngineServer> ServeAsync(EmbeddedEngine engine, int port, TimeProvider time, CancellationToken cancellation)
    {
        var options = new ServerOptions(new EngineOptions(), port);
        var web = Build(options, time, () => engine);
        try
        {
            return await ListenAsync(web, engine, options, isOwner: false, cancellation);
        }
        catch
        {
            await web.DisposeAsync();
            throw;
        }
    }

    private static WebApplication Build(ServerOptions options, TimeProvider time, Func<EmbeddedEngine> engine)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true)
            .AddFilter((category, level) => level >= LevelOf(category, options.IsVerbose));
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console =>
            console.LogToStandardErrorThreshold = LogLevel.Trace);

        builder.Services.AddEngineApi(time);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Refusals.BodyLimitBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Listen(IPAddress.Loopback, options.Port);
        });
        builder.WebHost.UseShutdownTimeout(TimeSpan.FromSeconds(5));

        builder.Services.AddSingleton(_ => engine());
        options.Extension?.AddTo(builder.Services, options.Engine);
        return builder.Build();
    }

    private static async Task<EngineServer> ListenAsync(
        WebApplication web, EmbeddedEngine engine, ServerOptions options, bool isOwner, CancellationToken cancellation)
    {
        try
        {
            web.MapEngine(engine, options.Extension);
            await web.StartAsync(cancellation);
        }
        catch (IOException error) when (error.InnerException is AddressInUseException)
        {
            throw new EngineStartException($"port {options.Port} is in use: give --port another, or 0 for any", error);
        }

        var addresses = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        var listening = new Uri(addresses?.Addresses.First() ?? throw new InvalidOperationException("the server listens on nothing"));
        engine.ListenAt(listening);
        return new EngineServer(web, engine, listening, isOwner);
    }

    // The web host logs with a stack trace what the caller of StartAsync is told anyway, such as a port in use.
    private static LogLevel LevelOf(string? category, bool isVerbose) => category switch
    {
        "Microsoft.Extensions.Hosting.Internal.Host" => LogLevel.None,
        _ when isVerbose && category?.StartsWith("Engine", StringComparison.Ordinal) == true => LogLevel.Information,
        _ => LogLevel.Warning,
    };

    /// <summary>Waits until a signal, or the token, stops the server.</summary>
    public async Task WaitForStopAsync(CancellationToken cancellation) => await app.WaitForShutdownAsync(cancellation);

    /// <summary>Stops listening first, then the engine.</summary>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        if (isOwner) await Engine.DisposeAsync();
    }
}
