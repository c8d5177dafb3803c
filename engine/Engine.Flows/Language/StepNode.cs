using System.Collections.Immutable;

namespace Engine.Flows;

/// <summary>Steps that run one after the other.</summary>
/// <param name="Place">Of the whole block, or of the key it belongs to where it is empty.</param>
internal sealed record Block(Place Place, ImmutableArray<StepNode> Steps);

/// <summary>A step as written.</summary>
/// <param name="Verb">The key that names the verb.</param>
internal abstract record StepNode(Scalar Verb)
{
    /// <summary>Whether no part of it was refused; what seems to be missing otherwise may only repeat that.</summary>
    public bool IsWhole { get; init; } = true;

    /// <summary>A step that findings were given for and that could not be read.</summary>
    /// <param name="Names">What it would have set; saying that these are unknown or not set would only repeat the
    /// finding.</param>
    public sealed record Broken(Scalar Verb, ImmutableArray<string> Names) : StepNode(Verb);

    public sealed record Call(
        Scalar Verb, CallNode Operation, Scalar? As, RetryNode? Retry, DurationNode? Timeout, Block? OnTimeout,
        ImmutableArray<HandlerNode> Catch, CallNode? Confirm, UndoNode? Undo, ImmutableArray<NamedValue> Leftover) : StepNode(Verb);

    /// <param name="From">The value that takes the place of the first call; null: the first round calls.</param>
    /// <param name="IsFirstAfter">Whether it waits before the first call.</param>
    /// <param name="Deadline">A duration or a moment.</param>
    /// <param name="WakeOn">The hook that brings the next round at once; null for none.</param>
    public sealed record Poll(
        Scalar Verb, CallNode Operation, Scalar? As, ValueNode.Expression? From, bool IsFirstAfter, DurationNode Every,
        ValueNode.Expression Until, DurationNode Timeout, ValueNode.Expression? Deadline, Block? OnTimeout,
        ImmutableArray<HandlerNode> Catch, ShowNode? Show, ImmutableArray<ActionNode> Actions, Scalar? WakeOn) : StepNode(Verb);

    public sealed record Prompt(
        Scalar Verb, ImmutableArray<FieldNode> Fields, TextNode? Text, TextNode? Button, Scalar? As, SubmitNode? Submit,
        ValueNode.Expression? AgainWhen, ImmutableArray<HandlerNode> AgainOn, ImmutableArray<HandlerNode> Catch, TextNode? AgainText,
        CountNode? Max, Block? OnGiveUp, DurationNode? Timeout, Block? OnTimeout, ShowNode? Show,
        ImmutableArray<ActionNode> Actions) : StepNode(Verb);

    /// <param name="Page">The redirect and its arguments.</param>
    public sealed record Redirect(
        Scalar Verb, CallNode Page, Scalar? As, TextNode? Text, DurationNode Timeout, Block? OnTimeout, ImmutableArray<HandlerNode> Catch,
        bool IsPopup) : StepNode(Verb);

    /// <param name="Hook">One of the flow's hooks.</param>
    public sealed record Await(Scalar Verb, Scalar Hook, Scalar? As, DurationNode Timeout, Block? OnTimeout) : StepNode(Verb);

    /// <param name="ElseKey">The key <c>else</c>, for findings about it; null exactly where <paramref name="Else"/>
    /// is.</param>
    public sealed record Branch(
        Scalar Verb, ValueNode.Expression Subject, ImmutableArray<CaseNode> Cases, Scalar? ElseKey, Block? Else) : StepNode(Verb);

    public sealed record If(Scalar Verb, ValueNode.Expression Condition, Block Then, Block? Else) : StepNode(Verb);

    /// <param name="Else">Null: the run fails with provider_changed.</param>
    public sealed record Require(Scalar Verb, ValueNode.Expression Condition, Block? Else) : StepNode(Verb);

    /// <summary>Runs its body at least once; the condition is read after it.</summary>
    /// <param name="IsUntil">Whether the condition ends the loop (<c>until</c>) rather than goes on
    /// (<c>while</c>).</param>
    public sealed record Repeat(
        Scalar Verb, Block Body, ValueNode.Expression Condition, bool IsUntil, CountNode Max, Block OnGiveUp) : StepNode(Verb);

