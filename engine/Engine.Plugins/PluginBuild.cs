using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Plugins;

/// <summary>One build of a plugin in memory: its load context, its provider classes and their instances.</summary>
internal sealed class PluginBuild : ProviderBuild
{
    private const int InstanceLimit = 4096;

    private readonly PluginLoadContext context;
    private readonly ProviderHttp http;
    private readonly TimeProvider time;
    private readonly FrozenDictionary<(string Provider, string Operation), Lazy<OperationCall>> calls;
    private readonly FrozenDictionary<(string Provider, string Redirect), Lazy<RedirectCall>> redirects;
    private readonly FrozenDictionary<(string Provider, string Hook), Lazy<HookCall>> hooks;
    private readonly ConcurrentDictionary<(string Provider, ProviderSettings Settings), object> instances = new();

    private PluginBuild(
        string id, PluginLoadContext context, Assembly assembly, ImmutableArray<ProviderClass> providers, ProviderHttp http, TimeProvider time)
        : base(id, assembly)
    {
        Providers = providers;
        Offered = [.. providers.Select(provider => provider.Provider)];
        this.context = context;
        this.http = http;
        this.time = time;
        calls = providers
            .SelectMany(provider => provider.Operations.Select(operation => (Provider: provider, Operation: operation)))
            .ToFrozenDictionary(
                pair => (pair.Provider.Provider.Name, pair.Operation.Operation.Name),

                // Late, since binding to a method runs the module initializer.
                pair => new Lazy<OperationCall>(() => OperationCall.To(pair.Provider, pair.Operation)));
        redirects = providers.SelectMany(provider => provider.Redirects.Select(redirect => (Provider: provider, Redirect: redirect)))
            .ToFrozenDictionary(
                pair => (pair.Provider.Provider.Name, pair.Redirect.Redirect.Name),
                pair => new Lazy<RedirectCall>(() => new RedirectCall(pair.Provider.Provider.Name, pair.Redirect)));
        hooks = providers.SelectMany(provider => provider.Hooks.Select(hook => (Provider: provider, Hook: hook)))
            .ToFrozenDictionary(
                pair => (pair.Provider.Provider.Name, pair.Hook.Hook.Name),
                pair => new Lazy<HookCall>(() => HookCall.To(pair.Provider.Provider.Name, pair.Hook)));
    }

    public ImmutableArray<ProviderClass> Providers { get; }

    public override ImmutableArray<Provider> Offered { get; }

    /// <summary>Loads a stored build without running any of its code; throws <see cref="PluginException"/> where it cannot be used.</summary>
    /// <param name="folder">The private copy, which nobody changes.</param>
    public static PluginBuild Load(string folder, string assemblyName, string id, HttpMessageInvoker http, TimeProvider time)
    {
        var file = Path.Combine(folder, assemblyName + ".dll");
        var own = new PluginLoadContext($"{assemblyName} {id[..8]}", file);
        try
        {
            var assembly = own.LoadFromAssemblyPath(file);
            var providers = PluginInspector.Inspect(assembly, id, ImmutableCollectionsMarshal.AsImmutableArray(File.ReadAllBytes(file)));
            return new PluginBuild(id, own, assembly, providers, new ProviderHttp(http, time), time);
        }
        catch (Exception error) when (error is BadImageFormatException or FileLoadException or FileNotFoundException or TypeLoadException
            or NotSupportedException)
        {
            own.Unload();
            throw new PluginException($"'{assemblyName}.dll' cannot be loaded: {error.Message}");
        }
        catch (PluginException)
        {
            own.Unload();
            throw;
        }
    }

    public ProviderClass? FindProvider(string name) => Providers.FirstOrDefault(provider => provider.Provider.Name == name);

    public override IEnumerable<string> FramedHosts(string provider, ProviderSettings settings) =>
        FindProvider(provider)?.Settings is { } type ? SettingsBinder.FramedHosts(type, settings) : [];

    public override Failure? Try(string provider, ProviderSettings settings) =>
        FindProvider(provider) is { } @class ? Start(@class, settings).Failure : NotOffered(provider);

