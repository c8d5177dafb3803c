using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace Engine.Flows;

/// <summary>Compiles the class of a flow's expressions, and lets nothing into it that is not allowed.</summary>
internal sealed class ScopeCompiler(Library library, FindingList findings, CancellationToken cancellation)
{
    /// <summary>The image, empty where a finding was given; and the compilation, for the proof.</summary>
    public (ImmutableArray<byte> Image, CSharpCompilation Compilation) Compile(ScopeWriter scope, Place flow) =>
        Compile(scope.Code, scope.Expressions, flow);

    /// <summary>The same of a source that several scopes share.</summary>
    public (ImmutableArray<byte> Image, CSharpCompilation Compilation) Compile(
        SourceWriter code, IReadOnlyCollection<(Translation Translation, int Start, int End)> expressions, Place flow)
    {
        var tree = CSharpSyntaxTree.ParseText(code.ToString(), ExpressionParser.Options, cancellationToken: cancellation);
        var compilation = library.Compilation.AddSyntaxTrees(tree);
        var model = compilation.GetSemanticModel(tree);
        using var image = new MemoryStream();
        if (Emit(compilation, image) is not { } result)
        {
            findings.Error(FindingCodes.NotChecked, flow, "the C# compiler failed on this file");
            return ([], compilation);
        }

        // A flow has a proof of its own, which knows its paths; there the compiler's warnings are off.
        var errors = result.Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error || Proof.Judged.Contains(found.Id)).ToList();
        foreach (var error in errors) Report(error, code, model, flow);
        var isGuarded = true;
        foreach (var (translation, start, end) in expressions)
        {
            if (errors.Exists(error => error.Location.SourceSpan.IntersectsWith(new TextSpan(start - 1, end - start + 2)))) continue;
            isGuarded &= IsGuarded(translation, start, end, code, compilation, model);
        }

        return (result.Success && isGuarded ? [.. image.ToArray()] : [], compilation);
    }

    /// <summary>Null where the compiler itself breaks down, as it may over a platform that lacks a type it takes for granted.</summary>
    private EmitResult? Emit(CSharpCompilation compilation, MemoryStream image)
    {
        try
        {
            var result = compilation.Emit(image, cancellationToken: cancellation);

            // A cancellation may come as an error of the compiler's own (CS1569) instead of as the exception.
            cancellation.ThrowIfCancellationRequested();
            return result;
        }
        catch (Exception crash) when (crash is not OperationCanceledException)
        {
            return null;
        }
    }

    private bool IsGuarded(Translation translation, int start, int end, SourceWriter code, CSharpCompilation compilation, SemanticModel model)
    {
        // What the author wrote is what stands between the generator's own brackets, or it broke out of them.
        var bracket = model.SyntaxTree.GetRoot(cancellation).FindToken(start - 1);
        if (bracket.Parent is not ParenthesizedExpressionSyntax brackets
            || brackets.OpenParenToken != bracket || brackets.CloseParenToken.SpanStart != end)
        {
            findings.Error(FindingCodes.ExpressionNotAllowed, translation.Place, "this is not one whole expression");
            return false;
        }

        var violations = new Guard(library, compilation.Assembly).Violations(model, brackets.Expression).ToList();
        foreach (var node in violations)
        {
            findings.Error(FindingCodes.ExpressionNotAllowed, code.Find(node.SpanStart, node.Span.End) ?? translation.Place,
                "this is not part of expressions");
        }

        return violations.Count == 0;
    }

    private void Report(Diagnostic error, SourceWriter code, SemanticModel model, Place flow)
    {
        var span = error.Location.SourceSpan;
        if (error.Severity != DiagnosticSeverity.Error && code.Find(span.Start, span.End) is null) return;
        var (finding, message) = CompilerWords.Of(error, model);
        if (code.Find(span.Start, span.End) is { } place) findings.Error(finding, place, message);
        else if (!findings.HasErrors) findings.Error(FindingCodes.NotChecked, flow, $"this cannot be compiled ({error.Id})");
    }
}
