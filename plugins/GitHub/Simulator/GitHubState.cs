using System.Collections.Immutable;

namespace GitHub.Simulator;

/// <summary>All that one world's GitHub remembers.</summary>
/// <param name="Requests">Calls so far, for the scenario in which some of them fail.</param>
internal sealed record GitHubState(ImmutableList<Grant> Grants, int Requests)
{
    /// <summary>Whether a token was handed out and is still good.</summary>
    public bool HasAccess { get; init; }

    public static GitHubState Empty { get; } = new([], 0);

    public Grant? FindByDevice(string? code) => Grants.Find(grant => grant.DeviceCode == code);

    public Grant? FindByUser(string code) => Grants.Find(grant => grant.UserCode == code);

    public GitHubState With(Grant grant) =>
        this with { Grants = Grants.FindIndex(known => known.DeviceCode == grant.DeviceCode) is >= 0 and var index ? Grants.SetItem(index, grant) : Grants.Add(grant) };
}

/// <summary>One device code and what became of it.</summary>
/// <param name="Interval">Seconds that must pass between two questions; 5 more with each slow_down (RFC 8628, 3.5).</param>
/// <param name="AskedAt">The last question; null before the first.</param>
/// <param name="SlowDowns">How often it was told to slow down.</param>
internal sealed record Grant(
    string DeviceCode, string UserCode, DateTimeOffset IssuedAt, Decision Decision, int Interval = 5, DateTimeOffset? AskedAt = null, int SlowDowns = 0)
{
    /// <summary>The grant after what has happened by itself until now.</summary>
    public Grant At(DateTimeOffset now, Course course)
    {
        if (Decision != Decision.Open) return this;
        if (course.DecidesAfter is { } after && now - IssuedAt >= after) return this with { Decision = course.Denies ? Decision.Denied : Decision.Granted };
        return now - IssuedAt >= course.CodeLife ? this with { Decision = Decision.Expired } : this;
    }
}

/// <summary>What became of a device code.</summary>
internal enum Decision
{
    Open,
    Granted,
    Denied,
    Expired,

    /// <summary>Its token was handed out: a code is good once.</summary>
    Spent,
}
