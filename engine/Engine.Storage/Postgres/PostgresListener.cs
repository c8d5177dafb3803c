using Npgsql;

namespace Engine.Storage;

/// <summary>Listens to other nodes' hints, and connects again whenever that ends.</summary>
internal sealed class PostgresListener : IAsyncDisposable
{
    private const int ProbeSeconds = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly PostgresPlace place;
    private readonly string ownTag;
    private readonly Action<RunHint> hear;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task loop;

    /// <param name="ownTag">Whose hints are not told: this node knows them.</param>
    public PostgresListener(PostgresPlace place, string ownTag, Action<RunHint> hear)
    {
        // A connection that only listens would not learn that the server is gone.
        this.place = place with { ConnectionString = new NpgsqlConnectionStringBuilder(place.ConnectionString) { KeepAlive = ProbeSeconds }.ToString() };
        this.ownTag = ownTag;
        this.hear = hear;
        loop = Task.Run(() => RunAsync(stopping.Token));
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await loop;
        stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(cancellation);
            }
            catch (Exception lost) when (lost is OperationCanceledException || PostgresTrouble.ReasonOf(lost) is not null)
            {
                await Task.Delay(Pause, TimeProvider.System, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellation)
    {
        await using var connection = await place.ConnectAsync(cancellation);
        connection.Notification += (_, told) =>
        {
            foreach (var hint in RunHints.Read(told.Payload, ownTag)) hear(hint);
        };
        await using (var listen = new NpgsqlCommand($"LISTEN {RunHints.Channel}", connection)) await listen.ExecuteNonQueryAsync(cancellation);
        while (true) await connection.WaitAsync(cancellation);
    }
}
