using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Engine.Flows;

/// <summary>What is known of variables while a stored connection is there: which come from it, and which conditions it decides.</summary>
internal sealed class StoredFacts
{
    private readonly ImmutableDictionary<Slot, Known> known;

    private StoredFacts(ImmutableDictionary<Slot, Known> known) => this.known = known;

    private enum Known
    {
        /// <summary>Read from the connection, so that it is not null.</summary>
        Stored,

        True,

        False,
    }

    public static StoredFacts None { get; } = new(ImmutableDictionary<Slot, Known>.Empty);

    /// <summary>Null stands for a point that no run reaches.</summary>
    public static StoredFacts? Join(StoredFacts? one, StoredFacts? other)
    {
        if (one is null || other is null) return one ?? other;
        var same = one.known.Where(fact => other.known.TryGetValue(fact.Key, out var there) && there == fact.Value);
        return new StoredFacts(same.ToImmutableDictionary());
    }

    public StoredFacts Without(IEnumerable<Slot> slots) => new(known.RemoveRange(slots));

    public StoredFacts With(Slot slot, Bound value)
    {
        if (value is not Bound.Computed { Translation: var translation }) return new StoredFacts(known.Remove(slot));
        var (syntax, names) = (translation.Source.Syntax, translation.Names);
        Known? fact = IsStored(syntax, names) ? Known.Stored : Value(syntax, names) switch
        {
            true => Known.True,
            false => Known.False,
            null => null,
        };
        return new StoredFacts(fact is { } one ? known.SetItem(slot, one) : known.Remove(slot));
    }

    /// <summary>What a condition comes to; null where the connection does not decide it.</summary>
    public bool? Value(Bound condition) =>
        condition is Bound.Computed { Translation: var translation } ? Value(translation.Source.Syntax, translation.Names) : null;

    private bool? Value(ExpressionSyntax node, NameTable names) => node switch
    {
        ParenthesizedExpressionSyntax inner => Value(inner.Expression, names),
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not => !Value(not.Operand, names),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } both => Value(both.Left, names) & Value(both.Right, names),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalOrExpression } both => Value(both.Left, names) | Value(both.Right, names),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression } test => IsNullTest(test, names) ? false : null,
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.NotEqualsExpression } test => IsNullTest(test, names) ? true : null,
        IsPatternExpressionSyntax test when IsStored(test.Expression, names) => test.Pattern switch
        {
            ConstantPatternSyntax { Expression: var constant } when IsNull(constant) => false,
            UnaryPatternSyntax { Pattern: ConstantPatternSyntax { Expression: var constant } } when IsNull(constant) => true,
            _ => null,
        },
        IdentifierNameSyntax when names.Reads.TryGetValue(node, out var slot) && known.TryGetValue(slot, out var fact) && fact != Known.Stored =>
            fact == Known.True,
        _ => null,
    };

    private bool IsNullTest(BinaryExpressionSyntax test, NameTable names) =>
        (IsNull(test.Right) && IsStored(test.Left, names)) || (IsNull(test.Left) && IsStored(test.Right, names));

    private static bool IsNull(ExpressionSyntax node) => node.IsKind(SyntaxKind.NullLiteralExpression);

    /// <summary>Whether it reads the connection, or a variable that got its value from it.</summary>
    private bool IsStored(ExpressionSyntax node, NameTable names) => node switch
    {
        ParenthesizedExpressionSyntax inner => IsStored(inner.Expression, names),
        MemberAccessExpressionSyntax member => IsStored(member.Expression, names),
        ConditionalAccessExpressionSyntax access => IsStored(access.Expression, names),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } either =>
            IsStored(either.Left, names) || IsStored(either.Right, names),
        IdentifierNameSyntax when names.Reads.TryGetValue(node, out var slot) =>
            slot.Index == RootSlots.Connection || known.GetValueOrDefault(slot, Known.False) == Known.Stored,
        _ => false,
    };
}
