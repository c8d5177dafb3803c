using System.Collections.Immutable;
using System.Reflection;
using Engine.Flows;
using Engine.Sdk;
using static Engine.Plugins.PluginInspector;

namespace Engine.Plugins;

/// <summary>Reads one method marked as an operation.</summary>
internal static class OperationInspector
{
    private static readonly ImmutableHashSet<string> Common =
    [
        Failures.RateLimited, Failures.ProviderTimeout, Failures.ProviderDown, Failures.ProviderChanged, Failures.ConfigError,
        Failures.InDoubt, Failures.CallbackInvalid, Failures.Internal,
    ];

    public static OperationMethod Inspect(MethodInfo method)
    {
        var label = $"operation '{method.DeclaringType}.{method.Name}'";
        Require(method is { IsPublic: true, IsStatic: false, IsGenericMethod: false }, $"{label} must be a public instance method without type parameters");
        Require(method.Name.EndsWith("Async", StringComparison.Ordinal), $"{label} must have a name that ends in Async");

        var parameters = method.GetParameters();
        Require(
            parameters.Length == 2 && IsOwn(parameters[0].ParameterType) && parameters[1].ParameterType == typeof(CancellationToken),
            $"{label} must take one public record of its own assembly, then a CancellationToken");
        var input = parameters[0].ParameterType;
        var output = FindOutput(method.ReturnType);
        Require(output is not null && IsOwn(output), $"{label} must return Task<Result<T>>, T being a public record of its own assembly");
        RequireUnknown(output, label);

        var attribute = Find<OperationAttribute>(method);
        var effect = (Effect)(int)(attribute?.ConstructorArguments[0].Value ?? 0);
        Require(Enum.IsDefined(effect), $"{label} has an effect that does not exist");
        var operation = new Operation(
            FlowName(method.Name[..^"Async".Length]),
            input.FullName ?? input.Name,
            output.FullName ?? output.Name,
            effect,
            attribute is not null && Named(attribute, nameof(OperationAttribute.Creates)) is true,
            [.. All<FailsAttribute>(method).Select(fails => Failure(fails, input, label))]);
        if (attribute is not null) operation = RoleInspector.Inspect(operation, attribute, label);
        RequireOnce(operation.Failures, label);
        return new OperationMethod(operation, method, input, output);

        bool IsOwn(Type type) => type.Assembly == method.Module.Assembly && IsRecord(type);
    }

    internal static void RequireOnce(IEnumerable<DeclaredFailure> failures, string label)
    {
        foreach (var twice in failures.GroupBy(failure => failure.Code, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            throw new PluginException($"{label} declares the failure '{twice.Key}' twice");
        }
    }

    internal static DeclaredFailure Failure(CustomAttributeData fails, Type input, string label)
    {
        var code = Text(fails.ConstructorArguments[0].Value);
        Require(SnakeCase().IsMatch(code), $"{label}: the failure '{code}' must be snake_case");
        Require(!Common.Contains(code), $"{label}: the failure '{code}' is one that any operation may end with; it is not declared");

        var when = Named(fails, nameof(FailsAttribute.When)) as string;
        Require(
            when is null || input.GetProperty(when) is not null,
            $"{label}: the failure '{code}' is about '{when}', which '{input.Name}' does not have");

        var english = Text(Named(fails, nameof(FailsAttribute.En)));
        var russian = Text(Named(fails, nameof(FailsAttribute.Ru)));
        Require(english.Length > 0 && russian.Length > 0, $"{label}: the failure '{code}' needs a text in both languages, En and Ru");
        return new DeclaredFailure(
            code,
            when is null ? null : FlowName(when),
            Named(fails, nameof(FailsAttribute.Class)) is int @class ? (FailureClass)@class : FailureClass.User,
            Named(fails, nameof(FailsAttribute.Retry)) is int retry ? (RetryAdvice)retry : RetryAdvice.Never,
            ImmutableDictionary<string, string>.Empty.Add("en", english).Add("ru", russian))
        {
            Health = RoleInspector.FindHealth(fails, $"{label}: the failure '{code}'"),
        };
    }

    private static Type? FindOutput(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>) && type.GetGenericArguments()[0] is { IsGenericType: true } result
        && result.GetGenericTypeDefinition() == typeof(Result<>)
            ? result.GetGenericArguments()[0]
            : null;

    /// <summary>A provider may gain a status at any time, so every enum in an answer has a member for those that are not known.</summary>
    internal static void RequireUnknown(Type output, string label)
    {
        var seen = new HashSet<Type>();
        var open = new Queue<Type>([output]);
        while (open.TryDequeue(out var type))
        {
            if (!seen.Add(type)) continue;
            if (type.IsArray && type.GetElementType() is { } element) open.Enqueue(element);
            foreach (var argument in type.GetGenericArguments()) open.Enqueue(argument);
            if (type.Assembly != output.Assembly) continue;
            Require(
                !type.IsEnum || type.GetEnumNames().Contains("Unknown"),
                $"{label}: the answer's enum '{type.Name}' must have a member Unknown, for what the provider may say in future");
            foreach (var property in type.GetProperties()) open.Enqueue(property.PropertyType);
        }
    }
}
