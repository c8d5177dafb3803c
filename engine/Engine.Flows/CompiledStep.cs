using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Engine.Flows;

/// <summary>
/// One instruction of a compiled flow. Structure is already flattened: every step names where to go on by index. Indexes called
/// …Condition, …Value refer to <see cref="FlowScope"/>; slots to <see cref="CompiledFlow.Slots"/>.
/// </summary>
/// <param name="Name">For people and journals: the result's name, or the verb with its line, such as <c>call_31</c>. Unique.</param>
/// <param name="Line">The line in the flow file.</param>
[JsonDerivedType(typeof(CompiledStep.Call), "call")]
[JsonDerivedType(typeof(CompiledStep.Poll), "poll")]
[JsonDerivedType(typeof(CompiledStep.Prompt), "prompt")]
[JsonDerivedType(typeof(CompiledStep.Redirect), "redirect")]
[JsonDerivedType(typeof(CompiledStep.Await), "await")]
[JsonDerivedType(typeof(CompiledStep.Branch), "branch")]
[JsonDerivedType(typeof(CompiledStep.If), "if")]
[JsonDerivedType(typeof(CompiledStep.Set), "set")]
[JsonDerivedType(typeof(CompiledStep.Wait), "wait")]
[JsonDerivedType(typeof(CompiledStep.StartOfRepeat), "start_of_repeat")]
[JsonDerivedType(typeof(CompiledStep.EndOfRepeat), "end_of_repeat")]
[JsonDerivedType(typeof(CompiledStep.Resume), "resume")]
[JsonDerivedType(typeof(CompiledStep.Restart), "restart")]
[JsonDerivedType(typeof(CompiledStep.Connect), "connect")]
[JsonDerivedType(typeof(CompiledStep.Fail), "fail")]
[JsonDerivedType(typeof(CompiledStep.Done), "done")]
public abstract record CompiledStep(string Name, int Line)
{
    /// <summary>Calls an operation and goes on with its answer in <paramref name="As"/>.</summary>
    /// <param name="As">The slot of the answer; null where it is not kept.</param>
    /// <param name="Timeout">The time for the whole step, retries included; null: each attempt's own deadline only.</param>
    /// <param name="OnTimeout">Where to go then; null: the run fails with provider_timeout.</param>
    /// <param name="Confirm">For a Once call: the call that finds out whether it happened; its answer is this call's answer. Null: in_doubt.</param>
    public sealed record Call(
        string Name, int Line, int Site, int? As, Retry Retry, TimeSpan? Timeout, int? OnTimeout, ImmutableArray<Handler> Catch,
        int? Confirm, Undo? Undo, ImmutableArray<LeftoverPart> Leftover, int Next) : CompiledStep(Name, Line);

    /// <summary>Calls an operation again and again until a condition holds, showing something meanwhile.</summary>
    /// <param name="FromValue">The answer that takes the place of the first call; null: the first round calls.</param>
    /// <param name="IsFirstAfter">Whether it waits <paramref name="Every"/> before the first call.</param>
    /// <param name="DeadlineValue">A duration or moment that may end it sooner than <paramref name="Timeout"/>; null for none.</param>
    public sealed record Poll(
        string Name, int Line, int Site, int? As, int? FromValue, bool IsFirstAfter, TimeSpan Every, int UntilCondition,
        TimeSpan Timeout, int? DeadlineValue, int? OnTimeout, ImmutableArray<Handler> Catch, Show? Show,
        ImmutableArray<PromptAction> Actions, int Next) : CompiledStep(Name, Line)
    {
        /// <summary>The flow's hook whose call brings a further round at once; null for none.</summary>
        public string? WakeOn { get; init; }
    }

    /// <summary>Sends the person to a page of the provider and waits for the return.</summary>
    /// <param name="Page">The provider's name for the redirect.</param>
    /// <param name="OutputType">The record that the person comes back with, with its assembly.</param>
    /// <param name="Arguments">The value that gives the redirect's input record.</param>
    /// <param name="OnTimeout">Where to go then; null: the run ends as expired.</param>
    /// <param name="IsPopup">Whether a window of its own is offered beside the full page.</param>
    public sealed record Redirect(
        string Name, int Line, string Provider, string Page, string OutputType, int Arguments, int? As, TextTemplate? Text, TimeSpan Timeout,
        int? OnTimeout, ImmutableArray<Handler> Catch, bool IsPopup, int Next) : CompiledStep(Name, Line);

