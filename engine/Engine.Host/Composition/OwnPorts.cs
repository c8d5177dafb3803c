using System.Collections.Immutable;

namespace Engine.Host;

/// <summary>The ports on which this engine serves people and callers; providers' calls never go there, whatever an address says. Thread-safe.</summary>
internal sealed class OwnPorts
{
    private ImmutableHashSet<int> ports = [];

    public bool Contains(int port) => ports.Contains(port);

    public void Add(int port) => ImmutableInterlocked.Update(ref ports, (known, added) => known.Add(added), port);
}
