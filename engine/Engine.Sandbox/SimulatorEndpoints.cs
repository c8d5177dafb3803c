using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace Engine.Sandbox;

/// <summary>The routes of the simulators at hand, which change while the sandbox listens.</summary>
internal sealed class SimulatorEndpoints(IServiceProvider services, Worlds worlds, CallbackSender sender, TimeProvider time) : EndpointDataSource, IDisposable
{
    private volatile IReadOnlyList<Endpoint> endpoints = [];
    private CancellationTokenSource changed = new();

    public override IReadOnlyList<Endpoint> Endpoints => endpoints;

    public override IChangeToken GetChangeToken() => new CancellationChangeToken(Volatile.Read(ref changed).Token);

    /// <summary>Puts these simulators in the place of those before; calls that are being answered go on.</summary>
    public void Replace(IEnumerable<ISimulator> simulators)
    {
        var routes = new RouteList(services);
        foreach (var simulator in simulators)
        {
            var own = new SimulatorRoutes(routes.MapGroup($"/{simulator.Provider}/{{world}}"), worlds, sender, time);
            own.MapShared();
            simulator.Map(own);
            own.MapRest();
        }

        endpoints = [.. routes.DataSources.SelectMany(source => source.Endpoints)];
        Interlocked.Exchange(ref changed, new CancellationTokenSource()).Cancel();
    }

    public void Dispose() => changed.Dispose();

    private sealed class RouteList(IServiceProvider services) : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider => services;

        public ICollection<EndpointDataSource> DataSources { get; } = [];

        public IApplicationBuilder CreateApplicationBuilder() => new ApplicationBuilder(services);
    }
}
