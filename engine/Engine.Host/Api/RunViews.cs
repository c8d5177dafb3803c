using System.Collections.Immutable;
using System.ComponentModel;
using Engine.Flows;
using Engine.Runs;

namespace Engine.Host;

/// <summary>A run in a list.</summary>
internal sealed record RunSummary(
    [property: Description("Names the run; not a secret.")] RunId Id,
    string Flow,
    [property: Description("The flow's title, by language.")] IReadOnlyDictionary<string, string> Title,
    [property: Description("The flow version it began with and goes on with.")] string FlowVersion,
    Purpose Purpose,
    [property: Description("On whose behalf it runs, in the caller's own words.")] string Subject,
    [property: Description("The connection it re-authorizes; after success the one it stored. Null otherwise.")] ConnectionId? Connection,
    RunStatus Status,
    [property: Description("The step of the flow it stands at.")] string Step,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    [property: Description("Grows with each change that can be seen.")] long Revision,
    [property: Description("Eight characters by which support finds the run.")] string SupportCode,
    [property: Description("How it ended; null while it goes on.")] Exit? Exit);

/// <summary>One run with what its person must see now.</summary>
internal sealed record RunView(
    [property: Description("Names the run; not a secret.")] RunId Id,
    string Flow,
    [property: Description("The flow's title, by language.")] IReadOnlyDictionary<string, string> Title,
    [property: Description("The flow version it began with and goes on with.")] string FlowVersion,
    Purpose Purpose,
    [property: Description("On whose behalf it runs, in the caller's own words.")] string Subject,
    [property: Description("The connection it re-authorizes; after success the one it stored. Null otherwise.")] ConnectionId? Connection,
    RunStatus Status,
    [property: Description("The step of the flow it stands at.")] string Step,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    [property: Description("Grows with each change that can be seen.")] long Revision,
    [property: Description("Eight characters by which support finds the run.")] string SupportCode,
    [property: Description("How it ended; null while it goes on.")] Exit? Exit,
    [property: Description("What people know the connected account by; null where it is not known.")] string? Account,
    [property: Description("What the person must see or do now; null for nothing. May hold what only this person may see.")] PromptView? Prompt,
    [property: Description("The prompt's QR code as an SVG picture; null where none is shown or its life is over.")] string? QrSvg,
    [property: Description("Where the sandbox plays the person's phone; null for real providers.")] SandboxView? Sandbox,
    [property: Description("What an operator says about a provider of the run; null while all is well.")] IncidentView? Incident,
    [property: Description("Why the run stands still in this engine, by language; null where it goes on, and once it has ended.")]
    IReadOnlyDictionary<string, string>? OutOfReach,
    [property: Description("The engine's clock at this answer: count down against it, not against the browser's.")] DateTimeOffset ServerTime);

/// <summary>The sandbox behind a run.</summary>
internal sealed record SandboxView(
    [property: Description("The course of events that was chosen.")] string Scenario,
    [property: Description("The simulated phone.")] string PhoneUrl);

internal sealed record RunList(ImmutableArray<RunSummary> Runs);
