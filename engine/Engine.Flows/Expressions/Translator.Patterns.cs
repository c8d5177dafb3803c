using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Engine.Flows;

internal sealed partial class Translator
{
    public static IFieldSymbol? FindMember(INamedTypeSymbol type, string name) => Find(Values(type).Where(field => Withheld(field) is null), name);

    public static IEnumerable<string> MembersOf(INamedTypeSymbol type) =>
        Values(type).Where(field => Withheld(field) is null).Select(field => Names.Snake(field.Name));

    /// <summary>Why flows may not give this member of an enum; null where the plugin does not withhold it.</summary>
    public static string? WhyWithheld(INamedTypeSymbol type, string name) => Find(Values(type), name) is { } member ? Withheld(member) : null;

    private static IEnumerable<IFieldSymbol> Values(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IFieldSymbol>().Where(field => field.HasConstantValue);

    private static IFieldSymbol? Find(IEnumerable<IFieldSymbol> fields, string name)
    {
        var members = fields.ToList();
        return members.Find(field => field.Name == name)
            ?? members.Find(field => field.Name == Names.Pascal(name))
            ?? members.Find(field => Matches(field.Name, name));
    }

    private static string? Withheld(IFieldSymbol member) => member.GetAttributes()
        .FirstOrDefault(one => one.AttributeClass is { Name: nameof(Sdk.WithheldAttribute), ContainingNamespace.Name: nameof(Sdk) })
        ?.ConstructorArguments is [{ Value: string because }] ? because : null;

    public static string CodeOf(IFieldSymbol member) => $"{TypeNames.Code(member.ContainingType)}.@{member.Name}";

    private void Pattern(PatternSyntax pattern, ITypeSymbol? subject)
    {
        switch (pattern)
        {
            case ConstantPatternSyntax constant:
                Constant(constant.Expression, subject);
                break;
            case TypePatternSyntax constant:
                Constant(constant.Type, subject);
                break;
            case RelationalPatternSyntax relation:
                Visit(relation.Expression);
                break;
            case UnaryPatternSyntax not:
                Pattern(not.Pattern, subject);
                break;
            case BinaryPatternSyntax both:
                Pattern(both.Left, subject);
                Pattern(both.Right, subject);
                if (both.IsKind(SyntaxKind.OrPattern) && !both.Parent.IsKind(SyntaxKind.OrPattern)) RefuseTwice(Alternatives(both));
                break;
            case ParenthesizedPatternSyntax inner:
                Pattern(inner.Pattern, subject);
                break;
            case RecursivePatternSyntax { PropertyPatternClause: { } clause }:
                foreach (var part in clause.Subpatterns) Subpattern(part, subject);
                break;
            case DiscardPatternSyntax:
                break;
            default:
                Refuse(FindingCodes.ExpressionNotAllowed, pattern, "this pattern is not part of expressions");
                break;
        }
    }

    private static IEnumerable<SyntaxNode> Alternatives(PatternSyntax pattern) =>
        pattern is BinaryPatternSyntax { RawKind: (int)SyntaxKind.OrPattern } either ? Alternatives(either.Left).Concat(Alternatives(either.Right)) : [pattern];

    private static IEnumerable<SyntaxNode> Operands(ExpressionSyntax node, SyntaxKind kind) =>
        node is BinaryExpressionSyntax both && both.IsKind(kind) ? Operands(both.Left, kind).Concat(Operands(both.Right, kind)) : [node];

    /// <summary>What stands twice in a list of alternatives or conditions: one of the two was meant to be another.</summary>
    private void RefuseTwice(IEnumerable<SyntaxNode> parts)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in parts.Where(part => !seen.Add(names.CodeOf(part).Replace(" ", "", StringComparison.Ordinal))).ToList())
        {
            Refuse(FindingCodes.NamedTwice, part, $"'{source.Scalar.Value.Substring(source.Start + part.SpanStart, part.Span.Length)}' stands here already");
        }
    }

    private void Subpattern(SubpatternSyntax part, ITypeSymbol? subject)
    {
        if (part.NameColon is not { Name: var name })
        {
            Refuse(FindingCodes.ExpressionNotAllowed, part, "this pattern is not part of expressions");
            return;
        }

        Pattern(part.Pattern, Member(subject is null ? null : Library.Underlying(subject), name, isCall: true));
    }

    private void Switch(SwitchExpressionSyntax choice)
    {
        var subject = Visit(choice.GoverningExpression);
        foreach (var arm in choice.Arms)
        {
            Pattern(arm.Pattern, subject);
            Visit(arm.Expression);
        }
    }

    /// <summary>What stands right of <c>is</c>, <c>==</c> or <c>!=</c>: a literal, or a member of the left side's enum.</summary>
    private ITypeSymbol? Constant(ExpressionSyntax node, ITypeSymbol? subject)
    {
        switch (node)
        {
            case IdentifierNameSyntax name:
                return Named(name, subject);
            case MemberAccessExpressionSyntax or QualifiedNameSyntax when EnumMemberOrNull(node) is { } type:
                return type;
            case LiteralExpressionSyntax { Token.Value: string } text when isWhole && EnumOf(subject) is { } type:
                Refuse(FindingCodes.TypeMismatch, text, $"the values of {Words(type)} stand without quotes; they are {string.Join(", ", MembersOf(type))}");
                return null;
            case LiteralExpressionSyntax or PrefixUnaryExpressionSyntax { Operand: LiteralExpressionSyntax }:
                return Ask(node);
            case ParenthesizedExpressionSyntax inner:
                return Constant(inner.Expression, subject);
            default:
                if (isWhole) Refuse(FindingCodes.ExpressionNotAllowed, node, node.Parent is PatternSyntax { Parent: BinaryPatternSyntax }
                    ? "only fixed values can stand here; between two conditions write '&&' or '||'"
                    : "only fixed values can stand here");
                return null;
        }
    }

    private INamedTypeSymbol? Named(IdentifierNameSyntax name, ITypeSymbol? subject)
    {
        var text = TextOf(name.Identifier);
        if (EnumOf(subject) is { } type)
        {
            if (FindMember(type, text) is { } member) return Use(name, member);
            var near = WhyWithheld(type, text) is { } because ? $": {because}" : Nearest.DidYouMean(text, MembersOf(type));
            Refuse(FindingCodes.UnknownMemberOfEnum, name, near.Length > 0
                ? $"{Words(type)} has no value '{text}'{near}"
                : $"{Words(type)} has no value '{text}'; it has {string.Join(", ", MembersOf(type))}");
            return null;
        }

        if (subject is not null)
        {
            Refuse(FindingCodes.UnknownMemberOfEnum, name, $"'{text}' cannot stand here, since the left side is {Words(subject)}"
                + (IsText(subject) ? $"; a text stands in quotes: '{text}'" : ""));
            return null;
        }

        var owners = model.Enums.Where(one => FindMember(one, text) is not null).ToList();
        if (owners is [var only] && FindMember(only, text) is { } found) return Use(name, found);
        if (isWhole && !isWaiting)
        {
            Refuse(FindingCodes.UnknownMemberOfEnum, name, $"what '{text}' means depends on the left side, whose type is not known; "
                + $"write the type before it: {string.Join(" or ", owners.Select(owner => $"'{TypeNames.Words(owner)}.{text}'"))}");
        }

        return null;
    }

    /// <summary><c>auth_type.code</c>, where nothing else is called <c>auth_type</c>.</summary>
    private INamedTypeSymbol? EnumMemberOrNull(ExpressionSyntax node)
    {
        var (left, right) = node switch
        {
            MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax owner } access => (owner, access.Name),
            QualifiedNameSyntax { Left: IdentifierNameSyntax owner } qualified => (owner, qualified.Right),
            _ => (null, null),
        };
        if (left is null || right is null) return null;
        var name = TextOf(left.Identifier);
        if (parameters.ContainsKey(name) || model.Types.Slots.Find(name) is not null) return null;
        if (model.Enums.FirstOrDefault(one => Matches(TypeNames.Words(one), name)) is not { } type) return null;
        var text = TextOf(right.Identifier);
        if (FindMember(type, text) is { } member) return Use(node, member);
        var hint = WhyWithheld(type, text) is { } because ? $": {because}" : Nearest.DidYouMean(text, MembersOf(type));
        Refuse(FindingCodes.UnknownMemberOfEnum, right, $"{Words(type)} has no value '{text}'{hint}");
        return type;
    }

    private INamedTypeSymbol Use(ExpressionSyntax node, IFieldSymbol member)
    {
        names.Constants[node] = member;
        names.Replace(node, CodeOf(member));
        return member.ContainingType;
    }
}
