using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Engine.Flows;

/// <summary>What the C# compiler says about an expression, in the flow's words: nothing of its texts or of generated names.</summary>
internal static class CompilerWords
{
    public static (FindingCode Code, string Message) Of(Diagnostic wrong, SemanticModel model)
    {
        var node = NodeOf(wrong);
        return wrong.Id switch
        {
            "CS8602" => (FindingCodes.MayBeNull, "may be null here; test for null before, or write '?.'"),
            "CS8600" or "CS8601" or "CS8603" or "CS8604" or "CS8625" or "CS8629" =>
                (FindingCodes.MayBeNull, "may be null here; test for null before, or give a value for that case: '?? …'"),
            "CS0019" or "CS0034" when node.FirstAncestorOrSelf<BinaryExpressionSyntax>() is { } binary =>
                (FindingCodes.TypeMismatch, $"'{binary.OperatorToken.Text}' does not go with {Words(binary.Left, model)} and {Words(binary.Right, model)}"),
            "CS0023" when node.FirstAncestorOrSelf<PrefixUnaryExpressionSyntax>() is { } unary =>
                (FindingCodes.TypeMismatch, $"'{unary.OperatorToken.Text}' does not go with {Words(unary.Operand, model)}"),
            "CS0023" => (FindingCodes.TypeMismatch, "'?.' does not go with a value that is never null"),
            "CS0029" or "CS0266" or "CS1503" or "CS8121" or "CS0037" or "CS0030" or "CS8116" or "CS1662" =>
                (FindingCodes.TypeMismatch, $"{Words(node, model)} does not fit here{Wanted(node, model)}"),
            "CS0173" or "CS8506" or "CS0172" => (FindingCodes.TypeMismatch, "the possible results are of different types"),
            "CS0020" => (FindingCodes.TypeMismatch, "this divides by zero"),
            "CS0220" or "CS0221" or "CS0031" or "CS1021" => (FindingCodes.TypeMismatch, "the number is too large"),
            "CS8509" or "CS8524" or "CS8655" => (FindingCodes.CaseMissing, "'switch' does not say what the other values give; add '_ => …'"),
            "CS8510" or "CS8120" => (FindingCodes.CaseNeverHappens, "this case never comes, since those before it take all its values"),
            "CS8518" or "CS8519" or "CS8520" or "CS8793" => (FindingCodes.ConstantCondition, "this is the same whatever the value is"),
            "CS0150" => (FindingCodes.ExpressionNotAllowed, "only a fixed value can stand here"),
            "CS0453" or "CS0452" or "CS0411" => (FindingCodes.TypeMismatch, $"{Words(node, model)} does not fit this function"),
            _ => (FindingCodes.ExpressionNotAllowed, "this does not make sense here"),
        };
    }

    public static SyntaxNode NodeOf(Diagnostic wrong) =>
        wrong.Location.SourceTree?.GetRoot().FindNode(wrong.Location.SourceSpan, getInnermostNodeForTie: true)
        ?? throw new InvalidOperationException($"'{wrong}' is not about generated code");

    private static string Wanted(SyntaxNode node, SemanticModel model)
    {
        var info = model.GetTypeInfo(node is ArgumentSyntax argument ? argument.Expression : node);
        return info is { Type: { } type, ConvertedType: { } wanted } && wanted is not IErrorTypeSymbol && !SymbolEqualityComparer.Default.Equals(type, wanted)
            ? $", where '{TypeNames.Words(wanted)}' is wanted"
            : "";
    }

    private static string Words(SyntaxNode node, SemanticModel model)
    {
        if (node is ArgumentSyntax argument) node = argument.Expression;
        var info = model.GetTypeInfo(node);
        return (info.Type ?? info.ConvertedType) switch
        {
            _ when node.IsKind(SyntaxKind.NullLiteralExpression) => "null",
            null or IErrorTypeSymbol => "this",
            var type => $"'{TypeNames.Words(type)}'",
        };
    }
}
