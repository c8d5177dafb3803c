using System.Collections.Immutable;

namespace Engine.Flows;

public static partial class FindingCodes
{
    /// <summary>The tests of flows; their YAML and their keys have the codes that flows have.</summary>
    public static ImmutableArray<FindingCode> FlowTests =>
    [
        NotAFlowTest, TestedFlowMissing, OperationNotCalled, UnknownAnswerMember, MissingAnswerMember, AnswerMisfit, UnknownFailure,
        UnknownField, ActKeysDoNotFit, AnswerAfterLast, TestedFlowHasFindings,
    ];

    public static readonly FindingCode NotAFlowTest = new("TEST001", "the file is not a map of a flow test's keys");
    public static readonly FindingCode TestedFlowMissing = new("TEST002", "no flow of that name stands beside the test file");
    public static readonly FindingCode OperationNotCalled = new("TEST003", "an operation that does not exist, or that the flow never calls");
    public static readonly FindingCode UnknownAnswerMember = new("TEST004", "a member that the value does not have");
    public static readonly FindingCode MissingAnswerMember = new("TEST005", "a value lacks a member that is never missing");
    public static readonly FindingCode AnswerMisfit = new("TEST006", "a value of another type than is wanted");
    public static readonly FindingCode UnknownFailure = new("TEST007", "a failure that the operation, or the flow, does not have");
    public static readonly FindingCode UnknownField = new("TEST008", "a field, an action or a language that the flow does not have");
    public static readonly FindingCode ActKeysDoNotFit = new("TEST009", "keys of a person's act or of an answer that exclude or need each other");
    public static readonly FindingCode AnswerAfterLast = new("TEST010", "an answer that can never be given");
    public static readonly FindingCode TestedFlowHasFindings = new("TEST011", "the flow that is tested has errors of its own");
}
