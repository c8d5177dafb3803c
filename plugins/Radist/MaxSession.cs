using Engine.Sdk;

namespace Radist;

/// <summary>Opens a session for signing in to MAX; a code is sent to the account.</summary>
/// <param name="Phone">The account's number.</param>
/// <param name="ConnectionId">The connection to authorize again; null for a new one.</param>
public sealed record MaxInit(string Phone, int? ConnectionId = null);

/// <summary>Hands in the code.</summary>
/// <param name="Code">Text: leading zeros count.</param>
public sealed record MaxLogin(Secret SessionId, string Code);

/// <summary>A session for signing in to MAX.</summary>
/// <param name="SessionId">The handle for every later call.</param>
public sealed record MaxSession(Secret SessionId, MaxStatus Status);

/// <summary>How a MAX session stands. The documentation tells of neither a QR code nor a password.</summary>
public enum MaxStatus
{
    /// <summary>A status that this plugin does not know.</summary>
    Unknown,

    /// <summary>The name is a guess: the documentation does not tell it.</summary>
    WaitingForCode,

    Authenticated,
}
