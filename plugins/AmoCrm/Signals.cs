using Engine.Sdk;

namespace AmoCrm;

/// <summary>Asks a person to choose an account and to allow the integration. The integration itself says where he comes back to.</summary>
public sealed record ConsentRequest;

/// <summary>What a person comes back with.</summary>
/// <param name="Code">To be exchanged within 20 minutes.</param>
/// <param name="Referer">The account's host. It came through a browser, so it is checked before anything is sent there.</param>
/// <param name="ClientId">The integration that it is for; null where the provider left it out.</param>
public sealed record ConsentReturn(Secret Code, string Referer, string? ClientId = null);

/// <summary>The integration's widget was installed in an account: nobody here asked for it, and nothing of it is proven.</summary>
/// <param name="Code">To be exchanged within 20 minutes; it comes once.</param>
/// <param name="Referer">The account's host, one of the provider's own.</param>
public sealed record WidgetInstalled(Secret Code, string Referer);

/// <summary>The integration was switched off in an account.</summary>
public sealed record IntegrationDisabled(int AccountId);
