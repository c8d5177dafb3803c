using Engine.Host;
using Hangfire.PostgreSql;
using Hangfire.Server;

namespace Engine.Hangfire;

/// <summary>Brings the faces of runs up to date, each second what changed, each minute all that is open.</summary>
internal sealed class ProjectionProcess : IBackgroundProcess
{
    private static readonly TimeSpan writeEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan sweepEvery = TimeSpan.FromMinutes(1);

    private readonly RunProjection projection;
    private readonly TimeProvider time;
    private DateTimeOffset? swept;

    public ProjectionProcess(EmbeddedEngine engine, RunProjection projection, TimeProvider time)
    {
        this.projection = projection;
        this.time = time;
        engine.Changes.Observer = projection.Tell;
    }

    public void Execute(BackgroundProcessContext context)
    {
        try
        {
            if (swept is null || swept < time.GetUtcNow() - sweepEvery)
            {
                projection.SweepAsync(context.StoppingToken).GetAwaiter().GetResult();
                swept = time.GetUtcNow();
            }

            projection.WriteToldAsync(context.StoppingToken).GetAwaiter().GetResult();
        }
        catch (PostgreSqlDistributedLockException)
        {
            // Another node writes for longer than we wait: what we were told waits for the next round.
        }

        context.Wait(writeEvery);
    }

    public override string ToString() => "Engine faces of runs";
}
