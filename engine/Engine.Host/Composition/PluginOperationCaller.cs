using System.Diagnostics;
using Engine.Plugins;
using Engine.Runs;
using Engine.Sdk;
using Microsoft.Extensions.Configuration;

namespace Engine.Host;

/// <summary>
/// Makes the calls of runs through the loaded plugins: with the operator's settings, or, where the run lives in a world of the
/// sandbox, with that world's address and key laid over them. A sandbox run never sees a real key.
/// </summary>
internal sealed class PluginOperationCaller(
    PluginCatalog plugins, IConfiguration settings, Func<string, string, ProviderSettings?> findWorldSettings, TimeProvider time)
    : IOperationCaller
{
    public async Task<Result<object>> CallAsync(OperationCall call, CancellationToken cancellation)
    {
        if (FindSettings(call) is not { } provided)
        {
            return new Failure(Failures.ConfigError, "the run lives in a sandbox, and this engine was started without one");
        }

        var left = call.Deadline - time.GetUtcNow();
        if (left <= TimeSpan.Zero) return TimedOut(call, isInDoubt: false);
        using var deadline = new CancellationTokenSource(left, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            return await plugins.CallAsync(call.Provider, call.Build, call.Operation, call.Input, provided, either.Token) switch
            {
                CallOutcome.Answered answered => answered.Value,
                CallOutcome.Failed failed => failed.Failure,
                _ => throw new UnreachableException(),
            };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return TimedOut(call, isInDoubt: true);
        }
    }

    /// <summary>What the operator set for a provider.</summary>
    public static ProviderSettings SettingsOf(IConfiguration settings, string provider) => new(
        settings.GetSection($"providers:{provider}").GetChildren()
            .Where(child => child.Value is not null)
            .Select(child => KeyValuePair.Create(child.Key.ToLowerInvariant(), child.Value ?? "")));

    private ProviderSettings? FindSettings(OperationCall call) =>
        call.World is { } world ? findWorldSettings(call.Provider, world) : SettingsOf(settings, call.Provider);

    private static Failure TimedOut(OperationCall call, bool isInDoubt) =>
        new(Failures.ProviderTimeout, $"{call.Provider}.{call.Operation}: no answer before the call's deadline", IsInDoubt: isInDoubt);
}
