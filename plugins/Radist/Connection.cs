using Engine.Sdk;

namespace Radist;

/// <summary>Creates a connection. It cannot be deleted again.</summary>
/// <param name="Name">What people see; for a session's connection a short mark is added, by which it is found again.</param>
/// <param name="SessionId">The authenticated session it is for; null for types that need none.</param>
/// <param name="ApiKey">The bot's token or the group's key; null for types that need none.</param>
public sealed record NewConnection(ConnectionType Type, string Name, Secret? SessionId = null, Secret? ApiKey = null);

/// <summary>Which connection to look for: by its session, or by its exact name where there is none.</summary>
/// <param name="Type">Null: of any type.</param>
public sealed record ConnectionQuery(Secret? SessionId = null, string? Name = null, ConnectionType? Type = null);

/// <summary>Puts a new key into a connection.</summary>
public sealed record KeyChange(KeyedType Type, int ConnectionId, Secret ApiKey);

/// <summary>One connection.</summary>
public sealed record ConnectionOf(int ConnectionId);

/// <summary>A connection at Radist.</summary>
/// <param name="Status">Null where Radist does not say.</param>
public sealed record Connection(int Id, ConnectionStatus? Status = null);

/// <summary>How a connection stands.</summary>
/// <param name="Phone">The number that is signed in; null where Radist does not say.</param>
/// <param name="Qr">The text of the WhatsApp code that is good now; null between two codes and where none is needed.</param>
/// <param name="QrExpires">The end of that code; null where Radist does not say.</param>
/// <param name="QrUrl">Radist's own page with the code, which refreshes itself. An address to open: it is not what the code holds.</param>
public sealed record ConnectionState(
    int Id, ConnectionStatus Status, string? Phone = null, ShowOnce? Qr = null, DateTimeOffset? QrExpires = null, ShowOnce? QrUrl = null);

/// <summary>What a connection connects.</summary>
public enum ConnectionType
{
    Unknown,

    /// <summary>A personal account; see <see cref="RadistSettings.TelegramType"/>.</summary>
    Telegram,

    TelegramBot,

    Whatsapp,

    Odnoklassniki,

    MaxPersonal,
}

/// <summary>The types whose key may be changed.</summary>
public enum KeyedType
{
    TelegramBot,

    Odnoklassniki,

    [Withheld("Radist manages amoCRM connections itself and has no update for them")]
    Amocrm,

    [Withheld("Radist manages Bitrix connections itself and has no update for them")]
    Bitrix,
}

/// <summary>How a connection stands. None of these words is documented: see <see cref="RadistSettings.ActiveWords"/> and those below it.</summary>
public enum ConnectionStatus
{
    /// <summary>A word that is not known, or none; it decides nothing.</summary>
    Unknown,

    Active,

    /// <summary>WhatsApp waits for a phone to scan.</summary>
    WaitingForScan,

    /// <summary>All codes of this round were shown and none was scanned; others have to be asked for.</summary>
    CodesUsedUp,

    /// <summary>The account's owner ended the session, or the key is no longer good.</summary>
    SignedOut,

    /// <summary>It is in no paid subscription, and does not work.</summary>
    NotPaid,
}
