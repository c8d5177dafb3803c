using System.Collections.Immutable;

namespace Engine.Flows;

public static partial class FindingCodes
{
    /// <summary>All kinds of mistakes.</summary>
    public static ImmutableArray<FindingCode> All => [.. Yaml, .. Grammar, .. Expressions, .. Types, .. Proofs];

    /// <summary>A single expression, by itself.</summary>
    public static ImmutableArray<FindingCode> Expressions =>
    [
        ExpressionSyntax, ExpressionTooLong, ExpressionTooDeep, ExpressionNotAllowed, ExpressionMissing, HoleNotClosed,
    ];

    /// <summary>Names and types.</summary>
    public static ImmutableArray<FindingCode> Types =>
    [
        UnknownVariable, UnknownMember, UnknownFunction, UnknownProvider, UnknownOperation, UnknownArgument, MissingArgument,
        ArgumentTwice, UnknownMemberOfEnum, UnknownVariableType, TypeMismatch, TypeOfItself, OneNameTwoTypes, SecretIntoText,
        SecretMisplaced, UnreadableType, UnknownCredential, MissingCredential, UnknownHook, TextLikeValue,
    ];

    /// <summary>What is proved about every path through a flow.</summary>
    public static ImmutableArray<FindingCode> Proofs =>
    [
        MayBeUnset, MayBeNull, ConstantCondition, CaseMissing, CaseNeverHappens, ElseSwallows, UnknownEndsPoll, OnlyUnknownSucceeds,
        AcceptedToFail, FailureNotHandled, InDoubtNotHandled, FailureNotDeclared, EndNotListed, EndNeverUsed, UndoMissing, ConfirmGivesOther,
        Unreachable, ResultNotUsed, NeverUsed, HolesDiffer, TimesDoNotFit, NoTimeOfItsOwn, ReauthMakesAnother, ReauthNotConnected,
        ReauthIgnoresConnection, ReauthNotSaid, HookNotUsed, HookAddressNotGiven, NobodyIsThere, NotChecked,
    ];

    public static readonly FindingCode ExpressionSyntax = new("FLOW201", "not a complete expression");
    public static readonly FindingCode ExpressionTooLong = new("FLOW202", "an expression longer than 2,000 characters or 400 words and signs");
    public static readonly FindingCode ExpressionTooDeep = new("FLOW203", "brackets nested deeper than 32, or functions deeper than 2");
    public static readonly FindingCode ExpressionNotAllowed = new("FLOW204", "something that expressions may not do");
    public static readonly FindingCode ExpressionMissing = new("FLOW205", "an empty expression");
    public static readonly FindingCode HoleNotClosed = new("FLOW206", "a hole {{ without its }}");

    public static readonly FindingCode UnknownVariable = new("FLOW210", "a name that means nothing here");
    public static readonly FindingCode UnknownMember = new("FLOW211", "a member that the value does not have");
    public static readonly FindingCode UnknownFunction = new("FLOW212", "a function that does not exist");
    public static readonly FindingCode UnknownProvider = new("FLOW213", "a provider that is not loaded, or not listed under uses");
    public static readonly FindingCode UnknownOperation = new("FLOW214", "an operation that the provider does not have");
    public static readonly FindingCode UnknownArgument = new("FLOW215", "an argument that the operation does not take");
    public static readonly FindingCode MissingArgument = new("FLOW216", "a required argument is missing");
    public static readonly FindingCode ArgumentTwice = new("FLOW217", "the same argument twice");
    public static readonly FindingCode UnknownMemberOfEnum = new("FLOW218", "not one of the possible values");
    public static readonly FindingCode UnknownVariableType = new("FLOW219", "a variable of a type that does not exist");
    public static readonly FindingCode TypeMismatch = new("FLOW220", "a value of another type than is wanted");
    public static readonly FindingCode TypeOfItself = new("FLOW221", "a variable whose type depends on itself");
    public static readonly FindingCode OneNameTwoTypes = new("FLOW222", "one name for results of two types");
    public static readonly FindingCode SecretIntoText = new("FLOW223", "a secret in a text");
    public static readonly FindingCode SecretMisplaced = new("FLOW224", "a secret where it would be compared, stored or shown");
    public static readonly FindingCode UnreadableType = new("FLOW225", "a value of a type that flows cannot use");
    public static readonly FindingCode UnknownCredential = new("FLOW226", "a credential that the provider's connections do not have");
    public static readonly FindingCode MissingCredential = new("FLOW227", "a connection without the credentials that its provider needs");
    public static readonly FindingCode UnknownHook = new("FLOW228", "a hook that the provider does not have, or that the flow does not list");
    public static readonly FindingCode TextLikeValue = new("FLOW229", "a text that is written like a value");

