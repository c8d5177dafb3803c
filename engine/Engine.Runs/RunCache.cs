using Engine.Flows;

namespace Engine.Runs;

/// <summary>
/// Decoded states of runs that wait. A state may be used again only under the fence that follows the one it was left under: then
/// nobody else held the run meanwhile. The longest unused are forgotten first.
/// </summary>
internal sealed class RunCache(int capacity)
{
    private readonly Lock gate = new();
    private readonly Dictionary<RunId, LinkedListNode<Entry>> entries = [];
    private readonly LinkedList<Entry> byUse = new();

    /// <summary>Whether there is a state that is surely the newest.</summary>
    public bool Has(Lease lease)
    {
        lock (gate) return entries.TryGetValue(lease.Run, out var node) && node.Value.Fence + 1 == lease.Fence;
    }

    /// <summary>Takes a state out; null where there is none that is surely the newest.</summary>
    public Run? Take(Lease lease, LoadedFlow flow)
    {
        lock (gate)
        {
            if (!entries.Remove(lease.Run, out var node)) return null;
            byUse.Remove(node);
            return node.Value.Fence + 1 == lease.Fence && ReferenceEquals(node.Value.Flow, flow) ? node.Value.Run : null;
        }
    }

    public void Put(Lease lease, LoadedFlow flow, Run run)
    {
        lock (gate)
        {
            if (entries.Remove(lease.Run, out var old)) byUse.Remove(old);
            entries[lease.Run] = byUse.AddLast(new Entry(lease.Run, lease.Fence, flow, run));
            if (entries.Count <= capacity || byUse.First is not { } first) return;
            byUse.RemoveFirst();
            entries.Remove(first.Value.Id);
        }
    }

    private readonly record struct Entry(RunId Id, long Fence, LoadedFlow Flow, Run Run);
}
