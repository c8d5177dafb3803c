using Engine.Sdk;

namespace Whatsgate;

/// <summary>Creates a session: a place for one phone, which takes a slot of the tariff until it is deleted.</summary>
/// <param name="Name">A label, by which the session is also found again after a lost answer: make it one of its own.</param>
/// <param name="Number">The phone's number, to link it by a code typed there; signs around its digits do not matter. Null: by QR code.</param>
/// <param name="Callback">The address that events are sent to; null: none, which <c>set_hook</c> may change later.</param>
public sealed record NewSession(string Name, string? Number = null, Uri? Callback = null);

/// <summary>Names a session.</summary>
public sealed record SessionRef(Secret WhatsappId);

/// <summary>Looks for a session by its whole name.</summary>
public sealed record SessionName(string Name);

/// <summary>Looks at all sessions of the API key; there is nothing to say.</summary>
public sealed record AnySession;

/// <summary>Where a session's events are to go.</summary>
/// <param name="Callback">Null: nowhere.</param>
public sealed record HookAddress(Secret WhatsappId, string? Callback = null);

/// <summary>The other sessions of one phone.</summary>
/// <param name="WhatsappId">The session that stays.</param>
/// <param name="Wid">The account whose others go.</param>
public sealed record OtherSessions(Secret WhatsappId, string Wid);

/// <summary>A session.</summary>
/// <param name="WhatsappId">The handle for every later call. Whoever knows it can open the page with the QR code [I].</param>
/// <param name="QrLink">The hosted page that shows the QR code, or the code; null once the phone is linked.</param>
/// <param name="Code">The code to type on the phone; null where there is none (yet).</param>
/// <param name="Wid">The linked account, such as <c>70000000000@c.us</c>; null before.</param>
/// <param name="Number">The account's digits; null before.</param>
/// <param name="Pushname">What the account's owner calls himself; null where it is not told.</param>
public sealed record Session(
    Secret WhatsappId, SessionStatus Status, string Name, ShowOnce? QrLink, ShowOnce? Code, string? Wid, string? Number, string? Pushname);

/// <summary>How a session stands.</summary>
public enum SessionStatus
{
    /// <summary>A status that this plugin does not know; it is not final, so keep waiting.</summary>
    Unknown,

    /// <summary>It starts.</summary>
    Pending,

    /// <summary>It waits for the phone.</summary>
    Auth,

    /// <summary>The phone is linked.</summary>
    Ready,

    /// <summary>It is being deleted.</summary>
    Destroying,

    /// <summary>It is not in the list of sessions: deleted, or unlinked by the phone. Final.</summary>
    Closed,
}

/// <summary>What a call did that gives nothing else.</summary>
/// <param name="Count">How many sessions it concerned.</param>
public sealed record Done(int Count);
