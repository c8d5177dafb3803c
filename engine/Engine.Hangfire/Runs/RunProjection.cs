using System.Collections.Concurrent;
using System.Globalization;
using Engine.Host;
using Engine.Runs;
using Hangfire;
using Hangfire.Common;
using Hangfire.Storage;

namespace Engine.Hangfire;

/// <summary>
/// Writes what is seen of runs into Hangfire: one parked job for each, changed only where its state or its step did, many in one commit. It is
/// told of changes and looks at them all from time to time; what is stored decides, so that nothing that was missed, written twice or
/// deleted matters.
/// </summary>
internal sealed class RunProjection(EmbeddedEngine engine, JobStorage storage, TimeProvider time)
{
    /// <summary>Runs in one commit.</summary>
    public const int Batch = 100;

    /// <summary>States kept of one face; then it is made anew.</summary>
    public const int MostStates = 60;

    /// <summary>The set of the runs whose face has not reached an end.</summary>
    private const string OpenSet = "engine:runs:open";
    private const string Lock = "engine:runs";

    /// <summary>How long the face of a run that ended is kept.</summary>
    private static readonly TimeSpan kept = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<RunId, bool> told = new();

    /// <summary>Says that a run changed.</summary>
    public void Tell(RunId run) => told.TryAdd(run, true);

    /// <summary>Writes what was told since the last time.</summary>
    /// <returns>How many faces changed.</returns>
    public async Task<int> WriteToldAsync(CancellationToken cancellation)
    {
        var runs = told.Keys.ToList();
        foreach (var run in runs) told.TryRemove(run, out _);
        try
        {
            return await WriteAllAsync(runs, cancellation);
        }
        catch
        {
            foreach (var run in runs) Tell(run);
            throw;
        }
    }

    /// <summary>Looks at every run that has not ended, and at every face that has not: what was missed, or deleted, comes back.</summary>
    /// <returns>How many faces changed.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellation)
    {
        var changed = 0;
        for (var after = 0L; ;)
        {
            var open = await engine.Faces.ListOpenAsync(after, Batch, cancellation);
            if (open.Count == 0) break;
            changed += await WriteAllAsync([.. open.Select(run => run.Id)], cancellation);
            after = open[^1].Number;
        }

        using var connection = storage.GetConnection();
        return changed + await WriteAllAsync([.. connection.GetAllItemsFromSet(OpenSet).Select(id => new RunId(id))], cancellation);
    }

    private async Task<int> WriteAllAsync(IReadOnlyList<RunId> runs, CancellationToken cancellation)
    {
        var changed = 0;
        foreach (var some in runs.Chunk(Batch))
        {
            cancellation.ThrowIfCancellationRequested();
            using var connection = (JobStorageConnection)storage.GetConnection();

            // One writer at a time, and what it writes is read under the lock: an older state never lies over a newer one.
            using var writing = connection.AcquireDistributedLock(Lock, TimeSpan.FromSeconds(10));
            var faces = await engine.Faces.FindFacesAsync(some, cancellation);
            changed += Write(connection, faces);
            Forget(connection, some.Except(faces.Select(face => face.Id)));
        }

        return changed;
    }

    private int Write(JobStorageConnection connection, IReadOnlyList<RunFace> faces)
    {
        var changed = 0;
        using var transaction = (JobStorageTransaction)connection.CreateWriteTransaction();
        foreach (var face in faces)
        {
            var state = FaceState.NameOf(face);
            var known = connection.GetAllEntriesFromHash(KeyOf(face.Id));
            if (known is not null && known["state"] == state && known["step"] == face.Step && (face.Status.IsFinal() || connection.GetJobData(known["job"]) is not null)) continue;
            WriteOne(connection, transaction, face, state, known);
            changed++;
        }

        if (changed > 0) transaction.Commit();
        return changed;
    }

    private void WriteOne(JobStorageConnection connection, JobStorageTransaction transaction, RunFace face, string state, Dictionary<string, string>? known)
    {
        var states = known is null ? 0 : int.Parse(known["states"], CultureInfo.InvariantCulture);
        var job = known?["job"];
        if (job is null || states >= MostStates || connection.GetJobData(job) is null)
        {
            if (job is not null) transaction.ExpireJob(job, TimeSpan.Zero);
            job = connection.CreateExpiredJob(
                Job.FromExpression<RunFaceJob>(one => one.WakeAsync(face.Id.Value, face.Flow, default), WorkQueue.Name),
                new Dictionary<string, string>(StringComparer.Ordinal), time.GetUtcNow().UtcDateTime, kept);
            states = 0;
        }

        transaction.SetJobState(job, FaceState.Of(face, states == 0 && known is not null ? "what was before is on the run's own page" : null));
        transaction.SetRangeInHash(KeyOf(face.Id), new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["job"] = job, ["state"] = state, ["step"] = face.Step, ["states"] = (states + 1).ToString(CultureInfo.InvariantCulture),
        });
        if (face.Status.IsFinal())
        {
            transaction.ExpireJob(job, kept);
            transaction.ExpireHash(KeyOf(face.Id), kept);
            transaction.RemoveFromSet(OpenSet, face.Id.Value);
        }
        else
        {
            transaction.PersistJob(job);
            transaction.AddToSet(OpenSet, face.Id.Value);
        }
    }

    private static void Forget(JobStorageConnection connection, IEnumerable<RunId> gone)
    {
        foreach (var run in gone)
        {
            using var transaction = connection.CreateWriteTransaction();
            transaction.RemoveFromSet(OpenSet, run.Value);
            transaction.Commit();
        }
    }

    /// <summary>The hash that says which job is a run's face, and what it shows.</summary>
    internal static string KeyOf(RunId run) => $"engine:run:{run}";
}
