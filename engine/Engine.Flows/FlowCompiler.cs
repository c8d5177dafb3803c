using System.Collections.Immutable;

namespace Engine.Flows;

/// <summary>A flow file: the path for findings, and its bytes.</summary>
public sealed record FlowSource(string Path, ReadOnlyMemory<byte> Content);

/// <summary>What checking a flow gave.</summary>
/// <param name="Flow">The compiled flow; null where a finding is an error.</param>
/// <param name="Text">The decoded text of the file, for showing findings in it; empty where it could not be decoded.</param>
/// <param name="Findings">All findings, in the order of their places.</param>
public sealed record FlowCheck(CompiledFlow? Flow, string Text, ImmutableArray<Finding> Findings);

/// <summary>Turns a flow file into a compiled flow, or into findings.</summary>
public static class FlowCompiler
{
    /// <summary>Reads, checks and compiles. Bad input gives findings, never an exception.</summary>
    public static FlowCheck Check(FlowSource source, Catalog catalog, CancellationToken cancellation) =>
        Compilation.Run(source, catalog, isProved: true, cancellation);

    /// <summary>
    /// Compiles a flow that was checked before, without the proofs: a stricter checker never stops a run that goes on with
    /// the version it began with.
    /// </summary>
    /// <exception cref="InvalidOperationException">The flow does not compile: it was not checked, or against other plugins.</exception>
    public static CompiledFlow Recompile(FlowSource source, Catalog catalog, CancellationToken cancellation)
    {
        var check = Compilation.Run(source, catalog, isProved: false, cancellation);
        return check.Flow
            ?? throw new InvalidOperationException(string.Join('\n', check.Findings.Where(found => found.Severity == Severity.Error)));
    }
}
