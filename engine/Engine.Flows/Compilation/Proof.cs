using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Engine.Flows;

/// <summary>Lets the C# compiler look for results that may be unset and values that may be null.</summary>
internal static class Proof
{
    private static readonly HashSet<string> Judged = new(StringComparer.Ordinal)
    {
        "CS0165", "CS8509", "CS8600", "CS8601", "CS8602", "CS8603", "CS8604", "CS8625", "CS8629", "CS8655",
    };

    public static void Run(SourceWriter proof, CSharpCompilation compilation, FindingList findings, CancellationToken cancellation)
    {
        var tree = CSharpSyntaxTree.ParseText(proof.ToString(), ExpressionParser.Options, cancellationToken: cancellation);
        var model = compilation.AddSyntaxTrees(tree).GetSemanticModel(tree);
        foreach (var found in model.GetDiagnostics(cancellationToken: cancellation))
        {
            if (!Judged.Contains(found.Id)) continue;
            var span = found.Location.SourceSpan;
            if (proof.Find(span.Start, span.End) is not { } place) continue;
            var (code, message) = CompilerWords.Of(found, model);
            var text = proof.FindText(span.Start, span.End);
            findings.Error(code, place, code == FindingCodes.MayBeNull || code == FindingCodes.MayBeUnset ? $"'{text}' {message}" : message);
        }
    }
}
