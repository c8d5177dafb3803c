using System.Diagnostics;
using System.Linq.Expressions;
using Engine.Host;
using Engine.Runs;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;

namespace Engine.Hangfire;

/// <summary>Sees to it that each row which asks for work has one job.</summary>
internal sealed class WorkQueue(EmbeddedEngine engine, JobStorage storage, IBackgroundJobClientV2 client)
{
    /// <summary>The only queue. Named with each job: without, Hangfire's scheduler moves them one by one.</summary>
    public const string Name = "engine";

    private const string Lock = "engine:work";
    private const int Most = 500;
    private static readonly TimeSpan kept = TimeSpan.FromDays(7);

    /// <summary>Makes a job for each due row that has none, or has lost it.</summary>
    /// <returns>How many jobs were made.</returns>
    public async Task<int> EnqueueDueAsync(CancellationToken cancellation)
    {
        var due = await engine.Work.ListDueAsync(Most, cancellation);
        if (due.Count == 0) return 0;
        using var connection = (JobStorageConnection)storage.GetConnection();
        using var enqueueing = connection.AcquireDistributedLock(Lock, TimeSpan.FromSeconds(10));
        var made = 0;
        foreach (var row in due)
        {
            cancellation.ThrowIfCancellationRequested();
            if (HasJob(connection, row)) continue;
            var job = client.Create(JobOf(row), new EnqueuedState(Name));
            using var transaction = (JobStorageTransaction)connection.CreateWriteTransaction();
            transaction.SetRangeInHash(KeyOf(row), [KeyValuePair.Create("job", job)]);
            transaction.ExpireHash(KeyOf(row), kept);
            transaction.Commit();
            made++;
        }

        return made;
    }

    /// <summary>The hash that says which job is a row's.</summary>
    internal static string KeyOf(WorkRow row) => $"engine:work:{row.Kind}:{row.Id}";

    private static bool HasJob(JobStorageConnection connection, WorkRow row) =>
        connection.GetAllEntriesFromHash(KeyOf(row)) is { } known && known.TryGetValue("job", out var job)
        && connection.GetStateData(job)?.Name is { } state
        && (state == EnqueuedState.StateName || state == ProcessingState.StateName || state == ScheduledState.StateName);

    private static Job JobOf(WorkRow row)
    {
        Expression<Func<WorkJobs, Task>> call = row.Kind switch
        {
            WorkKind.Delivery => jobs => jobs.DeliverAsync(row.Id, default),
            WorkKind.Revocation => jobs => jobs.RevokeAsync(row.Id, default),
            WorkKind.Retry => jobs => jobs.RetryAsync(row.Id, default),
            WorkKind.Care => jobs => jobs.CareAsync(row.Id, default),
            _ => throw new UnreachableException(),
        };
        return Job.FromExpression(call, Name);
    }
}
