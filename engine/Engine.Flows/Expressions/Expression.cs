using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Engine.Flows;

/// <summary>An expression of a flow, parsed and found to be made of allowed kinds only.</summary>
/// <param name="Start">Where it begins in the scalar; the positions in <paramref name="Syntax"/> count from there.</param>
internal sealed record Expression(Scalar Scalar, int Start, int Length, ExpressionSyntax Syntax)
{
    public Place Place => Scalar.PlaceOf(Start + Syntax.SpanStart, Syntax.Span.Length);

    public Place PlaceOf(Microsoft.CodeAnalysis.SyntaxNode node) => Scalar.PlaceOf(Start + node.SpanStart, node.Span.Length);
}

/// <summary>A text with holes.</summary>
internal sealed record Template(Scalar Scalar, System.Collections.Immutable.ImmutableArray<TemplatePart> Parts)
{
    public int LiteralLength => Parts.OfType<TemplatePart.Literal>().Sum(part => part.Text.Length);

    public int HoleCount => Parts.OfType<TemplatePart.Hole>().Count();
}

internal abstract record TemplatePart
{
    public sealed record Literal(string Text) : TemplatePart;

    /// <param name="Value">Null where a finding was given for it.</param>
    public sealed record Hole(Expression? Value) : TemplatePart;
}
