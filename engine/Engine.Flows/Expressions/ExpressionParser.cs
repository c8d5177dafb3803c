using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Engine.Flows;

/// <summary>Parses the expressions and texts of a flow. What is wrong goes to the findings; the answer is then null.</summary>
internal sealed class ExpressionParser(FindingList findings)
{
    public static readonly CSharpParseOptions Options = new(LanguageVersion.CSharp14, DocumentationMode.None);

    private readonly Dictionary<ValueNode.Expression, Expression?> parsed = new(ReferenceEqualityComparer.Instance);

    /// <summary>Each expression is parsed, and reported on, once.</summary>
    public Expression? Parse(ValueNode.Expression node)
    {
        if (!parsed.TryGetValue(node, out var expression))
        {
            parsed[node] = expression = Parse(node.Scalar, node.Start, isHole: false, out _);
        }

        return expression;
    }

    public Template ParseText(Scalar scalar)
    {
        var parts = ImmutableArray.CreateBuilder<TemplatePart>();
        var value = scalar.Value;
        var at = 0;
        while (at < value.Length)
        {
            var hole = value.IndexOf("{{", at, StringComparison.Ordinal);
            if (hole != at) parts.Add(new TemplatePart.Literal(hole < 0 ? value[at..] : value[at..hole]));
            if (hole < 0) break;
            parts.Add(new TemplatePart.Hole(Parse(scalar, hole + 2, isHole: true, out var end)));
            if (end < 0) break;
            at = end + 2;
        }

        return new Template(scalar, parts.DrainToImmutable());
    }

    /// <param name="end">Where the hole's <c>}}</c> begins; -1 where it is not known.</param>
    private Expression? Parse(Scalar scalar, int start, bool isHole, out int end)
    {
        var scanned = ExpressionScanner.Scan(scalar.Value, start, isHole, out var problem);
        end = scanned?.End ?? (isHole ? scalar.Value.IndexOf("}}", start, StringComparison.Ordinal) : -1);
        if (scanned is null)
        {
            if (problem is not null) findings.Error(problem.Code, scalar.PlaceOf(problem.Start, problem.Length), problem.Message);
            return null;
        }

        var syntax = SyntaxFactory.ParseExpression(scanned.Code, options: Options);
        if (syntax.GetDiagnostics().FirstOrDefault(found => found.Severity == DiagnosticSeverity.Error) is { } wrong)
        {
            var span = wrong.Location.SourceSpan;
            findings.Error(FindingCodes.ExpressionSyntax, scalar.PlaceOf(start + span.Start, span.Length), SyntaxWords.Of(wrong));
            return null;
        }

        var expression = new Expression(scalar, start, scanned.End - start, syntax);
        var isAllowed = true;
        foreach (var (node, code, message) in AllowedSyntax.Violations(syntax))
        {
            isAllowed = false;
            findings.Error(code, expression.PlaceOf(node), message);
        }

        return isAllowed ? expression : null;
    }
}