    /// <param name="Values">Each value is an expression.</param>
    public sealed record Set(Scalar Verb, ImmutableArray<NamedValue> Values) : StepNode(Verb);

    public sealed record Wait(Scalar Verb, DurationNode For) : StepNode(Verb);

    /// <param name="OnOtherAccount">Reject where the flow does not re-authorize and says nothing.</param>
    /// <param name="Provider">The alias of the provider whose connection it is; null where the flow does not say.</param>
    public sealed record Connect(
        Scalar Verb, IdentityNode Identity, bool IsSwappedByProvider, OnOtherAccount OnOtherAccount, OnDuplicate OnDuplicate,
        ImmutableArray<NamedValue> Params, ImmutableArray<NamedValue> Credentials, Scalar? Provider, bool IsClaimRequired) : StepNode(Verb)
    {
        /// <summary>The cause for which the provider does not let the connection work yet; null where it does.</summary>
        public Scalar? Suspended { get; init; }
    }

    public sealed record Fail(Scalar Verb, Scalar Code) : StepNode(Verb);

    public sealed record Done(Scalar Verb) : StepNode(Verb);
}

/// <summary>Steps for failures: <c>code: steps</c> or <c>code or code: steps</c>.</summary>
internal sealed record HandlerNode(ImmutableArray<Word> Codes, Block Steps);

/// <summary>Steps for values: <c>name: steps</c> or <c>name or name: steps</c>.</summary>
internal sealed record CaseNode(ImmutableArray<Word> Names, Block Steps);

/// <summary>How often a call is tried; null members take the default of <see cref="Retry"/>.</summary>
/// <param name="Key">The key <c>retry</c>.</param>
internal sealed record RetryNode(Scalar Key, CountNode? Max, DurationNode? Every);

/// <summary>The call made with each answer of a prompt.</summary>
internal sealed record SubmitNode(CallNode Operation, Scalar? As, RetryNode? Retry, CallNode? Confirm, UndoNode? Undo);

/// <summary>How a step is taken back.</summary>
internal abstract record UndoNode
{
    public sealed record Call(CallNode Operation) : UndoNode;

    public sealed record None(Scalar Because) : UndoNode;
}

/// <summary>What a waiting step shows.</summary>
/// <param name="Key">The key <c>show</c>.</param>
internal sealed record ShowNode(
    Scalar Key, ValueNode? Qr, ValueNode? Image, ValueNode? Code, ValueNode? Link, ValueNode? Frame, TextNode? Text,
    ValueNode.Expression? ExpiresAt, DurationNode? Life, ValueNode.Expression? RotationsLeft, ImmutableArray<FrameSaysNode> FrameSays);

/// <summary>A message of the page in the frame, and what to say when it comes.</summary>
/// <param name="When">The members by which it is known.</param>
internal sealed record FrameSaysNode(Scalar Name, ImmutableArray<KeyValuePair<Scalar, Scalar>> When, TextNode Text);

/// <summary>Something else a person may choose.</summary>
/// <param name="After">Null: at once.</param>
/// <param name="Max">Null: the default of <see cref="PromptAction"/>.</param>
internal sealed record ActionNode(Scalar Name, TextNode Label, DurationNode? After, CountNode? Max, ActionOutcome Outcome);

/// <summary>What choosing an action does.</summary>
internal abstract record ActionOutcome
{
    /// <summary>Runs steps; then the waiting step goes on.</summary>
    public sealed record Do(Block Steps) : ActionOutcome;

    /// <summary>Goes on after the waiting step, whose result is not set.</summary>
    public sealed record Leave : ActionOutcome;

    /// <summary>Undoes and begins the flow again.</summary>
    public sealed record Restart : ActionOutcome;
}

/// <summary>Which account a connection belongs to.</summary>
/// <param name="Label">What people know it by; null for none.</param>
internal abstract record IdentityNode(ValueNode? Label)
{
    public sealed record Key(ValueNode Value, ValueNode? Label) : IdentityNode(Label);

    /// <summary>The provider does not tell.</summary>
    public sealed record None(Scalar Because, ValueNode? Label) : IdentityNode(Label);
}
