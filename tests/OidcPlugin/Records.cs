using Engine.Sdk;

namespace OidcPlugin;

/// <summary>Where the provider is, and as whom we come.</summary>
public sealed record OidcSettings
{
    public required Uri Issuer { get; init; }

    public string ClientId { get; init; } = "engine";

    public required Secret ClientSecret { get; init; }

    public string DeviceClientId { get; init; } = "device";
}

/// <summary>What is kept for a connection.</summary>
/// <param name="RefreshToken">Null where the provider gave none.</param>
public sealed record OidcTokens(Secret AccessToken, Secret? RefreshToken = null, DateTimeOffset? ExpiresAt = null);

public sealed record ConsentRequest(string Scope = "openid offline_access profile");

/// <summary>What the person comes back with.</summary>
public sealed record ConsentReturn(Secret Code, Secret CodeVerifier, Uri ReturnUrl);

public sealed record CodeExchange(Secret Code, Secret CodeVerifier, Uri ReturnUrl);

public sealed record TokenRefresh(Secret RefreshToken);

public sealed record PersonQuery(Secret AccessToken);

public sealed record Person(string Sub, string? Name = null);

public sealed record Nothing;

public sealed record DeviceRequest(string Scope = "openid profile");

public sealed record DeviceGrant(Secret DeviceCode, ShowOnce UserCode, Uri VerificationUri, int ExpiresIn, int? Interval = null);

public sealed record DeviceTokenRequest(Secret DeviceCode);

public sealed record DeviceAnswer(DeviceStatus Status, Secret? AccessToken = null, DateTimeOffset? ExpiresAt = null);

public enum DeviceStatus
{
    Unknown,
    Pending,
    Granted,
    Denied,
    Expired,
}
