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

    /// <summary>Opens a MAX session and has a code sent. The operation is documented, the path is not [I].</summary>
    public string MaxInitPath { get; init; } = "companies/{company_id}/max_personal/init";

    /// <summary>Takes the code of a MAX session [I].</summary>
    public string MaxLoginPath { get; init; } = "companies/{company_id}/max_personal/login";

    /// <summary>Lists connections [C2] and creates one [I]; the slash at the end is part of it [C2].</summary>
    public string ConnectionsPath { get; init; } = "companies/{company_id}/connections/";

    /// <summary>Reads one connection [C2], and changes it [I].</summary>
    public string ConnectionPath { get; init; } = "companies/{company_id}/connections/{connection_id}";

    /// <summary>The HTTP method that changes a connection: <c>PATCH</c> or <c>PUT</c> [I].</summary>
    public string UpdateMethod { get; init; } = "PATCH";

    /// <summary>Tells the state of a WhatsApp instance with its code. The operation is documented, the path is not [I].</summary>
    public string WhatsappStatusPath { get; init; } = "companies/{company_id}/connections/{connection_id}/whatsapp/status";

    /// <summary>Asks for fresh WhatsApp codes on a connection that there is [I].</summary>
    public string WhatsappNewQrPath { get; init; } = "companies/{company_id}/connections/{connection_id}/whatsapp/qr";

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

    /// <summary>The member of a bot's connection that carries its token; dots lead inwards [I].</summary>
    public string BotKeyField { get; init; } = "params.api_key";

    /// <summary>The member of an Odnoklassniki connection that carries the group's key; dots lead inwards [I].</summary>
    public string GroupKeyField { get; init; } = "params.api_key";

    /// <summary>Where a connection says how it stands [I].</summary>
    public string StatusMember { get; init; } = "status";

    /// <summary>Where a connection says which number is signed in; version 1 has it there [I].</summary>
    public string PhoneMember { get; init; } = "params.phone";

    /// <summary>Where a WhatsApp connection has the address of Radist's page with the code.</summary>
    public string QrUrlMember { get; init; } = "params.qr_url";

    /// <summary>Where the state of a WhatsApp instance says how it stands [I].</summary>
    public string InstanceStatusMember { get; init; } = "status";

    /// <summary>Where it says which number is signed in [I].</summary>
    public string InstancePhoneMember { get; init; } = "phone";

    /// <summary>Where it has the text of the code [I].</summary>
    public string InstanceQrMember { get; init; } = "qr";

    /// <summary>Where it says when the code ends [I].</summary>
    public string InstanceQrExpiresMember { get; init; } = "qr_expires";

    /// <summary>The words, with blanks between them, for a connection that works [I].</summary>
    public string ActiveWords { get; init; } = "active connected authenticated authorized ready";

    /// <summary>… for WhatsApp waiting for a phone to scan [I].</summary>
    public string WaitingWords { get; init; } = "waiting_for_qr waiting_for_scan qr";

    /// <summary>… for codes of which none is left, so that others have to be asked for [I].</summary>
    public string UsedUpWords { get; init; } = "qr_timeout codes_used_up";

    /// <summary>… for a session that its owner ended, or a key that is no longer good [I].</summary>
    public string SignedOutWords { get; init; } = "signed_out logged_out unauthorized not_authorized inactive_key";

    /// <summary>… for a connection in no paid subscription [I]; that such a one does not work is documented.</summary>
    public string NotPaidWords { get; init; } = "not_paid unpaid payment_required";
}
