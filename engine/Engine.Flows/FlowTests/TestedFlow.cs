using System.Collections.Immutable;

namespace Engine.Flows;

/// <summary>A flow that is tested: ready to run, and as written.</summary>
public sealed class TestedFlow
{
    private readonly FlowDocument document;

    private TestedFlow(LoadedFlow loaded, FlowDocument document, Catalog catalog)
    {
        Loaded = loaded;
        this.document = document;
        Catalog = catalog;
    }

    public LoadedFlow Loaded { get; }

    internal Catalog Catalog { get; }

    internal FlowDocument Document => document;

    /// <summary>The flow with the source it was compiled from.</summary>
    /// <param name="catalog">What it was compiled against.</param>
    /// <exception cref="InvalidOperationException">The source is not a flow.</exception>
    public static TestedFlow Of(LoadedFlow loaded, FlowSource source, Catalog catalog)
    {
        // The resolver of types is wanted before anything was written or read.
        loaded.Json.MakeReadOnly(populateMissingResolver: true);
        var written = FlowReader.Read(source).Document ?? throw new InvalidOperationException($"'{source.Path}' is not a flow");
        return new TestedFlow(loaded, written, catalog);
    }

    /// <summary>The name of the flow in a file; null where it is none, or has no name.</summary>
    public static string? NameOf(FlowSource source) => FlowReader.Read(source).Document?.Name is { Length: > 0 } name ? name : null;

    /// <summary>The operations that the flow calls, as it names them: <c>alias.operation</c>.</summary>
    internal IEnumerable<(string Name, CallSite Site)> Called => Loaded.Flow.Calls
        .DistinctBy(site => (site.Provider, site.Operation))
        .SelectMany(site => document.Uses
            .Where(use => use.Provider.Value == site.Provider)
            .Select(use => ($"{use.Alias.Value}.{site.Operation}", site)));

    internal Operation? FindOperation(CallSite site) => Catalog.FindProvider(site.Provider)?.FindOperation(site.Operation);

    internal Redirect? FindRedirect(CompiledStep.Redirect step) => Catalog.FindProvider(step.Provider)?.FindRedirect(step.Page);

    internal IEnumerable<CompiledStep.Prompt> Prompts => Loaded.Flow.Steps.OfType<CompiledStep.Prompt>();

    internal IEnumerable<PromptAction> Actions => Loaded.Flow.Steps.SelectMany(step => step switch
    {
        CompiledStep.Prompt prompt => prompt.Actions,
        CompiledStep.Poll poll => poll.Actions,
        _ => ImmutableArray<PromptAction>.Empty,
    });
}
