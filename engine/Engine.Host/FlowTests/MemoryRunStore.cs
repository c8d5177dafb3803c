using Engine.Flows;
using Engine.Runs;

namespace Engine.Host;

/// <summary>
/// A run store that forgets all at its end, for tests of flows: it passes the same contract as the databases. Every method is done when
/// it returns, so that virtual time never waits for it.
/// </summary>
internal sealed partial class MemoryRunStore(TimeProvider time) : IRunStore
{
    // A run that has taken a leftover but is not stored within this time was never made.
    private static readonly TimeSpan TakenBeforeStored = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly List<Row> rows = [];
    private readonly Dictionary<string, (string RequestHash, RunId Run)> keys = new(StringComparer.Ordinal);
    private readonly List<Connection> connections = [];
    private readonly List<Left> leftovers = [];

    /// <summary>Told of each save before and after it is made, null where only the due time is stored. May throw, as a process that dies.</summary>
    public Action<CrashPoint, RunSave?> Watch { get; init; } = (_, _) => { };

    public Task<RunCreation> CreateAsync(
        StoredRun run, IdempotencyKey? key, IReadOnlyList<JournalEntry> journal, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (key is not null && keys.TryGetValue(key.Key, out var known))
            {
                return Done<RunCreation>(known.RequestHash == key.RequestHash ? new RunCreation.Repeated(known.Run) : new RunCreation.KeyReused());
            }

            if (run is { Purpose: not Purpose.Connect, Connection: { } connection }
                && rows.Find(row => row.IsOpen && row.Run.Purpose != Purpose.Connect && row.Run.Connection == connection) is { } open)
            {
                return Done<RunCreation>(new RunCreation.AlreadyOpen(open.Run.Id));
            }

            var added = new Row { Number = rows.Count, Run = run with { Due = run.Status.IsFinal() ? null : time.GetUtcNow() } };
            added.Note(journal);
            rows.Add(added);
            if (key is not null) keys[key.Key] = (key.RequestHash, run.Id);
            return Done<RunCreation>(new RunCreation.Created());
        }
    }

    public Task<StoredRun?> FindAsync(RunId id, CancellationToken cancellation)
    {
        lock (gate) return Done(Find(id)?.AsSeen());
    }

    public Task<IReadOnlyList<StoredRun>> ListAsync(RunFilter filter, CancellationToken cancellation)
    {
        lock (gate)
        {
            return Done<IReadOnlyList<StoredRun>>(
            [
                .. Enumerable.Reverse(rows)
                    .Where(row => filter.Flow is null || row.Run.Flow == filter.Flow)
                    .Where(row => filter.Subject is null || row.Run.Subject == filter.Subject)
                    .Where(row => filter.Status is null || row.Run.Status == filter.Status)
                    .Where(row => row.IsOpen || !filter.IsOpenOnly)
                    .Where(row => filter.Among is null || filter.Among.Contains(row.Run.Id))
                    .OrderByDescending(row => row.Run.CreatedAt)
                    .Take(Math.Clamp(filter.Limit, 1, 200))
                    .Select(row => row.Run with { Prompt = null, State = ReadOnlyMemory<byte>.Empty }),
            ]);
        }
    }

    public Task<IReadOnlyList<JournalEntry>> ReadJournalAsync(RunId id, long after, CancellationToken cancellation)
    {
        lock (gate) return Done<IReadOnlyList<JournalEntry>>([.. Find(id)?.Journal.Where(entry => entry.Seq > after) ?? []]);
    }

    public Task<Connection?> FindConnectionAsync(ConnectionId id, CancellationToken cancellation)
    {
        lock (gate) return Done(Bare(connections.Find(connection => connection.Id == id)));
    }

    public Task<Connection?> FindConnectionAsync(string flow, string identityKey, bool isInSandbox, CancellationToken cancellation)
    {
        lock (gate) return Done(Bare(connections.Find(connection => connection.Flow == flow
            && connection.IdentityKey == identityKey && connection.World is not null == isInSandbox)));
    }

    public Task<IReadOnlyList<Connection>> ListConnectionsAsync(string? subject, CancellationToken cancellation)
    {
        lock (gate)
        {
            return Done<IReadOnlyList<Connection>>(
            [
                .. Enumerable.Reverse(connections).Where(connection => subject is null || connection.Subject == subject)
                    .OrderByDescending(connection => connection.CreatedAt)
                    .Select(connection => connection with { Credentials = null }),
            ]);
        }
    }

    public Task<string?> TakeLeftoverAsync(string flow, string subject, bool isInSandbox, RunId takenBy, CancellationToken cancellation)
    {
        lock (gate)
        {
            var left = leftovers
                .Where(one => one.Flow == flow && one.Subject == subject && one.LeftBy != takenBy && Find(one.LeftBy) is not { IsOpen: true })
                .Where(one => Find(one.LeftBy) is not { } leaver || leaver.Run.World is not null == isInSandbox)
                .Where(one => one.TakenBy is not { } taker || taker == takenBy || IsFree(one, taker))
                .OrderByDescending(one => one.TakenBy == takenBy).ThenByDescending(one => one.LeftAt)
                .FirstOrDefault();
            if (left is null) return Done<string?>(null);
            (left.TakenBy, left.TakenAt) = (takenBy, time.GetUtcNow());
            return Done<string?>(left.Json);
        }
    }

    private static Connection? Bare(Connection? connection) => connection is null ? null : connection with { Credentials = null };

    /// <summary>A connection as it is stored, its credentials included; null where there is none.</summary>
    public Connection? FindWithCredentials(ConnectionId id)
    {
        lock (gate) return connections.Find(connection => connection.Id == id);
    }

    /// <summary>Stores a connection that no run made.</summary>
    public void Put(Connection connection)
    {
        lock (gate) connections.Add(connection);
    }

    /// <summary>Stores what an earlier run left at the provider.</summary>
    public void PutLeftover(string flow, string subject, string json)
    {
        lock (gate) leftovers.Add(new Left(new RunId("run_earlier"), flow, subject, json) { LeftAt = time.GetUtcNow() });
    }

    /// <summary>What is left at the provider that no run has used up, as JSON; null for nothing.</summary>
    public string? FindLeftover()
    {
        lock (gate) return leftovers.LastOrDefault()?.Json;
    }

    private bool IsFree(Left left, RunId taker) =>
        Find(taker) is { } row ? !row.IsOpen : left.TakenAt < time.GetUtcNow() - TakenBeforeStored;

    private Row? Find(RunId id) => rows.Find(row => row.Run.Id == id);

    private static Task<T> Done<T>(T value) => Task.FromResult(value);

    /// <summary>A run with what stands in columns of its own in a database.</summary>
    private sealed class Row
    {
        public required StoredRun Run { get; set; }

        public required long Number { get; init; }

        public long Fence { get; set; }

        public DateTimeOffset? LeaseUntil { get; set; }

        public List<JournalEntry> Journal { get; } = [];

        public List<InboxItem> Inbox { get; } = [];

        public long InboxLast { get; set; }

        public PromptId? Answered { get; set; }

        public HashSet<string> Transactions { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Received { get; } = new(StringComparer.Ordinal);

        public bool IsOpen => !Run.Status.IsFinal();

        /// <summary>Nobody else does outgoing work here: a parked run is claimed when it is to be tried again.</summary>
        public DateTimeOffset? WakeAt => LeaseUntil ?? (Run.RetryAt < (Run.Due ?? DateTimeOffset.MaxValue) ? Run.RetryAt : Run.Due);

        public void Note(IReadOnlyList<JournalEntry> entries)
        {
            foreach (var entry in entries) Journal.Add(entry with { Seq = Journal.Count + 1 });
        }

        /// <summary>A prompt is busy from its answer until another takes its place.</summary>
        public StoredRun AsSeen() =>
            Run.Prompt is { } prompt && prompt.Id == Answered ? Run with { Prompt = prompt with { IsBusy = true } } : Run;
    }

    private sealed record Left(RunId LeftBy, string Flow, string Subject, string Json)
    {
        public required DateTimeOffset LeftAt { get; init; }

        public RunId? TakenBy { get; set; }

        public DateTimeOffset TakenAt { get; set; }
    }
}
