using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using Engine.Flows;
using Engine.Sdk;
using static Engine.Plugins.PluginInspector;

namespace Engine.Plugins;

/// <summary>Reads what a plugin declares about stored connections: their credentials, and the operations that keep them alive.</summary>
internal static class RoleInspector
{
    /// <summary>The type of the credentials record; null where the provider declares none.</summary>
    public static Type? FindCredentials(Type provider)
    {
        if (Find<ProviderAttribute>(provider) is not { } attribute
            || Named(attribute, nameof(ProviderAttribute.Credentials)) is not Type type)
        {
            return null;
        }

        Require(
            type.Assembly == provider.Assembly && IsRecord(type),
            $"the credentials '{type.Name}' of '{provider}' must be a public record of the plugin's own assembly");
        foreach (var name in new[] { "ExpiresAt", "RefreshExpiresAt" })
        {
            Require(
                type.GetProperty(name) is not { } ends || (Nullable.GetUnderlyingType(ends.PropertyType) ?? ends.PropertyType) == typeof(DateTimeOffset),
                $"'{type.Name}.{name}' of the credentials of '{provider}' must be a DateTimeOffset");
        }

        return type;
    }

    /// <summary>What a person must do to delete a connection at the provider, by language; empty where there is nothing to say.</summary>
    public static ImmutableDictionary<string, string> FindDeletion(Type provider)
    {
        var texts = ImmutableDictionary<string, string>.Empty;
        if (Find<ProviderAttribute>(provider) is not { } attribute) return texts;
        var english = Text(Named(attribute, nameof(ProviderAttribute.DeletionEn)));
        var russian = Text(Named(attribute, nameof(ProviderAttribute.DeletionRu)));
        if (english.Length == 0 && russian.Length == 0) return texts;
        Require(english.Length > 0 && russian.Length > 0, $"'{provider}' must say about deletion in both languages, DeletionEn and DeletionRu");
        return texts.Add("en", english).Add("ru", russian);
    }

    /// <summary>The operation with its role and what belongs to that.</summary>
    public static Operation Inspect(Operation operation, CustomAttributeData attribute, string label)
    {
        var role = Named(attribute, nameof(OperationAttribute.Role)) is int number ? (OperationRole)number : OperationRole.None;
        Require(Enum.IsDefined(role), $"{label} has a role that does not exist");
        Belongs(nameof(OperationAttribute.Before), OperationRole.Refresh);
        Belongs(nameof(OperationAttribute.KeepAlive), OperationRole.Refresh);
        Belongs(nameof(OperationAttribute.Every), OperationRole.Probe);

        var read = operation with { Role = role };
        if (Named(attribute, nameof(OperationAttribute.Before)) is string before) read = WithBefore(read, before, label);
        if (Named(attribute, nameof(OperationAttribute.KeepAlive)) is string { Length: > 0 } keepAlive)
        {
            read = read with { KeepAlive = Duration(keepAlive, TimeSpan.FromMinutes(1), $"{label}: KeepAlive") };
        }

        return Named(attribute, nameof(OperationAttribute.Every)) is string every
            ? read with { Every = Duration(every, TimeSpan.FromSeconds(10), $"{label}: Every") }
            : read;

        void Belongs(string property, OperationRole to) => Require(
            role == to || Named(attribute, property) is null, $"{label}: {property} belongs to an operation with the role {to}");
    }

    /// <summary>What a failure means for a connection's health; null: nothing.</summary>
    public static ConnectionHealth? FindHealth(CustomAttributeData fails, string label)
    {
        if (Named(fails, nameof(FailsAttribute.Health)) is not int number) return null;
        var health = (ConnectionHealth)number;
        Require(Enum.IsDefined(health), $"{label} has a health that does not exist");
        Require(
            health is not (ConnectionHealth.Connecting or ConnectionHealth.Unclaimed or ConnectionHealth.Expiring),
            $"{label} cannot mean the health {health}, which the engine alone knows");
        return health == ConnectionHealth.Active ? null : health;
    }

    /// <summary>Whether the operations fit their roles; throws <see cref="PluginException"/> at the first that does not.</summary>
    public static void Check(Type provider, Type? credentials, ImmutableArray<OperationMethod> operations)
    {
        foreach (var group in operations.Where(one => one.Operation.Role != OperationRole.None).GroupBy(one => one.Operation.Role))
        {
            Require(
                group.Count() == 1,
                $"'{provider}' has several operations with the role {group.Key}: {string.Join(", ", group.Select(one => one.Operation.Name))}; one is right");
            Check(provider, credentials, group.Single());
        }
    }

    private static void Check(Type provider, Type? credentials, OperationMethod method)
    {
        var (operation, label) = (method.Operation, $"operation '{provider}.{method.Method.Name}'");
        switch (operation.Role)
        {
            case OperationRole.Refresh:
                Require(credentials is not null, $"{label} has the role Refresh; [Provider] must name its Credentials");
                Require(method.Output == credentials, $"{label} has the role Refresh; it must return the credentials, '{credentials.Name}'");
                Require(operation.Effect != Effect.Safe, $"{label} has the role Refresh; its effect is Once, or Idempotent where nothing is spent");
                break;
            case OperationRole.Probe:
                Require(operation.Effect == Effect.Safe, $"{label} has the role Probe; its effect must be Safe");
                break;
            case OperationRole.Revoke:
                Require(operation.Effect == Effect.Idempotent, $"{label} has the role Revoke; its effect must be Idempotent, since it may be repeated");
                break;
            case OperationRole.None:
                break;
        }

        foreach (var secret in method.Input.GetProperties().Where(property => property.PropertyType == typeof(Secret) && IsNeeded(property)))
        {
            Require(
                credentials?.GetProperty(secret.Name) is not null,
                $"{label} needs '{secret.Name}', a secret that the credentials do not have; nothing else can give it");
        }
    }

    /// <summary>Neither nullable nor with a default: a call without it cannot be made.</summary>
    private static bool IsNeeded(PropertyInfo property) =>
        new NullabilityInfoContext().Create(property).ReadState == NullabilityState.NotNull
        && property.DeclaringType?.GetConstructors().SelectMany(one => one.GetParameters())
            .Any(parameter => parameter.Name == property.Name && parameter.HasDefaultValue) != true;

    private static Operation WithBefore(Operation operation, string before, string label)
    {
        if (!before.EndsWith('%')) return operation with { Before = Duration(before, TimeSpan.Zero, $"{label}: Before") };
        Require(
            int.TryParse(before.AsSpan(0, before.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var percent) && percent <= 90,
            $"{label}: Before must be a duration such as 5m, or a share from 0% to 90%, not '{before}'");
        return operation with { BeforePercent = percent };
    }

    private static TimeSpan Duration(string text, TimeSpan least, string label)
    {
        var duration = Durations.Parse(text);
        Require(
            duration >= least, $"{label} must be a duration of at least {Durations.Words(least)}, such as 6h or 30d, not '{text}'");
        return duration ?? least;
    }
}
