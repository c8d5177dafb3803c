using System.Collections.Immutable;
using Engine.Plugins;
using Engine.Storage;

namespace Engine.Host;

/// <summary>
/// Serves what was published for all engines over one store: once something is, it is served in place of the engine's own folders. The
/// table is looked at every two seconds, so that no lost hint matters.
/// </summary>
internal sealed class Publications(EngineStore store, PluginCatalog plugins, FlowVersions versions, FlowLibrary flows, ILogger log)
{
    /// <summary>How often the store is asked whether something newer was published.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private long? seen;
    private bool isWhole = true;
    private ImmutableArray<string> problems = [];

    /// <summary>The publication that is served; null where the engine serves its own folders.</summary>
    public long? Serving { get; private set; }

    /// <summary>What of it cannot be served here, in sentences; empty when all is well.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>Takes over the newest publication, where it is another one or could not be served whole before.</summary>
    /// <returns>Whether a publication is served; otherwise the folders are the engine's own.</returns>
    public async Task<bool> TakeOverAsync(CancellationToken cancellation)
    {
        var newest = await store.FindPublicationAsync(cancellation);
        if (newest == seen && isWhole) return Serving is not null;
        var published = newest is { } number ? await store.FindPublishedAsync(number, cancellation) : null;
        if (published is not null) await ServeAsync(newest, published, cancellation);
        else if (newest is not null && await IsUnreadableAsync(newest.Value, cancellation)) return Unreadable(newest.Value);
        else Leave(newest);
        seen = newest;
        return Serving is not null;
    }

    private async Task ServeAsync(long? number, PublishedFlows published, CancellationToken cancellation)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        foreach (var build in published.Builds)
        {
            if (await versions.BringAsync(build, cancellation) is { } problem) found.Add($"plugin build {build} cannot be used here: {problem}");
        }

        plugins.Serve(published.Builds);
        isWhole = await flows.ServeAsync(published, cancellation) && found.Count == 0;
        foreach (var problem in found.Except(problems, StringComparer.Ordinal)) Log.PluginProblem(log, problem);
        problems = found.ToImmutable();
        if (Serving == number) return;
        Serving = number;
        Log.PublicationServed(log, number ?? 0, published.Flows.Count);
    }

    private void Leave(long? number)
    {
        (isWhole, problems) = (true, []);
        if (Serving is null) return;
        Serving = null;
        plugins.Serve(null);
        Log.PublicationLeft(log, number ?? 0);
    }

    private async Task<bool> IsUnreadableAsync(long number, CancellationToken cancellation) =>
        (await store.ListPublicationsAsync(1, cancellation)).Any(one => one.Number == number && one.Hash.Length > 0);

    // Somebody wrote it who has not our key: what is served stays, and the next look tries again.
    private bool Unreadable(long number)
    {
        isWhole = false;
        var problem = $"publication {number} was not sealed by this engine's key: publish it with 'engine publish' and the same key file";
        if (!problems.Contains(problem, StringComparer.Ordinal)) Log.PluginProblem(log, problem);
        problems = [problem];
        return Serving is not null;
    }
}
