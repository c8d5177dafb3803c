using Engine.Sdk;

namespace Radist;

/// <summary>Opens a session for signing in to Telegram.</summary>
/// <param name="Phone">The account's number; needed for the code variant.</param>
/// <param name="ConnectionId">The connection to authorize again; null for a new one.</param>
public sealed record TelegramInit(AuthType AuthType, string? Phone = null, int? ConnectionId = null);

/// <summary>How the person signs in.</summary>
public enum AuthType
{
    Qr,
    Code,
}

/// <summary>Asks how a session stands; with a code or a password, hands that in.</summary>
/// <param name="Code">Text: leading zeros count.</param>
public sealed record TelegramLogin(Secret SessionId, string? Code = null, Secret? Password = null);

/// <summary>A session for signing in.</summary>
/// <param name="SessionId">The handle for every later call.</param>
/// <param name="QrLogin">Null unless a QR code is to be scanned now.</param>
public sealed record TelegramSession(Secret SessionId, SessionStatus Status, QrLogin? QrLogin);

/// <summary>How a session stands.</summary>
public enum SessionStatus
{
    /// <summary>A status that this plugin does not know; it is not final, so keep waiting.</summary>
    Unknown,

    WaitingForQr,

    /// <summary>The name is a guess: the documentation does not tell it.</summary>
    WaitingForCode,

    /// <summary>Two-step verification is on.</summary>
    WaitingForPassword,

    Authenticated,
}

/// <summary>A QR code, good for about 30 seconds.</summary>
/// <param name="Url">The text to draw, such as <c>tg://login?token=…</c>; whoever scans it signs in.</param>
/// <param name="Expires">The end of this one code's life, not of the session's.</param>
public sealed record QrLogin(ShowOnce Url, DateTimeOffset Expires);
