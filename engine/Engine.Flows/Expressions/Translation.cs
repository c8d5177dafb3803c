using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Engine.Flows;

/// <summary>A piece of generated code, and the characters of the expression that it stands for.</summary>
internal readonly record struct Piece(string Code, int Start, int Length);

/// <summary>An expression with its names resolved, ready to be put into generated code.</summary>
/// <param name="Type">Null where it has none by itself, such as <c>null</c>.</param>
/// <param name="CallsFunctions">Whether it can use up the budget.</param>
internal sealed record Translation(Expression Source, NameTable Names, ITypeSymbol? Type, bool CallsFunctions)
{
    /// <summary>Whether C# must be told its type, as of <c>a ? 1 : null</c>.</summary>
    public bool NeedsTarget { get; init; }

    public Place Place => Source.Place;

    public ImmutableArray<Piece> Pieces { get; } = [.. Names.PiecesOf(Source.Syntax)];
}

/// <summary>What the names in an expression turned out to mean.</summary>
internal sealed class NameTable
{
    private readonly Dictionary<int, string> replacements = [];

    /// <summary>The variables read, by the identifier that reads them.</summary>
    public Dictionary<SyntaxNode, Slot> Reads { get; } = [];

    /// <summary>The members read.</summary>
    public HashSet<IPropertySymbol> Members { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>The enum members named, by the node that names them.</summary>
    public Dictionary<SyntaxNode, IFieldSymbol> Constants { get; } = [];

    /// <summary>The types of the parts whose type was asked for.</summary>
    public Dictionary<SyntaxNode, ITypeSymbol> Types { get; } = [];

    public void Replace(SyntaxToken token, string code) => replacements[token.SpanStart] = code;

    /// <summary>Puts code in place of a whole node.</summary>
    public void Replace(SyntaxNode node, string code)
    {
        var isFirst = true;
        foreach (var token in node.DescendantTokens())
        {
            replacements[token.SpanStart] = isFirst ? code : "";
            isFirst = false;
        }
    }

    public string CodeOf(SyntaxNode node)
    {
        var code = new StringBuilder();
        foreach (var piece in PiecesOf(node)) code.Append(piece.Code);
        return code.ToString();
    }

    /// <summary>The generated code of a node, token by token, so that each keeps its place.</summary>
    public IEnumerable<Piece> PiecesOf(SyntaxNode node)
    {
        foreach (var token in node.DescendantTokens())
        {
            if (token.Span.IsEmpty) continue;
            if (token.HasLeadingTrivia) yield return new Piece(" ", token.SpanStart, 0);
            yield return new Piece(CodeOf(token), token.SpanStart, token.Span.Length);
            if (token.HasTrailingTrivia) yield return new Piece(" ", token.Span.End, 0);
        }
    }

    private string CodeOf(SyntaxToken token)
    {
        if (replacements.TryGetValue(token.SpanStart, out var code)) return code;
        return token.IsKind(SyntaxKind.StringLiteralToken)
            ? SymbolDisplay.FormatLiteral(token.ValueText.Replace(ExpressionScanner.InnerQuote, '"'), quote: true)
            : token.Text;
    }
}
