using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Plugins;

/// <summary>One build of a provider's file in memory: its records and expressions, and the calls it describes.</summary>
internal sealed class ProviderFileBuild : ProviderBuild
{
    private readonly CompiledProvider compiled;
    private readonly AssemblyLoadContext context;
    private readonly ProviderHttp http;
    private readonly TimeProvider time;

    private ProviderFileBuild(string id, CompiledProvider compiled, AssemblyLoadContext context, Assembly assembly, ProviderHttp http, TimeProvider time)
        : base(id, assembly)
    {
        this.compiled = compiled;
        this.context = context;
        this.http = http;
        this.time = time;
        Offered = [compiled.Provider with { Build = id }];
    }

    public override ImmutableArray<Provider> Offered { get; }

    public static ProviderFileBuild Load(string id, CompiledProvider compiled, HttpMessageInvoker http, TimeProvider time)
    {
        var own = new AssemblyLoadContext($"{compiled.Provider.AssemblyName} {id[..8]}", isCollectible: true);
        using var image = new MemoryStream([.. compiled.Provider.Image]);
        return new ProviderFileBuild(id, compiled, own, own.LoadFromStream(image), new ProviderHttp(http, time), time);
    }

    public override Failure? Try(string provider, ProviderSettings settings) => Bind(settings).Failure;

    public override async Task<CallOutcome> CallAsync(
        string provider, string operation, object input, ProviderSettings settings, CancellationToken cancellation)
    {
        if (compiled.Operations.FirstOrDefault(one => one.Name == operation) is not { } found)
        {
            return new CallOutcome.Failed(new Failure(Failures.Internal, $"provider '{provider}' has no operation '{operation}'"));
        }

        var (values, failure) = Bind(settings);
        if (values is null) return new CallOutcome.Failed(failure ?? Unusable("it cannot be set up"));
        var result = await new HttpCall(found, Assembly, time)
            .SendAsync(
                http.Within(EgressOf(values, settings)).At((Uri)(values[found.BaseSetting] ?? throw new InvalidOperationException())),
                NewSettings(values), input, cancellation);
        return result.IsFailure ? new CallOutcome.Failed(result.Failure) : new CallOutcome.Answered(result.Value, result.Pace);
    }

    public override void Unload() => context.Unload();

    private (IReadOnlyDictionary<string, object?>? Values, Failure? Failure) Bind(ProviderSettings given)
    {
        var known = string.Join(", ", compiled.Settings.Select(setting => setting.Name));
        if (given.Names.FirstOrDefault(name => compiled.Settings.All(setting => setting.Name != name)) is { } unknown)
        {
            return (null, Unusable($"there is no setting '{unknown}'; there are: {known}"));
        }

        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var setting in compiled.Settings)
        {
            var text = given.Find(setting.Name) ?? setting.Default;
            if (text is null && !setting.IsOptional) return (null, Unusable($"setting '{setting.Name}' must be set"));
            values[setting.Name] = text is null ? null : Read(setting.Type, text);
            if (text is not null && values[setting.Name] is null) return (null, Unusable($"setting '{setting.Name}' must be {Wanted(setting.Type)}"));
        }

        return (values, null);
    }

    private Egress EgressOf(IReadOnlyDictionary<string, object?> values, ProviderSettings given)
    {
        return new Egress(compiled.Hosts, AddressesOf(isSet: false), AddressesOf(isSet: true));

        ImmutableArray<Uri> AddressesOf(bool isSet) =>
            [.. compiled.Settings.Where(setting => given.Find(setting.Name) is not null == isSet).Select(setting => values[setting.Name]).OfType<Uri>()];
    }

    private object NewSettings(IReadOnlyDictionary<string, object?> values)
    {
        var type = Assembly.GetType(compiled.SettingsType, throwOnError: true) ?? throw new TypeLoadException(compiled.SettingsType);
        return type.GetConstructors()[0].Invoke([.. compiled.Settings.Select(setting => values[setting.Name])]);
    }

    private static object? Read(ProviderScalar type, string text) => type switch
    {
        ProviderScalar.Secret => new Secret(text),
        ProviderScalar.Int => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
        ProviderScalar.Bool => bool.TryParse(text, out var flag) ? flag : null,
        ProviderScalar.Url => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            && address is { UserInfo: "", Query: "", Fragment: "" } ? address : null,
        _ => text,
    };

    private static string Wanted(ProviderScalar type) => type switch
    {
        ProviderScalar.Int => "a whole number",
        ProviderScalar.Bool => "true or false",
        _ => "an http or https address without a user name and a query",
    };

    private Failure Unusable(string problem) => new(Failures.ConfigError, $"provider '{compiled.Provider.Name}': {problem}");
}
