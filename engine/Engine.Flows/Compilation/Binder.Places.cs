using Microsoft.CodeAnalysis;

namespace Engine.Flows;

/// <summary>What the single places of a flow want.</summary>
internal sealed partial class Binder
{
    private INamedTypeSymbol String => Library.Special(SpecialType.System_String);

    /// <summary>The first answer of a poll.</summary>
    public Bound From(ValueNode.Expression node, CallNode operation) =>
        OperationTypes.FindOutput(operation, Library) is { } output
            ? Value(
                node, output.WithNullableAnnotation(NullableAnnotation.NotAnnotated),
                $"'from' takes the place of an answer of '{operation.Operation}'")
            : Any(node);

    public Bound Deadline(ValueNode.Expression node) =>
        OneOf(node, "'deadline' is a duration or a moment", isNullWanted: true, Library.TimeSpan, Library.Moment);

    public Bound Moment(ValueNode.Expression node) => OneOf(node, "'expires_at' is a moment", isNullWanted: true, Library.Moment);

    public Bound Number(ValueNode.Expression node) =>
        OneOf(node, "'rotations_left' is a number", isNullWanted: true, Library.Special(SpecialType.System_Int32));

    /// <summary>What identifies an account; compared as text.</summary>
    public Bound Key(ValueNode node) => node is ValueNode.Expression expression
        ? OneOf(expression, "an identity is a text or a number", isNullWanted: false,
            String, Library.Special(SpecialType.System_Int32), Library.Special(SpecialType.System_Int64), Library.Guid)
        : Text(node);

    public Bound Label(ValueNode node) => node is ValueNode.Expression
        ? Value(node, String.WithNullableAnnotation(NullableAnnotation.Annotated), "'label' is a text")
        : Text(node);

    public Bound Leftover(NamedValue value) => Member(FlowTypes.Leftover, value);
}
