using System.Collections.Immutable;
using System.Text.Json;
using Engine.Flows;
using Engine.Sandbox;

namespace Engine.Host;

/// <summary>The sandbox that plays the providers: inside this process, or elsewhere.</summary>
public abstract class SandboxLink : IAsyncDisposable
{
    private protected SandboxLink()
    {
    }

    /// <summary>Where a run lives whose providers the sandbox cannot play: it is none of the real ones', and its calls fail.</summary>
    public const string NoWorld = "none";

    /// <summary>What can be played, by provider.</summary>
    public abstract IReadOnlyList<SimulatedProvider> Providers { get; }

    /// <summary>Where it listens.</summary>
    public abstract Uri Address { get; }

    /// <summary>Makes a world; null where the provider or the scenario does not exist.</summary>
    /// <param name="continues">The world whose connections it takes over; null begins empty.</param>
    /// <param name="engine">Where the world reaches this engine.</param>
    public abstract Task<WorldAddress?> NewWorldAsync(string provider, string? scenario, string? continues, Uri engine, CancellationToken cancellation);

    /// <summary>Where a world is now; null where there is none.</summary>
    public abstract Task<WorldAddress?> FindWorldAsync(string id, CancellationToken cancellation);

    /// <summary>
    /// Whether an engine with this sandbox, or without one, may call what lives there: from the sandbox nothing leaves this machine.
    /// </summary>
    /// <param name="world">Null: at the real provider.</param>
    public static bool Reaches(SandboxLink? sandbox, string? world) => sandbox is null == world is null;

    /// <summary>The simulated provider that a flow's runs go to; null where none of its providers can be played.</summary>
    public SimulatedProvider? FindProviderOf(CompiledFlow flow) =>
        Providers.FirstOrDefault(provider => flow.Providers.ContainsKey(provider.Provider));

    /// <summary>Looks for new and changed simulators; gives a sentence for each that cannot be played.</summary>
    public virtual IReadOnlyList<string> Refresh() => [];

    public abstract ValueTask DisposeAsync();

    /// <summary>Hosts simulators in this process.</summary>
    internal sealed class Embedded(SandboxServer server) : SandboxLink
    {
        public override IReadOnlyList<SimulatedProvider> Providers =>
            [.. server.Simulators.Select(simulator => new SimulatedProvider(simulator.Provider, [.. simulator.Scenarios]))];

        public override Uri Address => server.Address;

        public override Task<WorldAddress?> NewWorldAsync(
            string provider, string? scenario, string? continues, Uri engine, CancellationToken cancellation) =>
            Task.FromResult(server.NewWorld(provider, scenario, "en", continues, engine));

        public override Task<WorldAddress?> FindWorldAsync(string id, CancellationToken cancellation) => Task.FromResult(server.FindWorld(id));

        public override IReadOnlyList<string> Refresh()
        {
            server.Refresh();
            return server.Problems;
        }

        public override ValueTask DisposeAsync() => server.DisposeAsync();
    }

    /// <summary>Asks a sandbox that another process hosts.</summary>
    internal sealed class External : SandboxLink
    {
        private static readonly JsonSerializerOptions wire = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

        private readonly HttpClient http;

        private External(HttpClient http, Uri address, IReadOnlyList<SimulatedProvider> providers)
        {
            this.http = http;
            Address = address;
            Providers = providers;
        }

        public override Uri Address { get; }

        public override IReadOnlyList<SimulatedProvider> Providers { get; }

        public static async Task<External> OpenAsync(Uri address, CancellationToken cancellation)
        {
            var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
            {
                BaseAddress = address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/"),
                Timeout = TimeSpan.FromSeconds(10),
            };
            try
            {
                var list = await client.GetFromJsonAsync<ProviderList>("providers", wire, cancellation);
                return new External(client, address, list?.Providers ?? []);
            }
            catch (Exception error) when (error is HttpRequestException or JsonException
                || (error is TaskCanceledException && !cancellation.IsCancellationRequested))
            {
                client.Dispose();
                throw new EngineStartException($"no sandbox answers at '{address}': start one there, or leave --sandbox-url out", error);
            }
        }

        public override async Task<WorldAddress?> NewWorldAsync(
            string provider, string? scenario, string? continues, Uri engine, CancellationToken cancellation)
        {
            using var response = await http.PostAsJsonAsync("worlds", new { provider, scenario, language = "en", continues, engine }, wire, cancellation);
            return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<WorldAddress>(wire, cancellation) : null;
        }

        public override async Task<WorldAddress?> FindWorldAsync(string id, CancellationToken cancellation)
        {
            using var response = await http.GetAsync(new Uri($"worlds/{Uri.EscapeDataString(id)}", UriKind.Relative), cancellation);
            return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<WorldAddress>(wire, cancellation) : null;
        }

        public override ValueTask DisposeAsync()
        {
            http.Dispose();
            return ValueTask.CompletedTask;
        }

        private sealed record ProviderList(ImmutableArray<SimulatedProvider> Providers);
    }
}

/// <summary>A provider that the sandbox plays.</summary>
/// <param name="Scenarios">The courses of events; the first is the default.</param>
public sealed record SimulatedProvider(string Provider, IReadOnlyList<Scenario> Scenarios)
{
    /// <summary>The scenarios that make sense for a flow.</summary>
    public IReadOnlyList<Scenario> For(string flow) =>
        [.. Scenarios.Where(scenario => scenario.Flows.Count == 0 || scenario.Flows.Contains(flow, StringComparer.Ordinal))];
}
