using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Engine.Flows;

/// <summary>
/// Resolves the names of one expression as flows write them. The type of what stands left of a name decides what the name means;
/// what is not found is reported here, at the name itself. Types as such are judged afterwards, by the C# compiler.
/// </summary>
internal sealed partial class Translator
{
    private readonly TypeModel model;
    private readonly FindingList findings;
    private readonly Expression source;
    private readonly NameTable names = new();
    private readonly Dictionary<string, ITypeSymbol?> parameters = new(StringComparer.Ordinal);
    private readonly Stack<ITypeSymbol?> receivers = [];
    private bool callsFunctions;
    private bool isWhole = true;
    private bool isWaiting;

    private Translator(TypeModel model, Expression source, FindingList findings)
    {
        this.model = model;
        this.source = source;
        this.findings = findings;
    }

    private Library Library => model.Library;

    /// <summary>Null where a finding was given, or where it reads a variable whose type is not known.</summary>
    /// <param name="isWaiting">Whether the answer is null only because a variable's type is not known yet.</param>
    public static Translation? Translate(TypeModel model, Expression expression, FindingList findings, out bool isWaiting)
    {
        var translator = new Translator(model, expression, findings);
        var type = translator.Visit(expression.Syntax);
        isWaiting = translator.isWhole && translator.isWaiting;
        if (!translator.isWhole || isWaiting) return null;
        var natural = model.TypeOf(translator.names.CodeOf(expression.Syntax));
        return new Translation(expression, translator.names, natural ?? type, translator.callsFunctions) { NeedsTarget = natural is null };
    }

    private ITypeSymbol? Visit(ExpressionSyntax node)
    {
        var type = TypeOf(node);
        if (type is not null) names.Types[node] = type;
        return type;
    }

