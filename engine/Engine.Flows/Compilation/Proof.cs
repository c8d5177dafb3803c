using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Engine.Flows;

/// <summary>Lets the C# compiler look for results that may be unset and values that may be null.</summary>
internal sealed class Proof(FlowDocument document, FlowTypes types, Binder binder, FindingList findings, CancellationToken cancellation)
{
    private const int MaxRounds = 12;

    public static readonly HashSet<string> Judged = new(StringComparer.Ordinal)
    {
        "CS0165", "CS8509", "CS8600", "CS8601", "CS8602", "CS8603", "CS8604", "CS8625", "CS8629", "CS8655",
    };

    private readonly HashSet<(Scalar, int)> unset = [];

    /// <param name="compilation">With the flow's types in it.</param>
    public void Run(CSharpCompilation compilation)
    {
        // C# reports a variable at its first bad use only: that one is excused and the proof made again, until all are found.
        for (var round = 0; round < MaxRounds; round++)
        {
            var proof = ProofWriter.Write(document, types, binder, unset);
            var tree = CSharpSyntaxTree.ParseText(proof.ToString(), ExpressionParser.Options, cancellationToken: cancellation);
            var model = compilation.AddSyntaxTrees(tree).GetSemanticModel(tree);
            var found = model.GetDiagnostics(cancellationToken: cancellation).Where(one => Judged.Contains(one.Id)).ToList();
            var isNew = found.Where(one => one.Id == "CS0165").Select(one => Excuse(one, proof)).ToList().Contains(true);
            if (isNew) continue;
            foreach (var one in found) Report(one, proof, model);
            return;
        }
    }

    private bool Excuse(Diagnostic found, SourceWriter proof)
    {
        var span = found.Location.SourceSpan;
        if (proof.FindStretch(span.Start, span.End) is not var (scalar, start, length) || !unset.Add((scalar, start))) return false;
        var name = scalar.Value.Substring(start, length);
        findings.Error(FindingCodes.MayBeUnset, scalar.PlaceOf(start, length), $"'{name}' is not set on every path to here");
        return true;
    }

    private void Report(Diagnostic found, SourceWriter proof, SemanticModel model)
    {
        var span = found.Location.SourceSpan;
        if (found.Id == "CS0165" || proof.FindStretch(span.Start, span.End) is not var (scalar, start, length)) return;
        var (code, message) = CompilerWords.Of(found, model);
        var text = scalar.Value.Substring(start, length);
        findings.Error(code, scalar.PlaceOf(start, length), code == FindingCodes.MayBeNull ? $"'{text}' {message}" : message);
    }
}
