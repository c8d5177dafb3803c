using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Engine.Flows;

/// <summary>What must come of a test; a null part is not looked at.</summary>
/// <param name="End">How it ends.</param>
/// <param name="After">When it ends, counted from its start.</param>
/// <param name="Text">What the person reads at the end, by language.</param>
/// <param name="Connection">What is stored at the end.</param>
/// <param name="Leftover">What is kept for the subject's next run, as JSON; a null value: nothing.</param>
/// <param name="Calls">How often operations were called; others are not looked at.</param>
/// <param name="Prompts">What was shown, all of it, in order.</param>
/// <param name="Journal">Kinds of journal entries that come in this order; others may stand between.</param>
/// <param name="NeverShown">Texts that may occur nowhere a person or an operator looks, besides the secrets of the test.</param>
public sealed record FlowTestExpectation(
    Place Place,
    ExpectedEnd? End,
    ExpectedTime? After,
    ExpectedText? Text,
    ExpectedConnection? Connection,
    ExpectedLeftover? Leftover,
    ImmutableArray<ExpectedCalls> Calls,
    ExpectedPrompts? Prompts,
    ImmutableArray<ExpectedWord> Journal,
    ImmutableArray<string> NeverShown);

/// <param name="Status"><c>succeeded</c>, <c>failed</c>, <c>expired</c> or <c>cancelled</c>.</param>
/// <param name="Code">The exit's code.</param>
public sealed record ExpectedEnd(Place Place, string Status, string Code);

/// <summary>A span of time, both ends included.</summary>
public sealed record ExpectedTime(Place Place, TimeSpan Least, TimeSpan Most);

/// <summary>A text by language; languages that are not named are not looked at.</summary>
public sealed record ExpectedText(Place Place, ImmutableDictionary<string, string> ByLanguage);

/// <param name="IsNone">Whether nothing must be stored.</param>
/// <param name="Params">All of them.</param>
public sealed record ExpectedConnection(
    Place Place, bool IsNone, JsonNode? Params, string? Health, string? Cause, string? Identity, string? Label, int? Revision)
{
    /// <summary>The names of all credentials that are stored, never a value; null where it is not looked at.</summary>
    public ImmutableArray<string>? Credentials { get; init; }
}

/// <param name="Json">Null: nothing is left.</param>
public sealed record ExpectedLeftover(Place Place, JsonNode? Json);

/// <param name="Inputs">What each call is made with, in order; members that are not named are not looked at. Null: only counted.</param>
public sealed record ExpectedCalls(Place Place, string Provider, string Operation, int Count, ImmutableArray<ExpectedInput>? Inputs);

/// <param name="Members">By name, as JSON; null where the call must not have it.</param>
/// <param name="Secrets">The names of those that are secret.</param>
public sealed record ExpectedInput(Place Place, JsonObject Members, ImmutableArray<string> Secrets);

public sealed record ExpectedWord(Place Place, string Word);

public sealed record ExpectedPrompts(Place Place, ImmutableArray<ExpectedPrompt> Items);

/// <summary>One thing that was shown; a null part is not looked at.</summary>
/// <param name="Step">The name of the flow's step.</param>
/// <param name="Fields">The names of all fields; empty for none.</param>
/// <param name="Message">What is said above the form; an empty text for nothing.</param>
/// <param name="Code">The code of what is said above the form.</param>
/// <param name="Show">What is shown, by key; an empty text for nothing.</param>
/// <param name="Actions">The names of all actions.</param>
/// <param name="At">When it appears, counted from the run's start.</param>
public sealed record ExpectedPrompt(
    Place Place,
    string? Step,
    ImmutableArray<string>? Fields,
    ExpectedText? Text,
    ExpectedText? Button,
    ExpectedText? Message,
    string? Code,
    ImmutableDictionary<string, string> Show,
    ImmutableArray<string>? Actions,
    int? Left,
    TimeSpan? At);
