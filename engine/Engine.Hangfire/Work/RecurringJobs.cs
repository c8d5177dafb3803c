using System.Globalization;
using Engine.Host;
using Engine.Runs;
using Hangfire;
using Hangfire.Server;

namespace Engine.Hangfire;

/// <summary>Sees to it that the recurring jobs are there, as the dashboard lists them: at the start, and again after they were deleted.</summary>
internal sealed class RecurringJobs(IRecurringJobManager manager) : IBackgroundProcess
{
    private static readonly TimeSpan lookEvery = TimeSpan.FromMinutes(1);

    public void Execute(BackgroundProcessContext context)
    {
        manager.AddOrUpdate<Sweeps>("sweep: jobs that were lost", WorkQueue.Name, one => one.WorkAsync(default), Cron.Minutely());
        manager.AddOrUpdate<Sweeps>("sweep: faces of runs", WorkQueue.Name, one => one.FacesAsync(default), "*/5 * * * *");
        manager.AddOrUpdate<Sweeps>("watchdog: late and stuck runs", WorkQueue.Name, one => one.WatchAsync(default), Cron.Minutely());
        context.Wait(lookEvery);
    }

    public override string ToString() => "Engine recurring jobs";
}

/// <summary>What the recurring jobs do; the names of type and methods are stored in Hangfire's tables.</summary>
public sealed class Sweeps
{
    /// <summary>Later than this, a minute's look at the runs fails, so that somebody sees it.</summary>
    private static readonly TimeSpan mostLate = TimeSpan.FromSeconds(30);

    private readonly EmbeddedEngine engine;
    private readonly RunProjection projection;
    private readonly WorkQueue queue;

    internal Sweeps(EmbeddedEngine engine, RunProjection projection, WorkQueue queue)
    {
        this.engine = engine;
        this.projection = projection;
        this.queue = queue;
    }

    /// <summary>Makes a job for each due row that has lost its own.</summary>
    [JobDisplayName("jobs for rows that lost theirs"), AutomaticRetry(Attempts = 0, OnAttemptsExceeded = AttemptsExceededAction.Fail)]
    public async Task<string> WorkAsync(CancellationToken cancellation) => $"{await queue.EnqueueDueAsync(cancellation)} jobs made";

    /// <summary>Brings the faces of all open runs up to date.</summary>
    [JobDisplayName("faces of all open runs"), AutomaticRetry(Attempts = 0, OnAttemptsExceeded = AttemptsExceededAction.Fail)]
    public async Task<string> FacesAsync(CancellationToken cancellation) => $"{await projection.SweepAsync(cancellation)} faces changed";

    /// <summary>Measures how late runs are; fails where that is too much.</summary>
    [JobDisplayName("how late runs are"), AutomaticRetry(Attempts = 0, OnAttemptsExceeded = AttemptsExceededAction.Fail)]
    public async Task<string> WatchAsync(CancellationToken cancellation) => Judge(await engine.Faces.MeasureLatenessAsync(cancellation));

    /// <summary>What is said of it.</summary>
    /// <exception cref="WorkInVainException">Runs are later than they may be.</exception>
    internal static string Judge(RunLateness seen)
    {
        var said = string.Create(
            CultureInfo.InvariantCulture,
            $"{seen.Open} open, {seen.Due} due, {seen.Stuck} stuck, the oldest {seen.Latest.TotalSeconds:0.0} s late");
        return seen.Latest <= mostLate ? said : throw new WorkInVainException($"runs are late: {said}");
    }
}