    /// <summary>Waits for a call of the provider; one that came before is kept until then.</summary>
    /// <param name="Hook">The flow's name for it.</param>
    /// <param name="OnTimeout">Where to go then; null: the run fails with provider_timeout.</param>
    public sealed record Await(
        string Name, int Line, string Hook, int? As, TimeSpan Timeout, int? OnTimeout, int Next) : CompiledStep(Name, Line);

    /// <summary>Asks the person and waits; with a submit call, asks again until it is accepted.</summary>
    /// <param name="As">The slot of the form; null where it is not kept.</param>
    /// <param name="FormType">The generated record's full name; its properties are the fields, and <c>Left</c>, the tries left.</param>
    /// <param name="Submit">The call made with each answer; null for none. Its answer goes to <paramref name="SubmitAs"/>.</param>
    /// <param name="SubmitUndo">What takes back each call that gave an answer, accepted or not; null for nothing.</param>
    /// <param name="AgainCondition">Read after each answer of the call; true asks again. Null: accepted.</param>
    /// <param name="AgainOn">Failures that run some steps and then ask again.</param>
    /// <param name="AgainText">Shown above the form when it asks again; null: the failure's own text.</param>
    /// <param name="Max">How many answers may be refused. Default: 5.</param>
    /// <param name="Timeout">Null: the run's own limit bounds it.</param>
    public sealed record Prompt(
        string Name, int Line, ImmutableArray<Field> Fields, TextTemplate? Text, LocalText? Button, int? As, string FormType,
        int? Submit, int? SubmitAs, Retry SubmitRetry, int? SubmitConfirm, Undo? SubmitUndo, int? AgainCondition, ImmutableArray<Handler> AgainOn,
        ImmutableArray<Handler> Catch, TextTemplate? AgainText, int Max, int? OnGiveUp, TimeSpan? Timeout, int? OnTimeout,
        Show? Show, ImmutableArray<PromptAction> Actions, int Next) : CompiledStep(Name, Line)
    {
        /// <summary>Whether no later step reads the form, and it holds a secret: it is forgotten once the answer is accepted.</summary>
        public bool WipesForm { get; init; }
    }

    /// <summary>Goes to the case that fits; <paramref name="Cases"/> holds one target for each number that <see cref="FlowScope.Choice"/> gives.</summary>
    /// <param name="Else">Where to go when none fits; null: the run fails with provider_changed.</param>
    public sealed record Branch(string Name, int Line, int Choice, ImmutableArray<int> Cases, int? Else) : CompiledStep(Name, Line);

    /// <summary>Goes one way or the other.</summary>
    public sealed record If(string Name, int Line, int Condition, int Then, int Else) : CompiledStep(Name, Line);

    /// <summary>Assigns values to slots, in order.</summary>
    public sealed record Set(string Name, int Line, ImmutableArray<Assignment> Assignments, int Next) : CompiledStep(Name, Line);

    /// <summary>Waits.</summary>
    public sealed record Wait(string Name, int Line, TimeSpan For, int Next) : CompiledStep(Name, Line);

    /// <summary>The beginning of a repeat: forgets the rounds counted for <paramref name="Repeat"/>, and of the waiting steps within.</summary>
    /// <param name="Repeat">The index of the matching <see cref="EndOfRepeat"/>.</param>
    public sealed record StartOfRepeat(string Name, int Line, int Repeat, int Next) : CompiledStep(Name, Line);

    /// <summary>The end of a repeat's body: counts a round, then goes back, on, or gives up.</summary>
    /// <param name="AgainCondition">True begins another round (an <c>until</c> is negated by the compiler).</param>
    /// <param name="Max">Rounds at the most.</param>
    /// <param name="OnGiveUp">Where to go when a further round is wanted and none is left.</param>
    public sealed record EndOfRepeat(
        string Name, int Line, int AgainCondition, int Max, int Body, int OnGiveUp, int Next) : CompiledStep(Name, Line);

    /// <summary>
    /// Goes back into a waiting step whose action or again_on steps just ran. The step keeps its counters and deadline; a prompt
    /// gets a new id, a poll begins a new round at once.
    /// </summary>
    public sealed record Resume(string Name, int Line, int Step) : CompiledStep(Name, Line);

    /// <summary>Undoes what was done and begins the flow again, at most <see cref="Limits.Restarts"/> times.</summary>
    public sealed record Restart(string Name, int Line) : CompiledStep(Name, Line);

