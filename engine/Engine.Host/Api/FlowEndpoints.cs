using System.Collections.Immutable;
using System.ComponentModel;
using Engine.Flows;
using Engine.Runs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Engine.Host;

/// <summary>Shows which flows there are.</summary>
internal static class FlowEndpoints
{
    public static void MapFlows(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/flows", ListAsync).WithTags("Flows").WithName("ListFlows").WithSummary("Lists the flows that runs can be started of")
            .WithDescription("A flow whose file has findings is offered in its last good version, or not at all where there is none; the findings are here.").Refuses(403);

    private static async Task<Results<Ok<FlowList>, ProblemHttpResult>> ListAsync(HttpContext context, EmbeddedEngine engine, CancellationToken cancellation)
    {
        if (!context.GetCaller().CanStart) return Problems.Forbidden();
        await engine.Incidents.ListAsync(cancellation);
        return TypedResults.Ok(new FlowList([.. engine.Flows.Offered.Select(flow => ViewOf(flow, engine))], FindingsOf(engine, null), engine.Sandbox is not null));
    }

    private static ImmutableArray<FindingView> FindingsOf(EmbeddedEngine engine, string? flow) =>
        [.. engine.Flows.Findings.Where(found => found.Flow == flow).Select(found => new FindingView(
            found.Finding.Code, found.Finding.Severity, Display.Harmless(found.Finding.Message), found.File,
            found.Finding.Place.Line, found.Finding.Place.Column, found.Finding.Place.EndLine, found.Finding.Place.EndColumn))];

    private static FlowView ViewOf(CompiledFlow flow, EmbeddedEngine engine) => new(
        flow.Name, flow.Title.ByLanguage, flow.Version, flow.Purposes, flow.Languages,
        [.. flow.Inputs.Select(field => new InputView(
            field.Name, field.Type, field.IsRequired, field.Label.ByLanguage, field.Hint.ByLanguage, field.Pattern,
            field.Type == FieldType.Secret ? null : field.Default, field.MaxLength,
            [.. field.Options.Select(option => new ChoiceView(option.Name, option.Label.ByLanguage))]))],
        [.. flow.Fails.Select(end => end.Code)],
        [.. engine.ScenariosOf(flow).Select(scenario => new ChoiceView(scenario.Name, scenario.Title))],
        FindingsOf(engine, flow.Name),
        IncidentView.Of(engine.Incidents.WorstOf(flow)), flow.StartsOn is { } begin ? $"{begin.Provider}.{begin.Hook}" : null);
}

/// <param name="Findings">Of the files that give no flow.</param>
/// <param name="IsSandbox">Whether runs go to simulated providers.</param>
internal sealed record FlowList(
    ImmutableArray<FlowView> Flows,
    [property: Description("What is wrong with the files that no flow is offered from.")] ImmutableArray<FindingView> Findings,
    [property: Description("Whether runs go to simulated providers.")] bool IsSandbox);

internal sealed record FlowView(
    string Name,
    [property: Description("By language.")] IReadOnlyDictionary<string, string> Title,
    [property: Description("Changes with the file and with all that it was compiled against.")] string Version,
    ImmutableArray<Purpose> Purposes,
    [property: Description("The languages that every text of the flow has.")] ImmutableArray<string> Languages,
    ImmutableArray<InputView> Inputs,
    [property: Description("The failure codes that a run of it may end with.")] ImmutableArray<string> Fails,
    [property: Description("The courses of events that the sandbox can play, the default first; empty for real providers.")]
    ImmutableArray<ChoiceView> Scenarios,
    [property: Description("What is wrong with the flow's file as it is now; with an error among them, the last good version is offered.")]
    ImmutableArray<FindingView> Findings,
    [property: Description("What an operator says about a provider of the flow; null while all is well.")] IncidentView? Incident,
    [property: Description("The provider's call that begins it, and nobody else can; null where runs are started.")] string? BegunBy);

/// <summary>A provider in trouble.</summary>
internal sealed record IncidentView(
    string Provider,
    [property: Description("`degraded`: connecting goes on, and may fail. `down`: no run is begun, and open ones wait.")] ProviderTrouble State,
    [property: Description("What the person reads, by language.")] IReadOnlyDictionary<string, string> Text,
    DateTimeOffset Since)
{
    public static IncidentView? Of(Incident? incident) =>
        incident is null ? null : new IncidentView(incident.Provider, incident.Trouble, incident.FullText, incident.Since);
}

internal sealed record FindingView(
    [property: Description("Names the rule; findings.md explains it.")] string Code,
    Severity Severity,
    string Message,
    [property: Description("The file's name, without its folder.")] string File,
    [property: Description("Counted from 1.")] int Line,
    int Column,
    int EndLine,
    [property: Description("One past the last character.")] int EndColumn);

internal sealed record InputView(
    string Name,
    FieldType Type,
    bool IsRequired,
    IReadOnlyDictionary<string, string> Label,
    IReadOnlyDictionary<string, string> Hint,
    [property: Description("A regular expression for the whole value; null for none.")] string? Pattern,
    [property: Description("The value when none is given; null for none.")] string? Default,
    int MaxLength,
    ImmutableArray<ChoiceView> Options);

internal sealed record ChoiceView(string Name, IReadOnlyDictionary<string, string> Title);
