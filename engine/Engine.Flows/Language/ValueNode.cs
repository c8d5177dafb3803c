using System.Collections.Immutable;

namespace Engine.Flows;

/// <summary>A value as the flow writes it.</summary>
internal abstract record ValueNode(Scalar Scalar)
{
    /// <summary>C# from the character <paramref name="Start"/> of the scalar to its end; 1 where it is written with a
    /// leading <c>=</c>.</summary>
    public sealed record Expression(Scalar Scalar, int Start) : ValueNode(Scalar);

    /// <summary>A text, with <c>{{ expression }}</c> holes or without.</summary>
    public sealed record Text(Scalar Scalar) : ValueNode(Scalar)
    {
        /// <summary>Whether it has no holes, so that it stands for itself.</summary>
        public bool IsLiteral => !Scalar.Value.Contains("{{", StringComparison.Ordinal);
    }
}

/// <summary>A name with its value: an argument, a parameter, an assignment.</summary>
internal sealed record NamedValue(Scalar Name, ValueNode Value);

/// <summary>A text for people. Every language of the flow stands in exactly one part.</summary>
internal sealed record TextNode(Place Place, ImmutableArray<TextPart> Parts);

/// <summary>The text for some languages; a text written once serves them all.</summary>
internal sealed record TextPart(ImmutableArray<string> Languages, ValueNode Value);

/// <summary>A time span such as <c>90s</c>, <c>5m</c>, <c>1h30m</c>, <c>2d</c>; always greater than zero.</summary>
internal sealed record DurationNode(Scalar Scalar, TimeSpan Value);

/// <summary>A whole number, within the bounds of its key.</summary>
internal sealed record CountNode(Scalar Scalar, int Value);

/// <summary>The type of a variable: one of the small ones, such as <c>int</c>, or <c>alias.operation</c>, the result
/// of that operation.</summary>
/// <param name="Name">Without the question mark.</param>
internal sealed record TypeNode(Scalar Scalar, string Name, bool IsNullable);

/// <summary>What is called: <c>alias.operation</c>, and with which arguments.</summary>
/// <param name="Scalar">The whole name, for findings about the call.</param>
/// <param name="IsWhole">Whether no argument was refused.</param>
internal sealed record CallNode(Scalar Scalar, Word Alias, Word Operation, ImmutableArray<NamedValue> Arguments, bool IsWhole);