    public static readonly FindingCode MayBeUnset = new("FLOW230", "a result is read that is not set on every path");
    public static readonly FindingCode MayBeNull = new("FLOW231", "a value is used that may be null");
    public static readonly FindingCode ConstantCondition = new("FLOW232", "a condition that is always true or always false");
    public static readonly FindingCode CaseMissing = new("FLOW233", "a branch without a case for something that may come");
    public static readonly FindingCode CaseNeverHappens = new("FLOW234", "a case that cannot happen");
    public static readonly FindingCode ElseSwallows = new("FLOW235", "an else that also takes values which have names");
    public static readonly FindingCode UnknownEndsPoll = new("FLOW236", "an until that an unknown status makes true");
    public static readonly FindingCode OnlyUnknownSucceeds = new("FLOW237", "a flow that only an unknown status leads to its end");
    public static readonly FindingCode AcceptedToFail = new("FLOW238", "an answer is accepted with which the run can only fail");
    public static readonly FindingCode FailureNotHandled = new("FLOW240", "a failure of an operation is neither caught nor listed under fails");
    public static readonly FindingCode InDoubtNotHandled = new("FLOW241", "a call that may end in doubt, and in_doubt is neither caught nor listed");
    public static readonly FindingCode FailureNotDeclared = new("FLOW242", "a failure is caught that the operation does not have");
    public static readonly FindingCode EndNotListed = new("FLOW243", "a flow ends with a code that fails does not list");
    public static readonly FindingCode EndNeverUsed = new("FLOW244", "fails lists a code that the flow never ends with");
    public static readonly FindingCode UndoMissing = new("FLOW245", "something is created, and undo does not say how it is taken back");
    public static readonly FindingCode ConfirmGivesOther = new("FLOW246", "a confirm that cannot take the place of the call's answer");
    public static readonly FindingCode Unreachable = new("FLOW250", "steps that no run can reach");
    public static readonly FindingCode ResultNotUsed = new("FLOW251", "a result that nothing reads");
    public static readonly FindingCode NeverUsed = new("FLOW252", "an input, a field or a provider that nothing uses");
    public static readonly FindingCode HolesDiffer = new("FLOW253", "a text that says more in one language than in another");
    public static readonly FindingCode TimesDoNotFit = new("FLOW260", "a time longer than the one that bounds it");
    public static readonly FindingCode NoTimeOfItsOwn = new("FLOW261", "a prompt that only the run's own limit ends");
    public static readonly FindingCode ReauthMakesAnother = new("FLOW270", "re-authorization makes a second thing at the provider");
    public static readonly FindingCode ReauthNotConnected = new("FLOW271", "a purpose reauth that never reaches connect");
    public static readonly FindingCode ReauthIgnoresConnection = new("FLOW272", "re-authorization that does not tell the provider which connection is meant");
    public static readonly FindingCode ReauthNotSaid = new("FLOW273", "a flow makes a connection and does not say how it is authorized again");
    public static readonly FindingCode HookNotUsed = new("FLOW280", "a hook is listed that nothing uses");
    public static readonly FindingCode HookAddressNotGiven = new("FLOW281", "a hook is waited for whose address nobody is told");
    public static readonly FindingCode NobodyIsThere = new("FLOW282", "a flow that a hook begins waits for a person");
    public static readonly FindingCode NotChecked = new("FLOW290", "the checker could not finish");
}
