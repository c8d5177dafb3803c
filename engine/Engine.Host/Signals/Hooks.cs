using System.Security.Cryptography;
using System.Text;
using Engine.Plugins;
using Engine.Runs;
using Engine.Sdk;
using Engine.Storage;

namespace Engine.Host;

/// <summary>
/// Takes providers' calls: lets the plugin read them, and keeps what they say before they are answered. A run's own calls go into its inbox;
/// those that belong to no run begin flows.
/// </summary>
internal sealed class Hooks(
    EngineStore store, FlowLibrary flows, PluginCatalog plugins, PluginOperationCaller caller, RunChanges changes, Deliveries deliveries)
{
    /// <summary>Where what comes for a run is put in its inbox. Default: the same store.</summary>
    public IRunStore Inbox { get; init; } = store;

    /// <summary>Holds back what anybody may send.</summary>
    public required HookFlood Flood { get; init; }

    /// <summary>Whether one more call of an address that all of a provider's calls share is taken now.</summary>
    /// <param name="tell">Called for a flood, once in a while.</param>
    public bool Takes(string provider, string hook, Action tell) =>
        plugins.Catalog.FindProvider(provider)?.FindHook(hook) is null || Flood.Takes($"{provider}.{hook}", tell);

    /// <summary>A call of a run's, or of a connection's, own address.</summary>
    public async Task<HookOutcome> TakeAsync(HookTarget target, HookRequest request, CancellationToken cancellation)
    {
        if (!caller.Reaches(target.World)) return OutOfReach(target.World);
        if (await flows.FindAsync(target.Flow, target.FlowVersion, cancellation) is not { } flow
            || await caller.FindSettingsAsync(target.Provider, target.World, cancellation) is not { } settings)
        {
            return new HookOutcome.Failed(new Failure(Failures.ConfigError, "the flow or the world of the run is not at hand any more"));
        }

        var build = flow.Flow.Providers.GetValueOrDefault(target.Provider, "");
        var outcome = await plugins.ReadHookAsync(target.Provider, build, target.Hook, request, settings, cancellation);
        if (outcome is HookOutcome.Accepted accepted && target.IsOpen)
        {
            var signal = new Signal(target.Name, KeyOf(accepted, request), SignalJson.Of(accepted.Payload, flow));
            if (await Inbox.AcceptSignalAsync(target.Run, signal, cancellation)) changes.InboxGrew(target.Run);
        }

        if (outcome is HookOutcome.Accepted { News: { } news } && target.Connection is { } id) await TellAsync(id, news, cancellation);

        return outcome;
    }

    /// <summary>A call of the address that all of a provider's calls of one hook share.</summary>
    public async Task<HookOutcome?> TakeAsync(string provider, string hook, string? world, HookRequest request, CancellationToken cancellation)
    {
        if (plugins.Catalog.FindProvider(provider) is not { } known || known.FindHook(hook) is null) return null;
        if (!caller.Reaches(world)) return OutOfReach(world);
        if (await caller.FindSettingsAsync(provider, world, cancellation) is not { } settings) return null;
        var outcome = await plugins.ReadHookAsync(provider, known.Build, hook, request, settings, cancellation);
        if (outcome is HookOutcome.Accepted { News: { IdentityKey: not null } news }) await store.TellOfAccountAsync(provider, world, news, cancellation);
        if (outcome is HookOutcome.Accepted accepted && deliveries.BeginsAny(provider, hook))
        {
            var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{provider}\n{world}\n{hook}\n{KeyOf(accepted, request)}")));
            var delivery = new Delivery(id, provider, world, hook, SignalJson.Of(accepted.Payload));
            if (await store.KeepDeliveryAsync(delivery, cancellation)) deliveries.Came();
        }

        return outcome;
    }

    /// <summary>
    /// What a call of a connection's own address says of its account. Where it names none, it may be about a session that the connection has left behind:
    /// then the probe alone decides, which is asked at once.
    /// </summary>
    private async Task TellAsync(ConnectionId id, AccountNews news, CancellationToken cancellation)
    {
        if (await store.FindConnectionAsync(id, cancellation) is not { Health: not ConnectionHealth.Unclaimed } connection) return;
        if (news.IdentityKey is { } key)
        {
            if (key != connection.IdentityKey) return;
            await store.SetHealthAsync(id, new HealthChange(news.Health, news.Cause), cancellation);
        }

        await store.HurryCareAsync(id, cancellation);
    }

    /// <summary>The provider may try again: the engine that is for it may run then.</summary>
    private static HookOutcome.Failed OutOfReach(string? world) => new(new Failure(Failures.ConfigError, PluginOperationCaller.OutOfReach(world)));

    /// <summary>The plugin's key, or the request itself; neither can pass for the other.</summary>
    private static string KeyOf(HookOutcome.Accepted accepted, HookRequest request) =>
        accepted.Key is { } key ? $"key {key}" : $"request {HookRequests.KeyOf(request)}";
}
