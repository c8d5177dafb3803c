using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Engine.Flows;

/// <summary>One test of a flow: what the provider and the person do, and what must come of it.</summary>
/// <param name="Input">By field name, as typed.</param>
/// <param name="Connection">What is to be re-authorized; null to connect anew.</param>
/// <param name="Leftover">What an earlier run left at the provider, as JSON; null for nothing.</param>
/// <param name="Provider">What the provider says, by operation.</param>
/// <param name="Person">What the person does, in order.</param>
/// <param name="Secrets">Values that stand in the test where the plugin's records or the flow have secrets.</param>
public sealed record FlowTest(
    string Name,
    Place Place,
    Purpose Purpose,
    ImmutableDictionary<string, string> Input,
    StoredConnection? Connection,
    string? Leftover,
    ImmutableArray<ProviderScript> Provider,
    ImmutableArray<PersonAct> Person,
    FlowTestExpectation Expect,
    ImmutableArray<string> Secrets)
{
    /// <summary>What the call says that begins the flow; null where a person begins it.</summary>
    public TypedValue? BeginsWith { get; init; }
}

/// <summary>A connection that exists before the run.</summary>
public sealed record StoredConnection(JsonNode Params, string? Identity, string? Label);

/// <summary>What the provider says when one operation is called.</summary>
/// <param name="IsByTime">Whether the moment of the call chooses the answer; otherwise they are given in order.</param>
/// <param name="IsOptional">Whether answers may be left over: they stand in the file's defaults.</param>
public sealed record ProviderScript(
    Place Place, string Provider, string Operation, bool IsByTime, bool IsOptional, ImmutableArray<ScriptedAnswer> Answers);

/// <summary>One answer of the provider.</summary>
/// <param name="From">Since when it is given, counted from the run's start; only where the moment chooses.</param>
/// <param name="Times">How often it is given; null: without end.</param>
/// <param name="Takes">How long the call lasts.</param>
public sealed record ScriptedAnswer(Place Place, AnswerContent Content, TimeSpan From, int? Times, TimeSpan Takes, CrashPoint? Crash);

/// <summary>What an answer says.</summary>
public abstract record AnswerContent
{
    private AnswerContent() { }

    public sealed record Value(TypedValue Record) : AnswerContent;

    /// <param name="Needs">The argument without which the operation cannot fail so; null for none.</param>
    public sealed record Failed(Sdk.Failure Failure, string? Needs) : AnswerContent;

    /// <summary>No answer comes: the engine's own deadline for the call ends it.</summary>
    public sealed record Silence : AnswerContent;
}

/// <summary>Where the engine dies around the save that follows.</summary>
public enum CrashPoint
{
    /// <summary>Before it: what happened is known to nobody.</summary>
    BeforeSave,

    /// <summary>After it: what was to be done next is not done.</summary>
    AfterSave,
}

/// <summary>Something a person does.</summary>
/// <param name="At">When, counted from the run's start; null: as soon as it is possible.</param>
/// <param name="After">How long after it became possible; only without <paramref name="At"/>.</param>
/// <param name="Step">The step that must be shown; null: any that takes it.</param>
/// <param name="Refused">The fields that are refused at once, each with its code; empty where all is taken.</param>
public sealed record PersonAct(
    Place Place, TimeSpan? At, TimeSpan After, string? Step, PersonMove Move, ImmutableDictionary<string, string> Refused, CrashPoint? Crash);

/// <summary>What a person can do.</summary>
public abstract record PersonMove
{
    private PersonMove() { }

    /// <summary>Fills in the form and sends it.</summary>
    public sealed record Reply(ImmutableDictionary<string, string> Values) : PersonMove;

    /// <summary>Takes one of the prompt's actions.</summary>
    public sealed record Action(string Name) : PersonMove;

    /// <summary>Comes back from the provider's page.</summary>
    /// <param name="Record">What with; null where it failed.</param>
    /// <param name="Failure">What the provider's words mean; null where all is well.</param>
    public sealed record Back(TypedValue? Record, Sdk.Failure? Failure) : PersonMove;

    public sealed record Cancel : PersonMove;

    /// <summary>Not the person: the provider calls one of the run's hooks.</summary>
    /// <param name="Hook">The flow's name for it.</param>
    /// <param name="Key">By which a repeat is known; null: it is none.</param>
    public sealed record Call(string Hook, TypedValue Payload, string? Key) : PersonMove;
}
