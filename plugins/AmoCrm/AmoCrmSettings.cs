using Engine.Sdk;

namespace AmoCrm;

/// <summary>
/// What an operator sets for amoCRM, or for Kommo, which is the same product elsewhere: one integration. The evidence for each default is in
/// providers.md §3, whose marks stand here: [C] documented, [C2] seen in clients, [I] inferred.
/// </summary>
public sealed record AmoCrmSettings
{
    /// <summary>The integration's id, from its window in the account that made it [C].</summary>
    public required string ClientId { get; init; }

    /// <summary>The integration's secret key, from the same window [C]. It also signs the hook about switching off [C2].</summary>
    public required Secret ClientSecret { get; init; }

    /// <summary>
    /// The Redirect URI, letter by letter as in the integration: the engine's <c>/v1/return/amocrm</c>. It is sent with every exchange and every
    /// refresh [C]; where a browser comes back to, and where the widget's hook goes, is decided by the integration alone.
    /// </summary>
    public required Uri RedirectUri { get; init; }

    /// <summary>Where the consent page is. Default: amoCRM [C2]; for Kommo <c>https://www.kommo.com</c> [I].</summary>
    public Uri PlatformUrl { get; init; } = new("https://www.amocrm.ru");

    /// <summary>
    /// The consent page's <c>mode</c>: <c>post_message</c> comes back in the window that shows the page, <c>popup</c> in the one that opened it [C2].
    /// The default fits a full page as well as a popup.
    /// </summary>
    public string ConsentMode { get; init; } = "post_message";

    /// <summary>
    /// Where an account's own calls go; <c>{host}</c> stands for the account's host, which is checked before. Only a sandbox has another one.
    /// https, or http to this machine.
    /// </summary>
    public string AccountUrl { get; init; } = "https://{host}";

    /// <summary>How long a refresh token lives unused, in days. Default: 90, for the three months of the documentation [C2].</summary>
    public int RefreshLifeDays { get; init; } = 90;
}
