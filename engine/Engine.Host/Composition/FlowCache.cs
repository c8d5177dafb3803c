using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Engine.Flows;

namespace Engine.Host;

/// <summary>
/// Checks and compiles flows, and does neither for one that it has had before: same file, same plugin builds, same compiler. Entries
/// are code that the engine will run, so they are authenticated by a key that lies elsewhere; what somebody put there is passed over.
/// With every flow at hand here, the compiler is not even loaded.
/// </summary>
internal sealed class FlowCache(FlowCacheFolder folder, byte[] key, long limitBytes = FlowCacheFolder.DefaultLimitBytes)
{
    private bool hasGrown;

    /// <summary>As <see cref="FlowCompiler.Check"/>.</summary>
    public FlowCheck Check(FlowSource source, Catalog catalog, CancellationToken cancellation)
    {
        var group = GroupOf(source);
        if (Find(group, catalog) is { IsProved: true } known)
        {
            return new FlowCheck(known.Flow, known.Flow.Source, [.. known.Warnings.Select(warning => warning.In(source.Path))]);
        }

        var check = FlowCompiler.Check(source, catalog, cancellation);
        if (check.Flow is { } flow) Keep(group, new FlowCacheEntry(true, [.. check.Findings.Select(CachedWarning.Of)], flow));
        return check;
    }

    /// <summary>As <see cref="FlowCompiler.Recompile"/>.</summary>
    public CompiledFlow Recompile(FlowSource source, Catalog catalog, CancellationToken cancellation)
    {
        var group = GroupOf(source);
        if (Find(group, catalog) is { } known) return known.Flow;
        var flow = FlowCompiler.Recompile(source, catalog, cancellation);
        Keep(group, new FlowCacheEntry(false, [], flow));
        return flow;
    }

    /// <summary>Makes room, if anything was added since the last time.</summary>
    public void Trim()
    {
        if (Interlocked.Exchange(ref hasGrown, false)) folder.Trim(limitBytes);
    }

    /// <summary>Entries of the same text for other plugin builds lie beside each other.</summary>
    private static string GroupOf(FlowSource source)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(CompilerIdentity.Value)));
        hash.AppendData(source.Content.Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private FlowCacheEntry? Find(string group, Catalog catalog) => folder.NamesIn(group)
        .Select(name => Read(group, name))
        .FirstOrDefault(entry => entry?.Flow.Providers.All(used => catalog.FindProvider(used.Key)?.Build == used.Value) == true);

    private FlowCacheEntry? Read(string group, string name)
    {
        if (folder.Read(group, name) is not { } content) return null;
        try
        {
            return FlowCacheEntry.Read($"{group}/{name}", content, key);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Keep(string group, FlowCacheEntry entry)
    {
        // The version names the builds; the text is the same for the whole group.
        var name = entry.Flow.Version;
        folder.Write(group, name, entry.Write($"{group}/{name}", key));
        hasGrown = true;
    }
}