    private ITypeSymbol? TypeOf(ExpressionSyntax node)
    {
        switch (node)
        {
            case IdentifierNameSyntax name:
                return Root(name);
            case ParenthesizedExpressionSyntax inner:
                return Visit(inner.Expression);
            case MemberAccessExpressionSyntax access:
                return EnumMemberOrNull(access) ?? Member(Visit(access.Expression), access.Name, isCall: false);
            case MemberBindingExpressionSyntax binding:
                return Member(receivers.Peek(), binding.Name, isCall: false);
            case ConditionalAccessExpressionSyntax access:
                return Conditional(access);
            case ElementAccessExpressionSyntax element:
                return Element(Visit(element.Expression), element.ArgumentList, element);
            case ElementBindingExpressionSyntax element:
                return Element(receivers.Peek(), element.ArgumentList, element);
            case InvocationExpressionSyntax call:
                return Call(call);
            case LiteralExpressionSyntax literal:
                return Literal(literal);
            case PrefixUnaryExpressionSyntax unary:
                return Visit(unary.Operand);
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.IsExpression } test:
                Constant(test.Right, Visit(test.Left));
                return Bool;
            case IsPatternExpressionSyntax test:
                Pattern(test.Pattern, Visit(test.Expression));
                return Bool;
            case BinaryExpressionSyntax binary:
                return Binary(binary);
            case ConditionalExpressionSyntax choice:
                Visit(choice.Condition);
                var (one, other) = (Visit(choice.WhenTrue), Visit(choice.WhenFalse));
                return Same(one, other) ?? OrNull(one, choice.WhenFalse) ?? OrNull(other, choice.WhenTrue) ?? Ask(node);
            case SwitchExpressionSyntax choice:
                Switch(choice);
                return Ask(node);
            default:
                Refuse(FindingCodes.ExpressionNotAllowed, node, "this is not part of expressions");
                return null;
        }
    }

    private ITypeSymbol? Literal(LiteralExpressionSyntax literal) => literal.Token.Value switch
    {
        string => Library.Special(SpecialType.System_String),
        bool => Bool,
        int => Library.Special(SpecialType.System_Int32),
        null => null,
        _ => Ask(literal),
    };

    private ITypeSymbol Bool => Library.Special(SpecialType.System_Boolean);

    private ITypeSymbol? Root(IdentifierNameSyntax name)
    {
        var text = TextOf(name.Identifier);
        if (parameters.TryGetValue(text, out var parameter))
        {
            names.Replace(name.Identifier, ParameterName(text));
            return parameter;
        }

        if (model.Types.Slots.Find(text) is { } slot)
        {
            names.Reads[name] = slot;
            names.Replace(name.Identifier, slot.Identifier);
            var type = model.TypeOf(slot);
            if (slot.IsBroken) isWhole = false;
            else if (type is null) isWaiting = true;
            return type;
        }

        Refuse(FindingCodes.UnknownVariable, name, $"nothing is called '{text}' here{Hint(text)}");
        return null;
    }

    private string Hint(string name)
    {
        var known = model.Types.Slots.All.Select(slot => slot.Name).Concat(parameters.Keys);
        if (Nearest.DidYouMean(name, known) is { Length: > 0 } hint) return hint;
        var owner = model.Enums.FirstOrDefault(type => FindMember(type, name) is not null);
        return owner is null
            ? ""
            : $"; as a value of '{TypeNames.Words(owner)}' it stands right of 'is', '==' or '!=', or as '{TypeNames.Words(owner)}.{name}'";
    }

    private ITypeSymbol? Conditional(ConditionalAccessExpressionSyntax access)
    {
        var receiver = Visit(access.Expression);
        receivers.Push(receiver is null ? null : Library.Underlying(receiver));
        var result = Visit(access.WhenNotNull);
        receivers.Pop();
        return result is { IsValueType: true } && !Library.IsNullableValue(result) ? Library.NullableOf(result) : result;
    }

    private ITypeSymbol? Element(ITypeSymbol? receiver, BracketedArgumentListSyntax arguments, SyntaxNode node)
    {
        foreach (var argument in arguments.Arguments) Visit(argument.Expression);
        if (receiver is INamedTypeSymbol { TypeArguments: [var item] } list && Library.Is(list.OriginalDefinition, Library.List)) return item;
        if (receiver is not null) Refuse(FindingCodes.ExpressionNotAllowed, node, $"only a list has elements; this is {Words(receiver)}");
        return null;
    }

    private ITypeSymbol? Binary(BinaryExpressionSyntax binary)
    {
        var left = Visit(binary.Left);
        var kind = binary.Kind();
        var isEquality = kind is SyntaxKind.EqualsExpression or SyntaxKind.NotEqualsExpression;
        var right = isEquality && EnumOf(left) is not null && Bare(binary.Right) is { } bare ? Constant(bare, left) : Visit(binary.Right);
        if (kind is SyntaxKind.LogicalAndExpression or SyntaxKind.LogicalOrExpression && !binary.Parent.IsKind(kind)) RefuseTwice(Operands(binary, kind));
        if (kind == SyntaxKind.CoalesceExpression) return Same(left is null ? null : Library.Underlying(left), right) ?? Ask(binary);
        // By reference, also where the type has no '==' of its own; an operator to its left would bind otherwise.
        if (isEquality && IsNull(binary.Right) && !binary.Left.IsKind(SyntaxKind.EqualsExpression) && !binary.Left.IsKind(SyntaxKind.NotEqualsExpression))
        {
            names.Replace(binary.OperatorToken, kind == SyntaxKind.EqualsExpression ? " is " : " is not ");
        }

        var isNullTest = isEquality && (IsNull(binary.Right) || IsNull(binary.Left));
        if ((Library.IsSensitive(left) || Library.IsSensitive(right)) && !isNullTest)
        {
            Refuse(FindingCodes.SecretMisplaced, binary, "a secret cannot be compared or changed; it can only be tested for null");
            return null;
        }

        if (isEquality && !isNullTest && (Library.HoldsSensitive(left) || Library.HoldsSensitive(right)))
        {
            Refuse(FindingCodes.SecretMisplaced, binary, "this holds a secret, which would be compared too; compare one of its members");
            return null;
        }

        if (kind == SyntaxKind.AddExpression && (IsText(left) || IsText(right)))
        {
            Refuse(FindingCodes.ExpressionNotAllowed, binary, "texts are not added with '+'; write a text with holes: \"{{ a }} {{ b }}\"");
            return null;
        }

        return kind is SyntaxKind.AddExpression or SyntaxKind.SubtractExpression or SyntaxKind.MultiplyExpression
            or SyntaxKind.DivideExpression or SyntaxKind.ModuloExpression ? Number(left, right) ?? Ask(binary) : Bool;
    }

    /// <summary>The types that need no asking: a long chain of operators would ask about each of its parts.</summary>
    private static ITypeSymbol? Same(ITypeSymbol? one, ITypeSymbol? other) => one is not null && Library.Is(one, other) ? one : null;

    private INamedTypeSymbol? OrNull(ITypeSymbol? type, ExpressionSyntax other) =>
        type is { IsValueType: true } && IsNull(other) ? Library.NullableOf(Library.Underlying(type)) : null;

    private static ITypeSymbol? Number(ITypeSymbol? one, ITypeSymbol? other) =>
        one?.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_Decimal or SpecialType.System_Double
            ? Same(one, other)
            : null;

    /// <summary>What the C# compiler says, where no function's parameter is in the way.</summary>
    private ITypeSymbol? Ask(ExpressionSyntax node) =>
        isWhole && !isWaiting && parameters.Count == 0 ? model.TypeOf(names.CodeOf(node)) : null;

    /// <summary>A name as the flow writes it.</summary>
    private string TextOf(SyntaxToken token) => source.Scalar.Value.Substring(source.Start + token.SpanStart, token.Span.Length);

    private void Refuse(FindingCode code, SyntaxNode node, string message)
    {
        isWhole = false;
        findings.Error(code, source.PlaceOf(node), message);
    }

    private static bool IsText(ITypeSymbol? type) => type?.SpecialType == SpecialType.System_String;

    private static bool IsNull(ExpressionSyntax node) => node.IsKind(SyntaxKind.NullLiteralExpression);

    private static INamedTypeSymbol? EnumOf(ITypeSymbol? type) =>
        type is not null && Library.Underlying(type) is INamedTypeSymbol { TypeKind: TypeKind.Enum } found ? found : null;

    private static IdentifierNameSyntax? Bare(ExpressionSyntax node) => node switch
    {
        IdentifierNameSyntax name => name,
        ParenthesizedExpressionSyntax inner => Bare(inner.Expression),
        _ => null,
    };

    private static string ParameterName(string name) => "p_" + name;

    private static string Words(ITypeSymbol type) => $"'{TypeNames.Words(type)}'";
}
