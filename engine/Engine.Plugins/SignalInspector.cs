using System.Collections.Immutable;
using System.Reflection;
using Engine.Flows;
using Engine.Sdk;
using static Engine.Plugins.PluginInspector;

namespace Engine.Plugins;

/// <summary>Reads a method marked as a redirect or as a hook.</summary>
internal static class SignalInspector
{
    public static RedirectMethod InspectRedirect(MethodInfo method, Type? settings)
    {
        var label = $"redirect '{method.DeclaringType}.{method.Name}'";
        Require(method is { IsPublic: true, IsStatic: false, IsGenericMethod: false }, $"{label} must be a public instance method without type parameters");
        var parameters = method.GetParameters();
        Require(
            parameters.Length == 2 && IsOwn(parameters[0].ParameterType, method) && parameters[1].ParameterType == typeof(RedirectVisit)
                && method.ReturnType == typeof(Uri),
            $"{label} must take one public record of its own assembly, then a RedirectVisit, and return Uri");

        var attribute = Find<RedirectAttribute>(method);
        var output = attribute is null ? null : Named(attribute, nameof(RedirectAttribute.Returns)) as Type;
        Require(output is not null && IsOwn(output, method), $"{label} must name a public record of its own assembly as Returns");
        Require(ReturnBinder.FindConstructor(output) is not null, $"{label}: '{output.Name}' must have one public constructor");
        Require(
            ReturnBinder.FindUnfit(output) is null,
            $"{label}: '{ReturnBinder.FindUnfit(output)}' of '{output.Name}' must be a string, Secret, Uri, int, long, bool or an enum");
        OperationInspector.RequireUnknown(output, label);

        var all = All<FailsAttribute>(method).ToArray();
        ImmutableArray<DeclaredFailure> failures =
            [.. all.Select(fails => OperationInspector.Failure(fails, parameters[0].ParameterType, label))];
        OperationInspector.RequireOnce(failures, label);
        var errors = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var fails in all)
        {
            if (Named(fails, nameof(FailsAttribute.OnError)) is not string word) continue;
            Require(errors.TryAdd(word, Text(fails.ConstructorArguments[0].Value)), $"{label}: the error '{word}' means two failures");
        }

        var redirect = new Redirect(
            FlowName(method.Name),
            parameters[0].ParameterType.FullName ?? "",
            output.FullName ?? output.Name,
            attribute is not null && Named(attribute, nameof(RedirectAttribute.Pkce)) is true,
            failures,
            errors.ToImmutable())
        {
            PostsErrors = attribute is not null && Named(attribute, nameof(RedirectAttribute.PostsErrors)) is true,
        };
        return new RedirectMethod(redirect, method, parameters[0].ParameterType, output, Issuer(attribute, settings, label));
    }

    public static HookMethod InspectHook(MethodInfo method)
    {
        var label = $"hook '{method.DeclaringType}.{method.Name}'";
        Require(method is { IsPublic: true, IsStatic: false, IsGenericMethod: false }, $"{label} must be a public instance method without type parameters");
        var payload = method.ReturnType is { IsGenericType: true } reading && reading.GetGenericTypeDefinition() == typeof(HookReading<>)
            ? reading.GetGenericArguments()[0]
            : null;
        Require(
            method.GetParameters() is [var only] && only.ParameterType == typeof(HookRequest) && payload is not null && IsOwn(payload, method),
            $"{label} must take a HookRequest and return HookReading<T>, T being a public record of its own assembly");
        OperationInspector.RequireUnknown(payload, label);
        var attribute = Find<HookAttribute>(method);
        var hook = new Hook(
            FlowName(method.Name),
            payload.FullName ?? payload.Name,
            attribute is not null && Named(attribute, nameof(HookAttribute.OnRedirect)) is true);
        return new HookMethod(hook, method, payload);
    }

    private static bool IsOwn(Type type, MethodInfo method) => type.Assembly == method.Module.Assembly && IsRecord(type);

    private static PropertyInfo? Issuer(CustomAttributeData? attribute, Type? settings, string label)
    {
        if (attribute is null || Named(attribute, nameof(RedirectAttribute.Issuer)) is not string name) return null;
        var property = settings?.GetProperty(name);
        Require(
            property is not null && (property.PropertyType == typeof(string) || property.PropertyType == typeof(Uri)),
            $"{label}: the issuer '{name}' must be a setting of type string or Uri");
        return property;
    }
}
