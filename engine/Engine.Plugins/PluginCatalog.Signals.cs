using Engine.Sdk;

namespace Engine.Plugins;

/// <summary>Redirects and hooks.</summary>
public sealed partial class PluginCatalog
{
    /// <summary>The address of a provider's page. Runs plugin code.</summary>
    /// <param name="input">A record of the redirect's input type, from the same build.</param>
    public Result<Uri> FindAddress(
        string provider, string build, string redirect, object input, RedirectVisit visit, ProviderSettings settings)
    {
        var (found, instance, failure) = Start(provider, build, settings);
        if (found is null || instance is null) return failure ?? Missing(provider, build);
        return found.FindRedirect(provider, redirect) is { } call
            ? call.FindAddress(instance, input, visit)
            : new Failure(Failures.Internal, $"provider '{provider}' has no redirect '{redirect}'");
    }

    /// <summary>The record that a person came back with, of the redirect's output type. Nothing of the query reaches a message.</summary>
    /// <param name="query">The query's values, decoded, in the order they came.</param>
    /// <param name="verifier">The PKCE verifier; null where the redirect has no PKCE.</param>
    /// <param name="returnUrl">The address that the provider was told.</param>
    public Result<object> ReadReturn(
        string provider,
        string build,
        string redirect,
        IReadOnlyList<KeyValuePair<string, string>> query,
        Secret? verifier,
        Uri returnUrl,
        ProviderSettings settings)
    {
        var (found, instance, failure) = Start(provider, build, settings);
        if (found is null || instance is null) return failure ?? Missing(provider, build);
        if (found.FindRedirect(provider, redirect) is not { } call)
        {
            return new Failure(Failures.Internal, $"provider '{provider}' has no redirect '{redirect}'");
        }

        var type = found.FindProvider(provider)?.Settings;
        return call.Read(query, verifier, returnUrl, call.FindIssuer(type is null ? null : SettingsBinder.Bind(type, settings).Record));
    }

    /// <summary>Lets the plugin read a call of the provider. Runs plugin code, for 2 s at the most.</summary>
    public async Task<HookOutcome> ReadHookAsync(
        string provider, string build, string hook, HookRequest request, ProviderSettings settings, CancellationToken cancellation)
    {
        var (found, instance, failure) = Start(provider, build, settings);
        if (found is null || instance is null) return new HookOutcome.Failed(failure ?? Missing(provider, build));
        return found.FindHook(provider, hook) is { } call
            ? await call.ReadAsync(instance, request, time, cancellation)
            : new HookOutcome.Failed(new Failure(Failures.Internal, $"provider '{provider}' has no hook '{hook}'"));
    }

    private (PluginBuild? Build, object? Instance, Failure? Failure) Start(string provider, string build, ProviderSettings settings)
    {
        if (FindBuild(build) is not PluginBuild found || found.FindProvider(provider) is not { } @class) return (null, null, Missing(provider, build));
        var (instance, failure) = found.Start(@class, settings);
        return (found, instance, failure);
    }
}
