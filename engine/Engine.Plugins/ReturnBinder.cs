using System.Globalization;
using System.Reflection;
using Engine.Sdk;

namespace Engine.Plugins;

/// <summary>Makes the record that a person comes back with from the texts of the query.</summary>
internal static class ReturnBinder
{
    private const string CodeVerifier = "code_verifier";
    private const string ReturnUrl = "return_url";

    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>The record, or one sentence that says what is missing or has the wrong form, and never a value.</summary>
    /// <param name="query">The values by name.</param>
    /// <param name="verifier">The PKCE verifier; null where there is none.</param>
    /// <param name="returnUrl">The address that the person came back to.</param>
    public static (object? Record, string? Problem) Bind(
        Type type, IReadOnlyDictionary<string, string> query, Secret? verifier, Uri returnUrl)
    {
        if (FindConstructor(type) is not { } constructor) return (null, $"'{type.Name}' cannot be made");
        var parameters = constructor.GetParameters();
        var values = new object?[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            var name = PluginInspector.FlowName(parameters[i].Name ?? "");
            var plain = Plain(parameters[i].ParameterType);
            if (name == CodeVerifier)
            {
                values[i] = verifier;
            }
            else if (name == ReturnUrl)
            {
                values[i] = plain == typeof(Uri) ? returnUrl : returnUrl.OriginalString;
            }
            else if (query.TryGetValue(name, out var text) && text.Length > 0)
            {
                values[i] = Read(plain, text);
                if (values[i] is null) return (null, $"'{name}' of the return has the wrong form");
            }

            if (values[i] is null && !IsNullable(parameters[i])) return (null, $"the return has no '{name}'");
        }

        return (constructor.Invoke(values), null);
    }

    /// <summary>The one public constructor; null where there is none, or several.</summary>
    public static ConstructorInfo? FindConstructor(Type type) => type.GetConstructors() is [var only] ? only : null;

    /// <summary>The first parameter of a type that cannot be read from a text; null where all can.</summary>
    public static string? FindUnfit(Type type) =>
        FindConstructor(type)?.GetParameters().FirstOrDefault(parameter => !CanRead(parameter))?.Name;

    private static bool CanRead(ParameterInfo parameter) => PluginInspector.FlowName(parameter.Name ?? "") switch
    {
        CodeVerifier => parameter.ParameterType == typeof(Secret),
        ReturnUrl => parameter.ParameterType == typeof(Uri) || parameter.ParameterType == typeof(string),
        _ => CanRead(Plain(parameter.ParameterType)),
    };

    private static bool CanRead(Type type) =>
        type.IsEnum || type == typeof(string) || type == typeof(Secret) || type == typeof(Uri) || type == typeof(int) || type == typeof(long)
        || type == typeof(bool);

    private static object? Read(Type type, string text)
    {
        if (type == typeof(string)) return text;
        if (type == typeof(Secret)) return new Secret(text);
        if (type == typeof(bool)) return text switch { "true" or "1" => true, "false" or "0" => false, _ => null };
        if (type == typeof(int)) return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var small) ? small : null;
        if (type == typeof(long)) return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large) ? large : null;
        if (type.IsEnum) return Enum.Parse(type, Enum.GetNames(type).FirstOrDefault(name => PluginInspector.FlowName(name) == text) ?? "Unknown");
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 ? uri : null;
    }

    private static bool IsNullable(ParameterInfo parameter)
    {
        if (parameter.ParameterType.IsValueType) return Nullable.GetUnderlyingType(parameter.ParameterType) is not null;
        lock (Nullability) return Nullability.Create(parameter).WriteState == NullabilityState.Nullable;
    }

    private static Type Plain(Type type) => Nullable.GetUnderlyingType(type) ?? type;
}
