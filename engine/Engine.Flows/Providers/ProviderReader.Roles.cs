using System.Collections.Immutable;
using System.Globalization;
using Engine.Sdk;

namespace Engine.Flows;

/// <summary>What a file says of stored connections: what is kept of them, and which operations keep them alive.</summary>
internal sealed partial class ProviderReader
{
    /// <summary>Two names of the credentials that mean the same everywhere.</summary>
    private static readonly string[] Ends = ["expires_at", "refresh_expires_at"];

    private static readonly string[] Told = ["active", "degraded", "pending_review", "needs_reauth", "suspended", "disabled", "revoked"];

    private static readonly TimeSpan LongestPeriod = TimeSpan.FromDays(366);
    private static readonly TimeSpan ShortestProbe = TimeSpan.FromSeconds(10);

    private ImmutableArray<ProviderField> ReadCredentials(YamlEntry entry)
    {
        var kept = ReadFields(entry, [], FieldKind.Taken);
        foreach (var field in kept)
        {
            if (field.Type is not ProviderType.Small { Type: not ProviderScalar.ShowOnce and var type })
            {
                findings.Error(FindingCodes.BadCredentials, field.Name.Place, $"'{field.Name}' cannot be kept; credentials are of the small types, show_once excepted");
            }
            else if (Ends.Contains(field.Name.Value) && type != ProviderScalar.Moment)
            {
                findings.Error(FindingCodes.BadCredentials, field.Name.Place, $"'{field.Name}' is when something ends; write 'datetime', or 'datetime?'");
            }
        }

        return kept;
    }

    private RoleNode? ReadRole(Keys keys)
    {
        var role = keys.Find("role") is { } entry && values.ReadScalar(entry) is { } word
            && values.FindWord(word, "probe", "refresh", "revoke") is { } found
                ? (Word: word, Kind: Enum.Parse<OperationRole>(found, ignoreCase: true))
                : default;
        Belongs("every", OperationRole.Probe);
        Belongs("before", OperationRole.Refresh);
        Belongs("keep_alive", OperationRole.Refresh);
        if (role.Word is null) return null;

        var every = keys.Find("every") is { } pause ? values.ReadDuration(pause, LongestPeriod) : null;
        if (every is { Value: var often } && often < ShortestProbe)
        {
            findings.Error(FindingCodes.RoleDoesNotFit, every.Scalar.Place, "a connection is probed every 10s at the most");
        }

        var (before, percent) = keys.Find("before") is { } share ? ReadBefore(share) : default;
        var keepAlive = keys.Find("keep_alive") is { } period ? values.ReadDuration(period, LongestPeriod) : null;
        return new RoleNode(role.Word, role.Kind, every, before, percent, keepAlive);

        void Belongs(string key, OperationRole to)
        {
            if (keys.Find(key) is not { } given || role.Kind == to) return;
            findings.Error(FindingCodes.RoleDoesNotFit, given.Key.Place, $"'{key}' belongs to an operation with 'role: {to.ToString().ToLowerInvariant()}'");
        }
    }

    /// <summary>A duration, or a share of the life.</summary>
    private (DurationNode? Before, int? Percent) ReadBefore(YamlEntry entry)
    {
        if (entry.Value is not YamlNode.Value { Scalar: { Value: var text } scalar } || !text.EndsWith('%')) return (values.ReadDuration(entry, LongestPeriod), null);
        if (int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var percent) && percent <= 90) return (null, percent);
        findings.Error(FindingCodes.RoleDoesNotFit, scalar.Place, $"{Characters.Quote(text)} is not a duration such as 5m, nor a share from 0% to 90%");
        return default;
    }

    private ConnectionHealth? ReadHealth(YamlEntry entry)
    {
        if (values.ReadScalar(entry) is not { } word || values.FindWord(word, Told) is not { } found) return null;
        var health = Enum.Parse<ConnectionHealth>(found.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
        return health == ConnectionHealth.Active ? null : health;
    }

    /// <summary>The same rules as for a plugin's operations.</summary>
    private void CheckRoles(ImmutableArray<OperationNode> operations, ImmutableArray<ProviderField> credentials)
    {
        var known = new Dictionary<OperationRole, Scalar>();
        foreach (var operation in operations)
        {
            if (operation.Role is not { Word: var word, Role: var role }) continue;
            if (!known.TryAdd(role, operation.Name)) Misfit(word.Place, $"'{known[role]}' has this role already; one operation has it");
            var advice = role switch
            {
                OperationRole.Probe when operation.Effect != Effect.Safe => "the effect of a probe is safe",
                OperationRole.Revoke when operation.Effect != Effect.Idempotent => "the effect of a revocation is idempotent, since it may be repeated",
                OperationRole.Refresh when operation.Effect == Effect.Safe => "the effect of a refresh is once, or idempotent where nothing is spent",
                OperationRole.Refresh when credentials.IsEmpty => "what is refreshed are the 'credentials' of the file, and there are none",
                _ => null,
            };
            if (advice is not null) Misfit(word.Place, advice);
            if (role == OperationRole.Refresh) CheckRefreshed(operation, credentials);
            foreach (var secret in operation.Takes.Where(field => field is { IsOptional: false, Type: ProviderType.Small { Type: ProviderScalar.Secret } }))
            {
                if (credentials.All(field => field.Name.Value != secret.Name.Value))
                {
                    Misfit(secret.Name.Place, $"the engine calls it with what is kept of a connection, and the 'credentials' have no '{secret.Name}'");
                }
            }
        }
    }

    private void CheckRefreshed(OperationNode operation, ImmutableArray<ProviderField> credentials)
    {
        foreach (var field in operation.Gives)
        {
            var kept = credentials.FirstOrDefault(one => one.Name.Value == field.Name.Value);
            if (kept is null) Misfit(field.Name.Place, $"a refresh gives new credentials, and they have no '{field.Name}'");
            else if (KeptType(field.Type) != KeptType(kept.Type)) Misfit(field.Name.Place, $"'{field.Name}' has another type among the 'credentials'");
        }
    }

    private static ProviderScalar? KeptType(ProviderType type) => type is ProviderType.Small { Type: var small }
        ? small == ProviderScalar.Lasts ? ProviderScalar.Moment : small
        : null;

    private void Misfit(Place place, string message) => findings.Error(FindingCodes.RoleDoesNotFit, place, message);
}
