using System.Diagnostics;
using Engine.Sdk;

namespace Engine.Runs;

/// <summary>What was observed of a connection.</summary>
public abstract record Observation
{
    private Observation() { }

    /// <summary>A probe succeeded.</summary>
    public sealed record Worked : Observation;

    /// <summary>A look gave no verdict: the provider was down, slow, or answered otherwise than agreed.</summary>
    public sealed record Troubled(string Code) : Observation;

    /// <summary>A probe, or an operation where there is no probe, was told what it means for the health.</summary>
    public sealed record Told(string Code, ConnectionHealth Health) : Observation;

    /// <summary>A refresh was refused for good.</summary>
    public sealed record Refused(string Code, ConnectionHealth Health) : Observation;

    /// <summary>Access will end and nothing can prolong it.</summary>
    public sealed record EndsSoon : Observation;

    /// <summary>Access has ended and nothing can prolong it.</summary>
    public sealed record Ended : Observation;
}

/// <summary>Something told against a connection, how often in a row.</summary>
public sealed record Suspicion(string Code, int Times);

/// <summary>
/// What an observation means for the health. Pure. A cause that calls a person to act, and one that may be a passing trouble, must be seen more than
/// once: false alarms cost more than a late one.
/// </summary>
public static class HealthRules
{
    /// <summary>Access cannot be prolonged and ends soon.</summary>
    public const string AccessEnds = "access_ends";

    /// <summary>Access has ended.</summary>
    public const string AccessEnded = "access_ended";

    /// <summary>Credentials were spent in a refresh and nobody knows what came of it.</summary>
    public const string RefreshOutcomeUnknown = "refresh_outcome_unknown";

    /// <summary>The provider refuses to refresh, again and again.</summary>
    public const string RefreshRefused = "refresh_refused";

    /// <summary>How often in a row trouble makes a connection degraded.</summary>
    public const int TroublesToDegrade = 3;

    /// <summary>How often in a row a probe must be told that a person is needed.</summary>
    public const int TellingsToAct = 2;

    /// <summary>The health that follows, null where it stays, and what is suspected from now on.</summary>
    /// <param name="isStopped">Whether the credentials are refreshed no more: then a probe that still succeeds repairs nothing.</param>
    public static (HealthChange? Change, Suspicion? Suspicion) After(
        Connection connection, Suspicion? suspicion, Observation seen, bool isStopped)
    {
        ArgumentNullException.ThrowIfNull(connection);
        switch (seen)
        {
            case Observation.Worked:
                return (CanRepair(connection, isStopped) ? Change(connection, ConnectionHealth.Active, null) : null, null);
            case Observation.Troubled troubled:
                var troubles = Again(suspicion, troubled.Code);
                return troubles.Times >= TroublesToDegrade && IsFine(connection.Health)
                    ? (Change(connection, ConnectionHealth.Degraded, troubled.Code), troubles)
                    : (null, troubles);
            case Observation.Told told:
                var tellings = Again(suspicion, told.Code);
                return tellings.Times >= (NeedsPerson(told.Health) ? TellingsToAct : 1) && !IsOver(connection.Health)
                    ? (Change(connection, told.Health, told.Code), null)
                    : (null, tellings);
            case Observation.Refused refused:
                return (IsOver(connection.Health) ? null : Change(connection, refused.Health, refused.Code), null);
            case Observation.EndsSoon:
                return (IsFine(connection.Health) ? Change(connection, ConnectionHealth.Expiring, AccessEnds) : null, suspicion);
            case Observation.Ended:
                return (IsOver(connection.Health) || connection.Health == ConnectionHealth.NeedsReauth
                    ? null
                    : Change(connection, ConnectionHealth.NeedsReauth, AccessEnded), suspicion);
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>
    /// Whether a connection is looked at: nobody's is left alone, and one that is over is looked at once more after that was said, since a provider's
    /// call that says so may be an old one that somebody repeats.
    /// </summary>
    /// <param name="isHurried">Whether the look was asked for.</param>
    public static bool IsLookedAfter(ConnectionHealth health, bool isHurried) =>
        health != ConnectionHealth.Unclaimed && (isHurried || !IsOver(health));

    private static bool CanRepair(Connection connection, bool isStopped) =>
        !isStopped && connection.Health is not (ConnectionHealth.Unclaimed or ConnectionHealth.Expiring)
        && connection.Cause is not (EngineTexts.WrongAccount or AccessEnded);

    private static bool IsFine(ConnectionHealth health) =>
        health is ConnectionHealth.Active or ConnectionHealth.Degraded or ConnectionHealth.Expiring or ConnectionHealth.Connecting;

    private static bool IsOver(ConnectionHealth health) => health is ConnectionHealth.Disabled or ConnectionHealth.Revoked;

    private static bool NeedsPerson(ConnectionHealth health) =>
        health is not (ConnectionHealth.Degraded or ConnectionHealth.PendingReview or ConnectionHealth.Connecting);

    private static Suspicion Again(Suspicion? suspicion, string code) =>
        new(code, suspicion?.Code == code ? suspicion.Times + 1 : 1);

    private static HealthChange? Change(Connection connection, ConnectionHealth health, string? cause) =>
        connection.Health == health && connection.Cause == cause ? null : new HealthChange(health, cause);
}
