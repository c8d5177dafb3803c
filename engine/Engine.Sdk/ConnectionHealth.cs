namespace Engine.Sdk;

/// <summary>How well a connection works.</summary>
public enum ConnectionHealth
{
    /// <summary>The provider has it, but it is not finished.</summary>
    Connecting,

    /// <summary>It began without a user of ours, and waits for one to claim it.</summary>
    Unclaimed,

    Active,

    /// <summary>It may work: the provider has trouble, or is not reached.</summary>
    Degraded,

    /// <summary>It works, and ends soon unless it is authorized again.</summary>
    Expiring,

    /// <summary>The provider is checking the account: pending is not lost.</summary>
    PendingReview,

    /// <summary>The person must authorize it again.</summary>
    NeedsReauth,

    /// <summary>The provider has stopped it, for instance until it is paid.</summary>
    Suspended,

    /// <summary>It was switched off on purpose.</summary>
    Disabled,

    /// <summary>The access was withdrawn for good.</summary>
    Revoked,
}
