using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Engine.Sandbox;

/// <summary>What a sandbox needs to start.</summary>
/// <param name="DataFolder">Where worlds are kept.</param>
/// <param name="PluginFolders">Each holds one folder for each plugin, with its simulator in <c>simulator/</c>.</param>
/// <param name="Time">The clock of all worlds.</param>
/// <param name="Port">The port on loopback; 0 takes the one of the last time where it is free, or else any.</param>
public sealed record SandboxOptions(string DataFolder, ImmutableArray<string> PluginFolders, TimeProvider Time, int Port = 0);

/// <summary>Where a world is to be reached now.</summary>
/// <param name="Settings">What the plugin's settings must be.</param>
/// <param name="PhoneUrl">The simulated phone's page.</param>
public sealed record WorldAddress(string Id, string Scenario, string BaseUrl, string PhoneUrl, IReadOnlyDictionary<string, string> Settings);

/// <summary>Providers' simulators over real HTTP on loopback, so that flows can be tried without an account anywhere.</summary>
public sealed class SandboxServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Worlds worlds;
    private readonly SimulatorFolder folder;
    private readonly SimulatorEndpoints endpoints;

    private SandboxServer(WebApplication app, Worlds worlds, SimulatorFolder folder, SimulatorEndpoints endpoints)
    {
        this.app = app;
        this.worlds = worlds;
        this.folder = folder;
        this.endpoints = endpoints;
        Address = new Uri(app.Urls.First() + "/");
    }

    /// <summary>Such as <c>http://127.0.0.1:5151/</c>.</summary>
    public Uri Address { get; }

    /// <summary>The providers that can be played.</summary>
    public ImmutableArray<ISimulator> Simulators { get; private set; } = [];

    /// <summary>Why simulators that are there could not be loaded; empty when all is well.</summary>
    public ImmutableArray<string> Problems { get; private set; } = [];

    /// <summary>Loads the simulators and listens.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<SandboxServer> StartAsync(SandboxOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        var all = new Worlds(Path.Combine(options.DataFolder, "worlds"), options.Time);
        var noted = Path.Combine(options.DataFolder, "port");
        var last = options.Port == 0 && File.Exists(noted)
            && int.TryParse(await File.ReadAllTextAsync(noted, cancellation), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                ? port
                : 0;

        SandboxServer server;
        try
        {
            server = await ListenAsync(options with { Port = options.Port == 0 ? last : options.Port }, all, cancellation);
        }
        catch (IOException) when (options.Port == 0 && last != 0)
        {
            server = await ListenAsync(options, all, cancellation);
        }

        server.Refresh();
        await File.WriteAllTextAsync(noted, server.Address.Port.ToString(CultureInfo.InvariantCulture), cancellation);
        return server;
    }

    /// <summary>Looks at the plugin folders again, and plays what is new; a simulator that has become bad or is gone is played no more.</summary>
    public void Refresh()
    {
        var (simulators, problems) = folder.Look();
        try
        {
            if (!simulators.SequenceEqual(Simulators)) endpoints.Replace(simulators);
            (Simulators, Problems) = (simulators, problems);
        }
        catch (Exception error)
        {
            // A simulator's own code maps its routes; what was played before goes on.
            Problems = problems.Add($"the simulators' routes cannot be mapped: {error.Message}");
        }
    }

    /// <summary>Makes a world; null where the provider or the scenario does not exist.</summary>
    /// <param name="scenario">Null takes the provider's first.</param>
    /// <param name="continues">The world whose connections it takes over; null begins empty.</param>
    /// <param name="engineUrl">Where the engine is to be reached, for providers that send people or calls there.</param>
    public WorldAddress? NewWorld(string provider, string? scenario, string language, string? continues, Uri? engineUrl = null)
    {
        if (FindSimulator(provider) is not { } simulator) return null;
        if (simulator.Scenarios.FirstOrDefault(known => scenario is null || known.Name == scenario) is not { } chosen) return null;
        return AddressOf(worlds.Create(provider, chosen.Name, language == "ru" ? "ru" : "en", continues, Slashed(engineUrl)), simulator);
    }

    /// <summary>Where a world is now, which may have changed with a restart; null where there is none.</summary>
    public WorldAddress? FindWorld(string id) =>
        worlds.Find(id) is { } world && FindSimulator(world.Origin.Provider) is { } simulator ? AddressOf(world, simulator) : null;

    /// <summary>Every call that a world got; null where there is none.</summary>
    public IReadOnlyList<RecordedCall>? FindCalls(string id) => worlds.Find(id)?.Calls;

    /// <summary>Stops listening; hanging calls are cut.</summary>
    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        endpoints.Dispose();
    }

    private static async Task<SandboxServer> ListenAsync(SandboxOptions options, Worlds all, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1 << 20;
            kestrel.Listen(IPAddress.Loopback, options.Port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        builder.Services.AddSingleton(_ => new CallbackSender(options.Time));
        builder.WebHost.UseShutdownTimeout(TimeSpan.Zero);
        var web = builder.Build();
        web.UseRouting();
        var played = new SimulatorEndpoints(web.Services, all, web.Services.GetRequiredService<CallbackSender>(), options.Time);
        ((IEndpointRouteBuilder)web).DataSources.Add(played);

        SandboxServer? server = null;
        SandboxApi.Map(web, () => server ?? throw new InvalidOperationException("not started yet"));
        try
        {
            await web.StartAsync(cancellation);
        }
        catch
        {
            await web.DisposeAsync();
            throw;
        }

        server = new SandboxServer(web, all, new SimulatorFolder(options.PluginFolders), played);
        return server;
    }

    private static string Slashed(Uri? address) => address is null ? "" : address.AbsoluteUri.TrimEnd('/') + "/";

    private ISimulator? FindSimulator(string provider) => Simulators.FirstOrDefault(simulator => simulator.Provider == provider);

    private WorldAddress AddressOf(World world, ISimulator simulator)
    {
        var address = new Uri(Address, $"{simulator.Provider}/{world.Id}");
        return new WorldAddress(
            world.Id, world.Origin.Scenario, address.AbsoluteUri, $"{address.AbsoluteUri}/phone?lang={world.Origin.Language}", simulator.Settings(world, address));
    }

    /// <summary>
    /// Only its owner ends a sandbox. The usual lifetime ends it at the first Ctrl-C, while runs still have to undo what they began.
    /// </summary>
    private sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
