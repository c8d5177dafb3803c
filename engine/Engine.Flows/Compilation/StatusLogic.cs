using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Engine.Flows;

/// <summary>A status that a flow tests: the variable it is read from, the way to it, and its enum.</summary>
internal sealed record StatusKey(Slot Slot, string Path, INamedTypeSymbol Enum)
{
    public bool Equals(StatusKey? other) => other is not null && Path == other.Path;

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Path);
}

/// <summary>What a condition says about the statuses in it, everything else in it being open.</summary>
internal sealed class StatusLogic(Translation condition)
{
    private ExpressionSyntax Root => condition.Source.Syntax;

    private NameTable Names => condition.Names;

    /// <summary>The statuses that the condition tests.</summary>
    public IEnumerable<StatusKey> Keys => Root.DescendantNodesAndSelf().Select(node => Tested(node)).OfType<ExpressionSyntax>()
        .Select(KeyOf).OfType<StatusKey>().Distinct();

    /// <summary>The status an expression reads; null for anything but members of a variable.</summary>
    public static StatusKey? KeyOf(Translation translation) => new StatusLogic(translation).KeyOf(translation.Source.Syntax);

    /// <summary>Whether the condition can be true, or can be false, while a status is a certain one.</summary>
    /// <param name="member">Null: the status is null.</param>
    public bool CanBe(bool truth, StatusKey key, IFieldSymbol? member) => Value(Root, key, member) != !truth;

    /// <summary>Whether the condition tests the status where it may be null.</summary>
    public bool MayBeNull(StatusKey key) => Root.DescendantNodesAndSelf().Select(Tested).OfType<ExpressionSyntax>()
        .Any(tested => Names.Types.TryGetValue(tested, out var type) && Library.IsNullableValue(type) && key.Equals(KeyOf(tested)));

    /// <summary>Whether only a status called unknown makes the condition come out so.</summary>
    public bool NeedsUnknown(bool truth) => Keys.Any(key =>
        Translator.FindMember(key.Enum, "unknown") is { } unknown && !MayBeNull(key) && CanBe(truth, key, unknown)
        && StatusFacts.Members(key.Enum).Where(member => !Library.Is(member, unknown)).All(member => !CanBe(truth, key, member)));

    /// <summary>The tests that hold for a status called unknown without naming it.</summary>
    public IEnumerable<SyntaxNode> TestsThatUnknownPasses() => UnknownPasses(Root, isNegated: false);

    private IEnumerable<SyntaxNode> UnknownPasses(SyntaxNode node, bool isNegated)
    {
        switch (node)
        {
            case ParenthesizedExpressionSyntax inner:
                return UnknownPasses(inner.Expression, isNegated);
            case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not:
                return UnknownPasses(not.Operand, !isNegated);
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression } both:
                return UnknownPasses(both.Left, isNegated).Concat(UnknownPasses(both.Right, isNegated));
        }

        if (Tested(node) is not { } tested || KeyOf(tested) is not { } key) return [];
        if (Translator.FindMember(key.Enum, "unknown") is not { } unknown) return [];
        var isNamed = node.DescendantNodes().Any(part => Names.Constants.TryGetValue(part, out var member) && Library.Is(member, unknown));
        return !isNamed && Value((ExpressionSyntax)node, key, unknown) == !isNegated ? [node] : [];
    }

    /// <summary>What a node compares with fixed values; null where it is no comparison.</summary>
    private static ExpressionSyntax? Tested(SyntaxNode node) => node switch
    {
        IsPatternExpressionSyntax test => test.Expression,
        BinaryExpressionSyntax test when test.Kind() is SyntaxKind.IsExpression or SyntaxKind.EqualsExpression or SyntaxKind.NotEqualsExpression =>
            test.Left,
        _ => null,
    };

    private StatusKey? KeyOf(ExpressionSyntax node)
    {
        if (!Names.Types.TryGetValue(node, out var type)) return null;
        if (Library.Underlying(type) is not INamedTypeSymbol { TypeKind: TypeKind.Enum } choice) return null;
        var isChain = node.DescendantNodesAndSelf().All(part => part is IdentifierNameSyntax or MemberAccessExpressionSyntax
            or ParenthesizedExpressionSyntax or ConditionalAccessExpressionSyntax or MemberBindingExpressionSyntax);
        var slot = node.DescendantNodesAndSelf().Select(part => Names.Reads.GetValueOrDefault(part)).OfType<Slot>().FirstOrDefault();
        if (!isChain || slot is null) return null;
        var path = Names.CodeOf(node).Replace("?", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        return new StatusKey(slot, path, choice);
    }

    /// <summary>Null: it depends on something else.</summary>
    private bool? Value(ExpressionSyntax node, StatusKey key, IFieldSymbol? member) => node switch
    {
        ParenthesizedExpressionSyntax inner => Value(inner.Expression, key, member),
        LiteralExpressionSyntax literal when literal.IsKind(SyntaxKind.TrueLiteralExpression) => true,
        LiteralExpressionSyntax literal when literal.IsKind(SyntaxKind.FalseLiteralExpression) => false,
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not => !Value(not.Operand, key, member),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } both =>
            Value(both.Left, key, member) & Value(both.Right, key, member),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalOrExpression } both =>
            Value(both.Left, key, member) | Value(both.Right, key, member),
        _ when Tested(node) is not { } tested || !key.Equals(KeyOf(tested)) => null,
        IsPatternExpressionSyntax test => Matches(test.Pattern, member),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.NotEqualsExpression } test => !IsMember(test.Right, member),
        BinaryExpressionSyntax test => IsMember(test.Right, member),
        _ => null,
    };

    private bool? Matches(PatternSyntax pattern, IFieldSymbol? member) => pattern switch
    {
        ConstantPatternSyntax constant => IsMember(constant.Expression, member),
        TypePatternSyntax constant => IsMember(constant.Type, member),
        ParenthesizedPatternSyntax inner => Matches(inner.Pattern, member),
        UnaryPatternSyntax not => !Matches(not.Pattern, member),
        BinaryPatternSyntax { RawKind: (int)SyntaxKind.AndPattern } both => Matches(both.Left, member) & Matches(both.Right, member),
        BinaryPatternSyntax both => Matches(both.Left, member) | Matches(both.Right, member),
        DiscardPatternSyntax => true,
        _ => null,
    };

    private bool? IsMember(ExpressionSyntax node, IFieldSymbol? member) => node switch
    {
        ParenthesizedExpressionSyntax inner => IsMember(inner.Expression, member),
        LiteralExpressionSyntax literal when literal.IsKind(SyntaxKind.NullLiteralExpression) => member is null,
        _ => Names.Constants.TryGetValue(node, out var named) ? member is not null && Library.Is(named, member) : null,
    };
}
