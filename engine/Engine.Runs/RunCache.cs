using Engine.Flows;

namespace Engine.Runs;

/// <summary>
/// Decoded states of runs that wait. A state may be used again only under the fence that follows the one it was left under: then
/// nobody else held the run meanwhile. The longest unused are forgotten first.
/// </summary>
internal sealed class RunCache(int capacity)
{
    private readonly Lock gate = new();
    private readonly Dictionary<long, LinkedListNode<Entry>> entries = [];
    private readonly LinkedList<Entry> byUse = new();

    /// <summary>The run's row, if there is a state that is surely the newest. See <see cref="KnownRun"/>.</summary>
    public StoredRun? Find(long row, long fence)
    {
        lock (gate) return entries.TryGetValue(row, out var node) && node.Value.Fence + 1 == fence ? node.Value.Row : null;
    }

    /// <summary>Takes a state out; null where there is none that is surely the newest.</summary>
    public Run? Take(Lease lease, LoadedFlow flow)
    {
        lock (gate)
        {
            if (!entries.Remove(lease.Row, out var node)) return null;
            byUse.Remove(node);
            return node.Value.Fence + 1 == lease.Fence && ReferenceEquals(node.Value.Flow, flow) ? node.Value.Run : null;
        }
    }

    /// <summary>Keeps a state.</summary>
    /// <param name="row">The run as it is stored.</param>
    public void Put(Lease lease, LoadedFlow flow, Run run, StoredRun row)
    {
        lock (gate)
        {
            if (entries.Remove(lease.Row, out var old)) byUse.Remove(old);
            entries[lease.Row] = byUse.AddLast(new Entry(lease.Row, lease.Fence, flow, run, row.Revision, row.UpdatedAt.UtcTicks));
            if (entries.Count <= capacity || byUse.First is not { } first) return;
            byUse.RemoveFirst();
            entries.Remove(first.Value.Number);
        }
    }

    /// <summary>Of the row only what the state does not tell is kept: there are many.</summary>
    private readonly record struct Entry(long Number, long Fence, LoadedFlow Flow, Run Run, long Revision, long UpdatedAt)
    {
        public StoredRun Row => RunRow.Of(Flow, Run, Revision, new DateTimeOffset(UpdatedAt, TimeSpan.Zero));
    }
}
