using Engine.Flows;

namespace Engine.Runs;

/// <summary>Which flows may re-authorize or reconfigure a connection.</summary>
public static class Renewal
{
    /// <summary>
    /// The flow that made it. Where a provider's call begins that one, nobody can start it: then any flow of the same provider that re-authorizes, which
    /// compares the account as it always does.
    /// </summary>
    /// <param name="maker">The flow that made it, as it is now; null where it is gone.</param>
    public static bool IsBy(CompiledFlow flow, Connection connection, CompiledFlow? maker)
    {
        ArgumentNullException.ThrowIfNull(flow);
        ArgumentNullException.ThrowIfNull(connection);
        if (flow.StartsOn is not null) return false;
        return flow.Name == connection.Flow
            || (maker is { StartsOn: not null } && flow.Providers.ContainsKey(connection.Provider) && flow.Purposes.Contains(Purpose.Reauth));
    }
}
