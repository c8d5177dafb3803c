using System.Collections.Immutable;
using Engine.Sandbox;

namespace AmoCrm.Simulator;

/// <summary>The accounts of one person, and what they gave to the one integration.</summary>
internal sealed record AmoState(ImmutableList<AmoAccount> Accounts, ImmutableList<Code> Codes, ImmutableList<Grant> Grants, int Requests)
{
    public static AmoState Begin(World world, Worlds worlds)
    {
        if (world.Origin.Continues is { } before && worlds.Find(before)?.Read<AmoState>() is { } lasting) return lasting;
        var course = Course.Of(world);
        ImmutableList<AmoAccount> accounts =
        [
            new(31_000_001, "Horns and hooves", $"horns.{course.Domain}") { IsAdministered = !course.IsNoAdministrator, IsUnpaid = course.IsUnpaid },
            new(31_000_002, "Technical account", $"tech31.{course.Domain}") { IsTechnical = true, IsUnpaid = course.IsUnpaid },
        ];
        return new AmoState(course.HasOneAccount ? accounts.RemoveAt(1) : accounts, [], [], 0);
    }

    /// <summary>The account of an id, as calls carry it; null where there is none.</summary>
    public AmoAccount? FindAccount(string? id) => Accounts.Find(account => $"{account.Id}" == id);

    public AmoAccount? FindAt(string? host) => Accounts.Find(account => account.Host == host);

    /// <summary>Why the integration cannot be put into the account; null where it can.</summary>
    public static string? FindHindrance(AmoAccount account, Course course) =>
        !account.IsAdministered ? "no_administrator"
        : course.Status != Status.Published && !account.IsTechnical ? "not_published"
        : null;

    public AmoState With(AmoAccount account) =>
        this with { Accounts = Accounts.SetItem(Accounts.FindIndex(known => known.Id == account.Id), account) };

    public AmoState With(Code code)
    {
        var index = Codes.FindIndex(known => known.Text == code.Text);
        return this with { Codes = index < 0 ? Codes.Add(code) : Codes.SetItem(index, code) };
    }

    public AmoState With(Grant grant)
    {
        var index = Grants.FindIndex(known => known.Number == grant.Number);
        return this with { Grants = index < 0 ? Grants.Add(grant) : Grants.SetItem(index, grant) };
    }

    /// <summary>The integration is switched off in the account: everything that it was given there is void.</summary>
    public AmoState SwitchedOff(int account) => this with
    {
        Accounts = [.. Accounts.Select(known => known.Id == account ? known with { IsInstalled = false } : known)],
        Codes = [.. Codes.Select(code => code.AccountId == account ? code with { IsUsed = true } : code)],
        Grants = [.. Grants.Select(grant => grant.AccountId == account ? grant with { IsRevoked = true } : grant)],
    };
}

/// <summary>One account.</summary>
internal sealed record AmoAccount(int Id, string Name, string Host)
{
    /// <summary>The developers' own: the only one that may have an integration before it is published.</summary>
    public bool IsTechnical { get; init; }

    public bool IsAdministered { get; init; } = true;

    public bool IsUnpaid { get; init; }

    /// <summary>Whether the integration is on.</summary>
    public bool IsInstalled { get; init; }

    public string Subdomain => Host[..Host.IndexOf('.', StringComparison.Ordinal)];
}

/// <summary>An authorization code: good once, for 20 minutes.</summary>
internal sealed record Code(string Text, int AccountId, DateTimeOffset IssuedAt, bool IsUsed);

/// <summary>What one exchange began: all its tokens are one family, and it ends when one of them is used twice.</summary>
/// <param name="RefreshToken">The only one that is good.</param>
/// <param name="Spent">The refresh tokens that were used.</param>
internal sealed record Grant(
    int Number, int AccountId, string AccessToken, DateTimeOffset AccessEnds, string RefreshToken, DateTimeOffset RefreshEnds,
    ImmutableList<string> Spent, bool IsRevoked);
