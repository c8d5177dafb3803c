using Engine.Flows;

namespace Engine.Benchmarks;

/// <summary>What a key of a flow is, as far as a mistake in it is concerned.</summary>
internal enum KeyRole
{
    Key,
    Verb,
    Argument,
    Case,
    Failure,

    /// <summary>A name that the author gave, such as a variable's or an action's.</summary>
    Name,

    Language,
}

/// <summary>What a value of a flow is.</summary>
internal enum ValueRole
{
    /// <summary>A map or a list, whose parts stand for themselves.</summary>
    Inner,

    /// <summary>C# without a leading <c>=</c>.</summary>
    Expression,

    /// <summary>C# behind a <c>=</c>, or a text that may have holes.</summary>
    Value,

    /// <summary>A text for people that may have holes.</summary>
    Text,

    /// <summary>A text for people without holes.</summary>
    FixedText,

    Operation,
    Provider,
    Duration,
    Count,
    True,
    Type,

    /// <summary>One word of a closed list.</summary>
    Word,

    /// <summary>The name of a result.</summary>
    Declared,

    /// <summary>The failure to end with.</summary>
    Failure,

    /// <summary>What nothing checks: a flow's name, a reason for the reader of the file, a default, a pattern.</summary>
    Free,
}

/// <summary>A key of the flow with its value, or an item of a list of words (then <paramref name="Key"/> is the item).</summary>
/// <param name="Owner">The key this one stands within; null at the top.</param>
/// <param name="Step">The verb's key of the step it belongs to; null outside of steps.</param>
/// <param name="Siblings">The entries of the same map, itself included.</param>
internal sealed record FlowPart(
    Scalar Key, KeyRole KeyRole, YamlNode? Value, ValueRole Role, FlowPart? Owner, Scalar? Step, IReadOnlyList<YamlEntry> Siblings)
{
    /// <summary>The value where it is a single one.</summary>
    public Scalar? Scalar => Value is YamlNode.Value { Scalar: var scalar } ? scalar : null;

    public bool IsOneOf(params string[] keys) => KeyRole == KeyRole.Key && keys.Contains(Key.Value);
}
