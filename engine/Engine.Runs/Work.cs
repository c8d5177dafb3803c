namespace Engine.Runs;

/// <summary>What a row of the store asks somebody to do, besides advancing runs.</summary>
public enum WorkKind
{
    /// <summary>Begin the flows that a provider's call begins. The row is the call.</summary>
    Delivery,

    /// <summary>Revoke at the provider what a deleted connection could still do there. The row is the connection's.</summary>
    Revocation,

    /// <summary>Probe a connection and keep its credentials alive. The row is the connection's.</summary>
    Care,

    /// <summary>Have a run tried again that could not be advanced several times in a row. The row is the run's.</summary>
    Retry,
}

/// <summary>A row that asks for work.</summary>
/// <param name="Due">Since when.</param>
public sealed record WorkRow(WorkKind Kind, string Id, DateTimeOffset Due);

/// <summary>How far the pump is behind.</summary>
/// <param name="Open">Runs that have not ended.</param>
/// <param name="Due">Open runs that are due and that nobody has taken.</param>
/// <param name="Stuck">Open runs whose holder let its lease pass.</param>
/// <param name="Latest">How long ago the oldest of these fell due; zero where none is late.</param>
public sealed record RunLateness(long Open, long Due, long Stuck, TimeSpan Latest);
