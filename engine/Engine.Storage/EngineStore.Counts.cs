using Engine.Runs;
using Engine.Sdk;

namespace Engine.Storage;

public sealed partial class EngineStore
{
    /// <summary>Counts open runs and connections: two passes over what is counted, meant for every few seconds, not for every request.</summary>
    public async Task<StoreCounts> CountAsync(CancellationToken cancellation)
    {
        var open = await database.ReadAsync(
            session => session.List(
                "SELECT status, count(*) FROM runs WHERE is_open = 1 GROUP BY status",
                row => KeyValuePair.Create(row.Word<RunStatus>(0), row.GetInt64(1))),
            cancellation);
        var connections = await database.ReadAsync(
            session => session.List(
                "SELECT health, count(*) FROM connections GROUP BY health",
                row => KeyValuePair.Create(row.Word<ConnectionHealth>(0), row.GetInt64(1))),
            cancellation);
        return new StoreCounts(open.ToDictionary(), await NextDueAsync(cancellation), connections.ToDictionary());
    }
}
