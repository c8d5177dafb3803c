namespace Engine.Sdk;

/// <summary>
/// What the engine calls an operation for by itself. Its input is filled from the connection: each property by its name, from the
/// credentials or from the connection's parameters; one that both lack must be nullable with a default.
/// </summary>
public enum OperationRole
{
    /// <summary>Nothing: flows call it, and callers of the API.</summary>
    None,

    /// <summary>
    /// Gives new credentials for the old ones: returns the record of <see cref="ProviderAttribute.Credentials"/>. A property that it gives as null keeps its
    /// old value. <see cref="Effect.Once"/> where the old ones are spent by it. Never called twice at once for one connection.
    /// </summary>
    Refresh,

    /// <summary>Asks whether the connection still works, on a schedule; <see cref="Effect.Safe"/>. Its success repairs the health.</summary>
    Probe,

    /// <summary>Ends the access at the provider when the connection is deleted; <see cref="Effect.Idempotent"/>.</summary>
    Revoke,
}
