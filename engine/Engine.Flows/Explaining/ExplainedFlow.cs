using System.Collections.Immutable;

namespace Engine.Flows;

/// <summary>What a flow does, how it may end, what it needs and what it costs at the most; all words in English.</summary>
/// <param name="For">Its purposes.</param>
/// <param name="BegunBy">The provider's hook that begins it; null where a person or the API does.</param>
/// <param name="Given">The inputs, each in one line.</param>
/// <param name="Does">The steps, a line each, indented by two spaces for each level.</param>
/// <param name="Ends">The codes it ends with by itself, success, cancellation and expiry included.</param>
/// <param name="OtherFailures">The codes that any call may bring besides.</param>
public sealed record ExplainedFlow(
    string Flow,
    string Title,
    ImmutableArray<string> For,
    string? BegunBy,
    ImmutableArray<string> Given,
    ImmutableArray<string> Does,
    ImmutableArray<ExplainedEnd> Ends,
    ImmutableArray<string> OtherFailures,
    ImmutableArray<ExplainedProvider> Needs,
    ExplainedBounds AtMost);

/// <summary>A way to end.</summary>
/// <param name="Text">What it means; null where nothing is said.</param>
public sealed record ExplainedEnd(string Code, string? Text);

/// <summary>A provider with the operations that the flow calls.</summary>
public sealed record ExplainedProvider(string Provider, ImmutableArray<ExplainedOperation> Operations);

/// <summary>An operation and what calling it does at the provider.</summary>
public sealed record ExplainedOperation(string Name, string Effect);

/// <summary>The worst case.</summary>
/// <param name="StepsSeconds">How long the steps by themselves may take.</param>
/// <param name="LimitSeconds">When the run is ended whatever it does.</param>
/// <param name="TakingBack">Calls that take back what was created, by operation.</param>
public sealed record ExplainedBounds(
    long StepsSeconds, long LimitSeconds, long Prompts, ImmutableSortedDictionary<string, long> Calls, ImmutableSortedDictionary<string, long> TakingBack);
