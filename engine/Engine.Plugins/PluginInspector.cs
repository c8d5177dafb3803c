using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Plugins;

/// <summary>Reads what a plugin declares from its metadata. None of its code runs: no attribute is instantiated, no member called.</summary>
internal static partial class PluginInspector
{
    /// <summary>The classes marked as providers, with what they offer; throws <see cref="PluginException"/> at the first mistake.</summary>
    public static ImmutableArray<ProviderClass> Inspect(Assembly assembly, string build, ImmutableArray<byte> image)
    {
        var classes = Types(assembly).Where(type => Find<ProviderAttribute>(type) is not null).ToArray();
        if (classes.Length == 0)
        {
            throw new PluginException($"'{assembly.GetName().Name}' has no class marked with [Provider]");
        }

        return [.. classes.Select(type => Inspect(type, build, image))];
    }

    private static ProviderClass Inspect(Type type, string build, ImmutableArray<byte> image)
    {
        var name = Text(Find<ProviderAttribute>(type)?.ConstructorArguments[0].Value);
        Require(SnakeCase().IsMatch(name), $"[Provider(\"{name}\")] on '{type}': the name must be snake_case, such as my_provider");
        Require(type is { IsPublic: true, IsAbstract: false, IsGenericType: false }, $"'{type}' must be a public class, neither abstract nor generic");
        var constructors = type.GetConstructors();
        Require(constructors.Length == 1, $"'{type}' must have one public constructor, not {constructors.Length}");

        var settings = SettingsType(type, constructors[0]);
        ImmutableArray<OperationMethod> operations = [.. Marked<OperationAttribute>(type).Select(OperationInspector.Inspect)];
        Require(!operations.IsEmpty, $"'{type}' has no method marked with [Operation]");
        ImmutableArray<RedirectMethod> redirects =
            [.. Marked<RedirectAttribute>(type).Select(method => SignalInspector.InspectRedirect(method, settings))];
        ImmutableArray<HookMethod> hooks = [.. Marked<HookAttribute>(type).Select(SignalInspector.InspectHook)];
        Require(hooks.Count(hook => hook.Hook.IsOnRedirect) <= 1, $"'{type}' has several hooks with OnRedirect; the redirect address can serve one");
        var names = operations.Select(operation => operation.Operation.Name)
            .Concat(redirects.Select(redirect => redirect.Redirect.Name))
            .Concat(hooks.Select(hook => hook.Hook.Name));
        foreach (var twice in names.GroupBy(known => known, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            throw new PluginException($"'{type}' has several operations, redirects or hooks called '{twice.Key}'");
        }

        var credentials = RoleInspector.FindCredentials(type);
        RoleInspector.Check(type, credentials, operations);
        var provider = new Provider(
            name, build, type.Assembly.GetName().Name ?? "", image, [.. operations.Select(operation => operation.Operation)])
        {
            Redirects = [.. redirects.Select(redirect => redirect.Redirect)],
            Hooks = [.. hooks.Select(hook => hook.Hook)],
            CredentialsType = credentials?.FullName,
            Deletion = RoleInspector.FindDeletion(type),
        };
        return new ProviderClass(provider, constructors[0], settings, credentials, operations) { Hosts = HostsOf(type), Redirects = redirects, Hooks = hooks };
    }

    private static ImmutableArray<string> HostsOf(Type type)
    {
        if (Find<ProviderAttribute>(type) is not { } attribute
            || Named(attribute, nameof(ProviderAttribute.Hosts)) is not IEnumerable<CustomAttributeTypedArgument> listed) return [];
        ImmutableArray<string> hosts = [.. listed.Select(host => Text(host.Value))];
        foreach (var host in hosts)
        {
            Require(HostPattern.IsValid(host), $"[Provider] on '{type}': '{host}' is not a host; write one such as api.example.com, or *.example.com for any one label before it");
        }

        return hosts;
    }

    private static IEnumerable<MethodInfo> Marked<T>(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static)
            .Where(method => Find<T>(method) is not null)
            .OrderBy(method => method.MetadataToken);

    private static Type? SettingsType(Type type, ConstructorInfo constructor)
    {
        var own = constructor.GetParameters().Select(parameter => parameter.ParameterType)
            .Where(parameter => parameter != typeof(ProviderHttp) && parameter != typeof(TimeProvider))
            .ToArray();
        Require(
            own.Length <= 1 && own.All(IsOwnRecord),
            $"the constructor of '{type}' may take its settings record, ProviderHttp and TimeProvider, nothing else");
        if (own.Length == 0) return null;

        Require(own[0].GetConstructor([]) is not null, $"'{own[0]}' must have a public constructor without parameters");
        foreach (var property in SettingsBinder.Properties(own[0]))
        {
            Require(
                SettingsBinder.CanBind(property.PropertyType),
                $"setting '{own[0]}.{property.Name}' must be a string, int, bool, Uri or Secret");
            Require(
                Find<FramedPagesAttribute>(property) is null || property.PropertyType == typeof(Uri),
                $"setting '{own[0]}.{property.Name}' is marked with [FramedPages], so it must be a Uri");
        }

        return own[0];

        bool IsOwnRecord(Type parameter) => parameter.Assembly == type.Assembly && IsRecord(parameter);
    }

    internal static bool IsRecord(Type type) =>
        type is { IsClass: true, IsPublic: true, IsGenericType: false, IsAbstract: false } && type.GetMethod("<Clone>$") is not null;

    internal static CustomAttributeData? Find<T>(MemberInfo member) => All<T>(member).FirstOrDefault();

    internal static IEnumerable<CustomAttributeData> All<T>(MemberInfo member) =>
        CustomAttributeData.GetCustomAttributes(member).Where(attribute => attribute.AttributeType == typeof(T));

    internal static object? Named(CustomAttributeData attribute, string property) =>
        attribute.NamedArguments.FirstOrDefault(argument => argument.MemberName == property).TypedValue.Value;

    internal static string Text(object? value) => value as string ?? "";

    internal static string FlowName(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    internal static void Require([DoesNotReturnIf(false)] bool isSo, string otherwise)
    {
        if (!isSo) throw new PluginException(otherwise);
    }

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)*$", RegexOptions.ExplicitCapture, 100)]
    internal static partial Regex SnakeCase();

    private static Type[] Types(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException error)
        {
            var file = error.LoaderExceptions.Select(inner => inner switch
            {
                FileNotFoundException missing => missing.FileName,
                FileLoadException unfit => unfit.FileName,
                _ => null,
            }).FirstOrDefault(name => name is not null);
            throw new PluginException(file is null
                ? $"'{assembly.GetName().Name}' has types that cannot be loaded: {error.LoaderExceptions.FirstOrDefault()?.Message}"
                : $"'{assembly.GetName().Name}' needs '{new AssemblyName(file).Name}.dll', which the plugin folder lacks");
        }
    }
}

