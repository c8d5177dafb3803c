using Engine.Sdk;

namespace Radist;

/// <summary>
/// What an operator sets for Radist. What the provider's documentation leaves open is a setting with our best guess as its default;
/// the evidence for each is in providers.md §1, whose marks stand here: [C] documented, [C2] seen in clients, [I] inferred.
/// </summary>
public sealed record RadistSettings
{
    /// <summary>The API key, with the scope <c>connections</c>; sent as <c>X-Api-Key</c> [C2].</summary>
    public required Secret ApiKey { get; init; }

    /// <summary>The company's number, which stands in every path [C2].</summary>
    public required int CompanyId { get; init; }

    /// <summary>Default: the API's address [C]. Accounts in Russia may need <c>https://api-ru.radist.online/v2</c> [C2].</summary>
    public Uri BaseUrl { get; init; } = new("https://api.radist.online/v2");

    /// <summary>Opens a Telegram session. The end is [C], the company in front of it [I].</summary>
    public string TelegramInitPath { get; init; } = "companies/{company_id}/telegram/init";

    /// <summary>Polls a session, and takes its code and its password [I].</summary>
    public string TelegramLoginPath { get; init; } = "companies/{company_id}/telegram/login";

    /// <summary>Lists connections [C2] and creates one [I]; the slash at the end is part of it [C2].</summary>
    public string ConnectionsPath { get; init; } = "companies/{company_id}/connections/";

    /// <summary>The member of <c>init</c> that carries the phone number [I].</summary>
    public string PhoneField { get; init; } = "phone";

    /// <summary>The member of <c>login</c> that carries the code [I].</summary>
    public string CodeField { get; init; } = "code";

    /// <summary>The member of <c>login</c> that carries the two-step password [I].</summary>
    public string PasswordField { get; init; } = "password";

    /// <summary>The member of a new connection that names the session it belongs to [I].</summary>
    public string SessionField { get; init; } = "session_id";

    /// <summary>The <c>type</c> of a personal Telegram connection [I].</summary>
    public string TelegramType { get; init; } = "telegram";

    /// <summary>A refused code counts as expired, not as wrong, where the answer contains this word [I].</summary>
    public string CodeExpiredWord { get; init; } = "expired";
}