    public override async Task<CallOutcome> CallAsync(
        string provider, string operation, object input, ProviderSettings settings, CancellationToken cancellation)
    {
        if (FindProvider(provider) is not { } @class) return new CallOutcome.Failed(NotOffered(provider));
        var (instance, failure) = Start(@class, settings);
        if (instance is null) return new CallOutcome.Failed(failure ?? NotOffered(provider));
        return FindCall(provider, operation) is { } call
            ? await call.CallAsync(instance, input, time, cancellation)
            : new CallOutcome.Failed(new Failure(Failures.Internal, $"provider '{provider}' has no operation '{operation}'"));
    }

    /// <summary>Null where the provider has no such operation. Only for a provider that was started.</summary>
    public OperationCall? FindCall(string provider, string operation) => calls.GetValueOrDefault((provider, operation))?.Value;

    /// <summary>Null where the provider has no such redirect. Only for a provider that was started.</summary>
    public RedirectCall? FindRedirect(string provider, string redirect) => redirects.GetValueOrDefault((provider, redirect))?.Value;

    /// <summary>Null where the provider has no such hook. Only for a provider that was started.</summary>
    public HookCall? FindHook(string provider, string hook) => hooks.GetValueOrDefault((provider, hook))?.Value;

    /// <summary>The provider's class, made with these settings; or why it could not be made. Runs plugin code.</summary>
    public (object? Instance, Failure? Failure) Start(ProviderClass provider, ProviderSettings settings)
    {
        var key = (provider.Provider.Name, settings);
        if (instances.TryGetValue(key, out var instance)) return (instance, null);

        var (made, failure) = Make(provider, settings);
        if (made is null) return (null, failure);
        if (instances.Count >= InstanceLimit) instances.Clear();
        return (instances.GetOrAdd(key, made), null);
    }

    public override void Unload()
    {
        instances.Clear();
        context.Unload();
    }

    private static Failure NotOffered(string provider) => new(Failures.Internal, $"the build has no provider '{provider}'");

    private (object? Instance, Failure? Failure) Make(ProviderClass provider, ProviderSettings settings)
    {
        var name = provider.Provider.Name;
        try
        {
            RuntimeHelpers.RunModuleConstructor(Assembly.ManifestModule.ModuleHandle);
        }
        catch (Exception error)
        {
            return (null, new Failure(Failures.Internal, $"provider '{name}': the plugin's module initializer threw {TypeOf(error)}"));
        }

        object? record = null;
        try
        {
            if (provider.Settings is { } type)
            {
                (record, var problem) = SettingsBinder.Bind(type, settings);
                if (problem is not null) return (null, new Failure(Failures.ConfigError, $"provider '{name}': {problem}"));
            }
            else if (settings.Names.Any())
            {
                return (null, new Failure(Failures.ConfigError, $"provider '{name}' has no settings, but these are set: {settings}"));
            }

            var egress = EgressOf(provider, record, settings);
            return (provider.Constructor.Invoke([.. provider.Constructor.GetParameters().Select(parameter => Argument(parameter, egress))]), null);
        }
        catch (Exception error)
        {
            return (null, new Failure(Failures.Internal, $"provider '{name}': its constructor threw {TypeOf(error)}"));
        }

        object? Argument(ParameterInfo parameter, Egress egress) =>
            parameter.ParameterType == typeof(ProviderHttp) ? http.Within(egress) : parameter.ParameterType == typeof(TimeProvider) ? time : record;
    }

    private static Egress EgressOf(ProviderClass provider, object? record, ProviderSettings settings)
    {
        return new Egress(provider.Hosts, AddressesOf(isSet: false), AddressesOf(isSet: true));

        ImmutableArray<Uri> AddressesOf(bool isSet) => record is null
            ? []
            : [.. SettingsBinder.Properties(record.GetType())
                .Where(property => settings.Find(SettingsBinder.SettingName(property)) is not null == isSet)
                .Select(property => property.GetValue(record))
                .OfType<Uri>()];
    }

    // The type alone: a message may hold what must not be seen.
    internal static string TypeOf(Exception error) => error switch
    {
        TargetInvocationException or TypeInitializationException when error.InnerException is { } inner => TypeOf(inner),
        _ => error.GetType().FullName ?? error.GetType().Name,
    };
}