/// <summary>A class marked as a provider: what flows see of it, and how it is made.</summary>
/// <param name="Settings">The type of its settings record; null where it takes none.</param>
/// <param name="Credentials">The type of its credentials record; null where its connections have none.</param>
internal sealed record ProviderClass(
    Provider Provider, ConstructorInfo Constructor, Type? Settings, Type? Credentials, ImmutableArray<OperationMethod> Operations)
{
    /// <summary>The hosts it may call besides the addresses in its settings.</summary>
    public ImmutableArray<string> Hosts { get; init; } = [];

    public ImmutableArray<RedirectMethod> Redirects { get; init; } = [];

    public ImmutableArray<HookMethod> Hooks { get; init; } = [];
}

/// <summary>A method marked as an operation.</summary>
internal sealed record OperationMethod(Operation Operation, MethodInfo Method, Type Input, Type Output);

/// <summary>A method marked as a redirect.</summary>
/// <param name="Issuer">The setting that holds the issuer; null where the redirect declares none.</param>
internal sealed record RedirectMethod(Redirect Redirect, MethodInfo Method, Type Input, Type Output, PropertyInfo? Issuer);

/// <summary>A method marked as a hook.</summary>
internal sealed record HookMethod(Hook Hook, MethodInfo Method, Type Payload);
