using System.Diagnostics;
using Engine.Plugins;
using Engine.Runs;
using Engine.Sdk;

namespace Engine.Host;

/// <summary>
/// Makes the calls of runs through the loaded plugins: with the operator's settings, or, where the run lives in a world of the
/// sandbox, with that world's alone. A sandbox run never sees a real key.
/// </summary>
internal sealed class PluginOperationCaller(
    PluginCatalog plugins, IConfiguration settings, SandboxLink? sandbox, IncidentSwitch incidents, TimeProvider time)
    : IOperationCaller
{
    /// <summary>Counts and times the calls. Default: for itself alone.</summary>
    public EngineMeters Meters { get; init; } = new();

    private readonly RetryBudget retries = new(time);

    public async Task<Result<object>> CallAsync(OperationCall call, CancellationToken cancellation)
    {
        using var watch = CallWatch.Begin(Meters, time, call.Provider, call.Operation, ("engine.run.id", call.Run.Value));
        var result = await MakeAsync(call, cancellation);
        watch.End(result.Failure);
        return result;
    }

    private async Task<Result<object>> MakeAsync(OperationCall call, CancellationToken cancellation)
    {
        if (!Reaches(call.World)) return new Failure(Failures.ConfigError, $"{call.Provider}.{call.Operation}: {OutOfReach(call.World)}");
        if (call.MayWait && await incidents.IsDownAsync(call.Provider, cancellation))
        {
            // As if the provider asked for a pause: nothing was sent, no attempt is spent, and the run's own limits hold.
            return new Failure(Failures.RateLimited, $"an operator says that provider '{call.Provider}' is down", IncidentSwitch.HeldBack)
            {
                ProviderCode = IncidentSwitch.ProviderCode,
            };
        }

        if (await FindSettingsAsync(call.Provider, call.World, cancellation) is not { } provided)
        {
            return new Failure(Failures.ConfigError, call.World == SandboxLink.NoWorld
                ? $"{call.Provider}.{call.Operation}: the sandbox cannot play this provider, and from it nothing is called for real"
                : "the run lives in a world of the sandbox that this engine does not have");
        }

        if (call.World is null && !retries.Take(call.Provider, call.IsRetry))
        {
            return new Failure(
                Failures.ProviderDown, $"{call.Provider}.{call.Operation}: too many calls of this provider fail at present, so that this one was not made again");
        }

        var left = call.Deadline - time.GetUtcNow();
        if (left <= TimeSpan.Zero) return TimedOut(call, isInDoubt: false);
        using var deadline = new CancellationTokenSource(left, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            // Statements, since the arms of one switch would share the type object, and a failure would pass for an answer.
            switch (await plugins.CallAsync(call.Provider, call.Build, call.Operation, call.Input, provided, either.Token))
            {
                case CallOutcome.Answered answered: return new Result<object>(answered.Value) { Pace = answered.Pace };
                case CallOutcome.Failed failed: return failed.Failure;
                default: throw new UnreachableException();
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return TimedOut(call, isInDoubt: true);
        }
    }

    /// <summary>Whether anything may be called for a run that lives there.</summary>
    public bool Reaches(string? world) => SandboxLink.Reaches(sandbox, world);

    /// <summary>Why nothing is called there.</summary>
    internal static string OutOfReach(string? world) => world is null
        ? "it is at the real provider, and from the sandbox nothing is called for real"
        : "it lives in the sandbox, and this engine calls the real providers";

    /// <summary>What the operator set for a provider.</summary>
    public static ProviderSettings SettingsOf(IConfiguration settings, string provider) => new(
        settings.GetSection($"providers:{provider}").GetChildren()
            .Where(child => child.Value is not null)
            .Select(child => KeyValuePair.Create(child.Key.ToLowerInvariant(), child.Value ?? "")));

    /// <summary>What a provider's class is made with; null where the run lives in a world that this engine does not have.</summary>
    public Task<ProviderSettings?> FindSettingsAsync(string provider, string? world, CancellationToken cancellation) =>
        FindSettingsAsync(settings, sandbox, provider, world, cancellation);

    /// <summary>The operator's settings, or the world's own; null where this engine does not have that world.</summary>
    internal static async Task<ProviderSettings?> FindSettingsAsync(
        IConfiguration settings, SandboxLink? sandbox, string provider, string? world, CancellationToken cancellation)
    {
        if (world is not { } id) return SettingsOf(settings, provider);
        return sandbox is not null && await sandbox.FindWorldAsync(id, cancellation) is { } found ? new ProviderSettings(found.Settings) : null;
    }

    private static Failure TimedOut(OperationCall call, bool isInDoubt) =>
        new(Failures.ProviderTimeout, $"{call.Provider}.{call.Operation}: no answer before the call's deadline", IsInDoubt: isInDoubt);
}
