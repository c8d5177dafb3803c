using System.Collections.Frozen;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Engine.Flows;

/// <summary>The kinds of syntax an expression may be made of; every other kind, also a future one, is refused.</summary>
internal static class AllowedSyntax
{
    public const int MaxLambdas = 2;
    public const int MaxPatterns = 64;

    public static readonly FrozenSet<SyntaxKind> Kinds = FrozenSet.ToFrozenSet(
    [
        SyntaxKind.IdentifierName, SyntaxKind.QualifiedName, SyntaxKind.SimpleMemberAccessExpression,
        SyntaxKind.ConditionalAccessExpression, SyntaxKind.MemberBindingExpression, SyntaxKind.ElementAccessExpression,
        SyntaxKind.ElementBindingExpression, SyntaxKind.BracketedArgumentList, SyntaxKind.InvocationExpression,
        SyntaxKind.ArgumentList, SyntaxKind.Argument, SyntaxKind.ParenthesizedExpression, SyntaxKind.ConditionalExpression,
        SyntaxKind.CoalesceExpression, SyntaxKind.LogicalAndExpression, SyntaxKind.LogicalOrExpression,
        SyntaxKind.EqualsExpression, SyntaxKind.NotEqualsExpression, SyntaxKind.LessThanExpression,
        SyntaxKind.LessThanOrEqualExpression, SyntaxKind.GreaterThanExpression, SyntaxKind.GreaterThanOrEqualExpression,
        SyntaxKind.AddExpression, SyntaxKind.SubtractExpression, SyntaxKind.MultiplyExpression, SyntaxKind.DivideExpression,
        SyntaxKind.ModuloExpression, SyntaxKind.LogicalNotExpression, SyntaxKind.UnaryMinusExpression,
        SyntaxKind.NumericLiteralExpression, SyntaxKind.StringLiteralExpression, SyntaxKind.TrueLiteralExpression,
        SyntaxKind.FalseLiteralExpression, SyntaxKind.NullLiteralExpression, SyntaxKind.IsExpression,
        SyntaxKind.IsPatternExpression, SyntaxKind.ConstantPattern, SyntaxKind.RelationalPattern,
        SyntaxKind.NotPattern, SyntaxKind.AndPattern, SyntaxKind.OrPattern, SyntaxKind.ParenthesizedPattern,
        SyntaxKind.DiscardPattern, SyntaxKind.RecursivePattern, SyntaxKind.PropertyPatternClause, SyntaxKind.Subpattern,
        SyntaxKind.NameColon, SyntaxKind.SwitchExpression, SyntaxKind.SwitchExpressionArm,
        SyntaxKind.SimpleLambdaExpression, SyntaxKind.Parameter,
    ]);

    public static IEnumerable<(SyntaxNode Node, FindingCode Code, string Message)> Violations(ExpressionSyntax expression)
    {
        var patterns = 0;
        var lambdas = 0;
        foreach (var node in expression.DescendantNodesAndSelf())
        {
            if (Refusal(node) is { } refusal)
            {
                yield return (node, FindingCodes.ExpressionNotAllowed, refusal);
                yield break;
            }

            // Overload resolution over nested lambdas and the decision trees of patterns are where the C# compiler is exponential.
            if (node is LambdaExpressionSyntax && node.Ancestors().Count(outer => outer is LambdaExpressionSyntax) >= MaxLambdas)
            {
                yield return (node, FindingCodes.ExpressionTooDeep, $"functions are nested deeper than {MaxLambdas}");
                yield break;
            }

            if (node is LambdaExpressionSyntax && ++lambdas > 8)
            {
                yield return (node, FindingCodes.ExpressionTooLong, "the expression has more than 8 functions");
                yield break;
            }

            if (node is PatternSyntax && ++patterns > MaxPatterns)
            {
                yield return (node, FindingCodes.ExpressionTooLong, $"the expression has more than {MaxPatterns} patterns");
                yield break;
            }
        }
    }

    private static string? Refusal(SyntaxNode node) => node switch
    {
        ArgumentSyntax { NameColon: not null } => "arguments of functions have no names",
        ArgumentSyntax { RefKindKeyword.RawKind: not 0 } => "'ref' and 'out' are not part of expressions",
        NameColonSyntax { Parent: not SubpatternSyntax } => "a name with a colon cannot stand here",
        RecursivePatternSyntax { Type: not null } => "a pattern with a type is not part of expressions",
        RecursivePatternSyntax { Designation: not null } => "expressions declare no variables",
        RecursivePatternSyntax { PropertyPatternClause: null } => "this pattern is not part of expressions",
        SwitchExpressionArmSyntax { WhenClause: not null } => "'when' is not part of expressions",
        SimpleLambdaExpressionSyntax { Block: not null } => "statements are not part of expressions",
        SimpleLambdaExpressionSyntax { Modifiers.Count: > 0 } or SimpleLambdaExpressionSyntax { AttributeLists.Count: > 0 } =>
            "a function here is only 'x => expression'",
        LambdaExpressionSyntax when node.Parent is not ArgumentSyntax => "a function may only stand as the argument of a function",
        TypeSyntax { IsVar: true } => "expressions declare no variables",
        _ when Kinds.Contains(node.Kind()) => null,
        _ => Words(node),
    };

    private static string Words(SyntaxNode node) => node.Kind() switch
    {
        SyntaxKind.CastExpression => "a cast is not part of expressions",
        SyntaxKind.SuppressNullableWarningExpression => "'!' after a value is not part of expressions; test for null instead",
        SyntaxKind.ObjectCreationExpression or SyntaxKind.AnonymousObjectCreationExpression or
        SyntaxKind.ImplicitObjectCreationExpression or SyntaxKind.ArrayCreationExpression or
        SyntaxKind.CollectionExpression => "expressions create no objects",
        SyntaxKind.WithExpression => "expressions change no records",
        SyntaxKind.SimpleAssignmentExpression or SyntaxKind.AddAssignmentExpression or SyntaxKind.CoalesceAssignmentExpression =>
            "expressions assign nothing; use 'set' for that, and '==' to compare",
        SyntaxKind.DeclarationPattern or SyntaxKind.VarPattern or SyntaxKind.SingleVariableDesignation =>
            "expressions declare no variables",
        SyntaxKind.ThrowExpression => "'throw' is not part of expressions; use the step 'fail'",
        SyntaxKind.TupleExpression => "tuples are not part of expressions",
        SyntaxKind.ParenthesizedLambdaExpression => "a function here is only 'x => expression'",
        SyntaxKind.BitwiseAndExpression => "'&' is not part of expressions; 'and' is written '&&'",
        SyntaxKind.BitwiseOrExpression => "'|' is not part of expressions; 'or' is written '||'",
        SyntaxKind.PredefinedType or SyntaxKind.NullableType or SyntaxKind.GenericName or SyntaxKind.ArrayType =>
            "types do not appear in expressions",
        _ => "this is not part of expressions",
    };
}