    /// <summary>Stores the connection, or brings the stored one up to date. Undo is disarmed.</summary>
    /// <param name="ParamsValue">The value that gives the generated record of parameters; null for none.</param>
    /// <param name="CredentialsValue">The value that gives the provider's credentials record; null for none.</param>
    public sealed record Connect(
        string Name, int Line, Identity Identity, bool IsSwappedByProvider, OnOtherAccount OnOtherAccount, OnDuplicate OnDuplicate,
        int? ParamsValue, int? CredentialsValue, int Next) : CompiledStep(Name, Line)
    {
        /// <summary>The provider whose connection it is; null: the one that is called first.</summary>
        public string? Provider { get; init; }

        /// <summary>Whether a new connection is nobody's until a caller with an API key claims it.</summary>
        public bool IsClaimRequired { get; init; }

        /// <summary>The cause for which the connection is stored as suspended; null where it works.</summary>
        public string? Suspended { get; init; }
    }

    /// <summary>Ends the run as failed with a code; the code <c>expired</c> ends it as expired.</summary>
    public sealed record Fail(string Name, int Line, string Code) : CompiledStep(Name, Line);

    /// <summary>Ends the run as succeeded.</summary>
    public sealed record Done(string Name, int Line) : CompiledStep(Name, Line);
}

/// <summary>Steps for a failure: the failure is in <see cref="RootSlots.Failure"/> while they run.</summary>
public sealed record Handler(string Code, int Target)
{
    /// <summary>What the operation tells the end user about the failure; null where it declares none. A prompt that asks again says it.</summary>
    public LocalText? Text { get; init; }
}

/// <summary>How often a failing call is tried. A rate limit is waited out and spends no attempt.</summary>
/// <param name="Max">Attempts in all, the first included. Default: 3 for Safe and Idempotent calls, 1 for Once.</param>
/// <param name="Every">The pause before the second attempt; it doubles from there, up to a minute. Default: 1 s.</param>
public sealed record Retry(int Max, TimeSpan Every);

/// <summary>The call that takes back a step; its arguments are evaluated when the step's answer is saved.</summary>
public sealed record Undo(int Site);

/// <summary>A part of what the step leaves at the provider, kept for the subject's next run when this one does not succeed.</summary>
public sealed record LeftoverPart(string Name, int Value);

/// <summary>One assignment of a <c>set</c>.</summary>
public sealed record Assignment(int Slot, int Value);

/// <summary>What a waiting step shows. Each is the number of a value; null is left out, and so is a value that turns out null.</summary>
/// <param name="Qr">Text to be drawn as a QR code.</param>
/// <param name="ExpiresAt">The end of the shown value's life, a moment.</param>
/// <param name="Life">The literal life of one shown value, counted from its change.</param>
public sealed record Show(
    int? Qr, int? Image, int? Code, int? Link, int? Frame, TextTemplate? Text, int? ExpiresAt, TimeSpan? Life, int? RotationsLeft)
{
    /// <summary>What messages of the page in the frame mean for the person. Default: nothing.</summary>
    public ImmutableArray<FrameSays> FrameSays { get; init; } = [];
}

/// <summary>
/// A message of the page in the frame, and what the person reads when it comes. It changes nothing else: such messages can be forged and
/// go astray, so only the provider's server ends a step.
/// </summary>
/// <param name="Name">As the flow names it.</param>
/// <param name="When">The members by which the message is known, all of which it must have with just these texts.</param>
public sealed record FrameSays(string Name, ImmutableDictionary<string, string> When, LocalText Text);

/// <summary>Something else a person may choose while a step waits. <c>cancel</c> always exists and is never declared.</summary>
/// <param name="After">How long after the prompt appeared (or after it was last taken) it may be taken. Default: at once.</param>
/// <param name="Max">How often. Default: 3.</param>
/// <param name="Target">The steps it runs; they end in a <see cref="CompiledStep.Resume"/>, a <see cref="CompiledStep.Restart"/> or go on elsewhere.</param>
public sealed record PromptAction(string Name, LocalText Label, TimeSpan After, int Max, int Target);

/// <summary>Which account at the provider a connection belongs to.</summary>
/// <param name="KeyValue">The value that identifies it; null where the provider does not tell.</param>
/// <param name="LabelValue">What people know it by; null for none.</param>
/// <param name="NoneBecause">Why there is no key; null where there is one.</param>
public sealed record Identity(int? KeyValue, int? LabelValue, string? NoneBecause);

/// <summary>What happens when re-authorization comes back with another account.</summary>
public enum OnOtherAccount
{
    Reject,
    Replace,
    New,
}

/// <summary>What happens when the account is connected already.</summary>
public enum OnDuplicate
{
    Reuse,
    Reject,
    Allow,
}
