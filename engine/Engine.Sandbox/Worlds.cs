using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Engine.Sandbox;

/// <summary>All worlds of a sandbox; those of earlier processes are read from their files when first asked for.</summary>
public sealed class Worlds
{
    private readonly string folder;
    private readonly TimeProvider time;
    private readonly Lock reading = new();
    private readonly ConcurrentDictionary<string, World> known = new(StringComparer.Ordinal);

    internal Worlds(string folder, TimeProvider time)
    {
        this.folder = folder;
        this.time = time;
        Directory.CreateDirectory(folder);
    }

    /// <summary>The world; null where there is none of this id.</summary>
    public World? Find(string id)
    {
        if (known.TryGetValue(id, out var world)) return world;
        if (id.Length != 32 || !id.All(char.IsAsciiHexDigitLower)) return null;
        lock (reading)
        {
            // One reader only: a second one could meet a line that the first one's world is just writing.
            if (known.TryGetValue(id, out world)) return world;
            return World.Find(folder, id) is { } read ? known.GetOrAdd(id, read) : null;
        }
    }

    internal World Create(string provider, string scenario, string language, string? continues, string engineUrl)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        return known.GetOrAdd(id, World.Create(folder, new WorldOrigin(id, provider, scenario, language, time.GetUtcNow(), continues) { EngineUrl = engineUrl }));
    }
}
