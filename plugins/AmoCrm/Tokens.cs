using Engine.Sdk;

namespace AmoCrm;

/// <summary>What is kept to act for an account. Renewed as a whole.</summary>
/// <param name="AccessToken">Good for a day.</param>
/// <param name="RefreshToken">Good once, and for three months; null for a long-lived token, which cannot be renewed.</param>
/// <param name="ExpiresAt">When access ends; null where the provider did not say, as with a long-lived token.</param>
/// <param name="RefreshExpiresAt">When the refresh token lapses if it is not used; null where there is none.</param>
/// <param name="Host">
/// The account's host, such as <c>example.amocrm.ru</c>. It is part of the credentials since it moves with them: an account may be renamed,
/// which a refresh finds out.
/// </param>
public sealed record AmoTokens(
    Secret AccessToken, Secret? RefreshToken, DateTimeOffset? ExpiresAt, DateTimeOffset? RefreshExpiresAt, string Host);

/// <summary>Exchanges a code for tokens.</summary>
/// <param name="Host">The account's host, from the return's <c>referer</c> or from a person; checked before anything is sent there.</param>
/// <param name="Code">Good once, for 20 minutes. White space, which copying brings along, is removed.</param>
/// <param name="ClientId">The integration that the return named; null where it named none.</param>
public sealed record CodeExchange(string Host, Secret Code, string? ClientId = null);

/// <summary>Renews the tokens. Its properties are those of <see cref="AmoTokens"/>.</summary>
public sealed record TokenRefresh(string Host, Secret AccessToken, Secret? RefreshToken = null);

/// <summary>Asks which account a token is for.</summary>
/// <param name="Host">The account's host.</param>
/// <param name="AccessToken">White space, which copying brings along, is removed.</param>
/// <param name="RefreshToken">Where it is given, an account that is no longer at this host is looked for.</param>
public sealed record AccountQuery(string Host, Secret AccessToken, Secret? RefreshToken = null);

/// <summary>An account.</summary>
/// <param name="Id">Stays the same when the account is renamed.</param>
/// <param name="Name">What its users call it.</param>
/// <param name="Subdomain">The first part of its host, as the account itself says it.</param>
/// <param name="Host">The host that was asked, in its plain form.</param>
public sealed record Account(int Id, string Name, string Subdomain, string Host);
