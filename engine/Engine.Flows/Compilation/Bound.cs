using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Engine.Flows;

/// <summary>A value of a flow, judged to fit its place.</summary>
internal abstract record Bound
{
    /// <summary>A value that findings were given for.</summary>
    public sealed record Broken : Bound;

    /// <summary>An expression.</summary>
    /// <param name="Target">The C# type that is wanted; empty where any will do.</param>
    /// <param name="Unwraps">Whether it is a <c>T?</c> where <c>T</c> is wanted: the proof shows that it is there.</param>
    /// <param name="IsNullWanted">Whether null may come.</param>
    public sealed record Computed(Translation Translation, string Target, bool Unwraps, bool IsNullWanted) : Bound;

    /// <summary>A text with holes.</summary>
    public sealed record Text(Scalar Scalar, ImmutableArray<TextPiece> Pieces) : Bound;

    /// <summary>A value written out, as C# writes it.</summary>
    public sealed record Constant(Scalar Scalar, string Code) : Bound;
}

/// <summary>A piece of a text: letters as they stand, or a hole.</summary>
internal sealed record TextPiece(string Letters, Bound.Computed? Hole);

/// <summary>The record that is made of named values: an operation's input, or a generated one.</summary>
/// <param name="Type">As generated code writes it.</param>
/// <param name="Arguments">Those of the constructor, by their C# names.</param>
/// <param name="Properties">Those that are set afterwards.</param>
internal sealed record BoundRecord(
    string Type, ImmutableArray<(string Name, Bound Value)> Arguments, ImmutableArray<(string Name, Bound Value)> Properties)
{
    public IEnumerable<Bound> Values => Arguments.Concat(Properties).Select(argument => argument.Value);
}

/// <summary>A call of an operation, its arguments judged.</summary>
internal sealed record BoundCall(
    CallNode Node, UsedProvider Used, Operation Operation, INamedTypeSymbol Input, INamedTypeSymbol Output, BoundRecord Record);

/// <summary>A redirect, its arguments judged.</summary>
internal sealed record BoundRedirect(CallNode Node, UsedProvider Used, Redirect Redirect, BoundRecord Record);

/// <summary>The subject of a branch and what its cases stand for.</summary>
/// <param name="Subject">Null where a finding was given.</param>
/// <param name="Cases">For each case its C# constants.</param>
/// <param name="Enum">Null unless the subject is of an enum.</param>
internal sealed record BoundBranch(
    Bound.Computed? Subject, ImmutableArray<ImmutableArray<BoundCase>> Cases, INamedTypeSymbol? Enum);

/// <summary>One value that a case names.</summary>
/// <param name="Member">Null unless the subject is of an enum.</param>
internal sealed record BoundCase(Word Name, string Code, IFieldSymbol? Member);
