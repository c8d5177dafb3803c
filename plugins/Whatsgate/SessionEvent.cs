using Engine.Sdk;

namespace Whatsgate;

/// <summary>Something happened to a session. Anybody who knows the address can send one, so it is a hint to ask, never the truth.</summary>
/// <param name="Id">The event's own number; a repeat has the same.</param>
public sealed record SessionEvent(long Id, Secret WhatsappId, SessionEventAction Action);

/// <summary>What happened.</summary>
public enum SessionEventAction
{
    Unknown,

    /// <summary>The phone is linked.</summary>
    Ready,

    /// <summary>The phone was unlinked, and the session removed.</summary>
    Disconnect,

    /// <summary>The session has trouble.</summary>
    Error,
}

/// <summary>What is kept to act for a connection.</summary>
/// <param name="WhatsappId">The session's handle.</param>
public sealed record WhatsgateCredentials(Secret WhatsappId);
