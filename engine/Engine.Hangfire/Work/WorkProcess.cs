using Hangfire.PostgreSql;
using Hangfire.Server;

namespace Engine.Hangfire;

/// <summary>Looks each second which rows fell due, and gives each a job.</summary>
internal sealed class WorkProcess(WorkQueue queue) : IBackgroundProcess
{
    private static readonly TimeSpan lookEvery = TimeSpan.FromSeconds(1);

    public void Execute(BackgroundProcessContext context)
    {
        try
        {
            queue.EnqueueDueAsync(context.StoppingToken).GetAwaiter().GetResult();
        }
        catch (PostgreSqlDistributedLockException)
        {
            // Another node is at it.
        }

        context.Wait(lookEvery);
    }

    public override string ToString() => "Engine work";
}
