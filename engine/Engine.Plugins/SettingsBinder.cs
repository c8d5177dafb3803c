using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Engine.Sdk;

namespace Engine.Plugins;

/// <summary>Makes a plugin's settings record from texts.</summary>
internal static class SettingsBinder
{
    /// <summary>The record, or one sentence that says what is wrong and never a value.</summary>
    public static (object? Record, string? Problem) Bind(Type type, ProviderSettings settings)
    {
        var properties = Properties(type).ToDictionary(SettingName, StringComparer.Ordinal);
        var known = string.Join(", ", properties.Keys.Order(StringComparer.Ordinal));
        if (settings.Names.Where(name => !properties.ContainsKey(name)).ToArray() is { Length: > 0 } unknown)
        {
            return (null, $"there is no setting {Quoted(unknown)}; there are: {known}");
        }

        var missing = properties.Where(pair => IsRequired(pair.Value) && settings.Find(pair.Key) is null).Select(pair => pair.Key).ToArray();
        if (missing.Length > 0) return (null, $"setting {Quoted(missing)} must be set");

        if (Activator.CreateInstance(type) is not { } record) return (null, $"'{type.Name}' cannot be made");
        foreach (var name in settings.Names)
        {
            var property = properties[name];
            if (Read(property.PropertyType, settings.Find(name) ?? "") is not { } value)
            {
                return (null, $"setting '{name}' must be {Wanted(property.PropertyType)}");
            }

            property.SetValue(record, value);
        }

        return (record, null);
    }

    /// <summary>The origins in the settings that name hosts of framed pages; none where the settings cannot be made.</summary>
    public static IEnumerable<string> FramedHosts(Type type, ProviderSettings settings)
    {
        var framed = Properties(type).Where(property => PluginInspector.Find<FramedPagesAttribute>(property) is not null).ToArray();
        if (framed.Length == 0) return [];
        try
        {
            var defaults = Activator.CreateInstance(type);
            return
            [
                .. framed
                    .Select(property => (settings.Find(SettingName(property)) is { } text ? Read(property.PropertyType, text) : property.GetValue(defaults)) as Uri)
                    .OfType<Uri>()
                    .Select(address => address.GetLeftPart(UriPartial.Authority)),
            ];
        }
        catch (TargetInvocationException)
        {
            // A record that cannot be made is told of where its provider is called.
            return [];
        }
    }

    /// <summary>The properties that are settings.</summary>
    public static IEnumerable<PropertyInfo> Properties(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is { IsPublic: true });

    public static bool CanBind(Type type) => Plain(type) is { } plain
        && (plain == typeof(string) || plain == typeof(int) || plain == typeof(bool) || plain == typeof(Uri) || plain == typeof(Secret));

    public static string SettingName(PropertyInfo property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    private static bool IsRequired(PropertyInfo property) => property.IsDefined(typeof(RequiredMemberAttribute));

    private static object? Read(Type type, string text) => Plain(type) switch
    {
        var t when t == typeof(string) => text,
        var t when t == typeof(Secret) => new Secret(text),
        var t when t == typeof(int) =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
        var t when t == typeof(bool) => bool.TryParse(text, out var flag) ? flag : null,
        _ => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 ? uri : null,
    };

    private static string Wanted(Type type) => Plain(type) switch
    {
        var t when t == typeof(int) => "a whole number",
        var t when t == typeof(bool) => "true or false",
        _ => "an http or https address without a user name",
    };

    private static Type Plain(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static string Quoted(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
