using System.Collections.Concurrent;

namespace Engine.Runs;

/// <summary>
/// The flow versions that this process could not load lately: their runs are left to the other processes over the store. Each is tried
/// again after a while, since what was missing may have come.
/// </summary>
/// <param name="leaveFor">How long a run may be late before it is left no longer: then nobody can load it, and it ends.</param>
internal sealed class LeftVersions(TimeSpan leaveFor, TimeProvider time)
{
    private static readonly TimeSpan again = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, long> versions = new(StringComparer.Ordinal);

    /// <summary>The versions not to claim now.</summary>
    public IReadOnlyCollection<string> Current
    {
        get
        {
            if (versions.IsEmpty) return [];
            foreach (var (version, since) in versions)
            {
                if (time.GetElapsedTime(since) >= again) versions.TryRemove(version, out _);
            }

            return [.. versions.Keys];
        }
    }

    public void Add(string version) => versions[version] = time.GetTimestamp();

    /// <summary>Whether another process may still come and take the run.</summary>
    public bool MayLeave(StoredRun row, DateTimeOffset now) => now - (row.Due ?? now) < leaveFor;
}
