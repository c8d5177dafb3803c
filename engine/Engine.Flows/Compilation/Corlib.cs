using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace Engine.Flows;

/// <summary>
/// A reference assembly with the identity of System.Runtime that declares only what generated code and expressions may use.
/// Flows are bound against it, so that any other part of the platform does not exist for them; at run time the real one serves.
/// Two kinds of members are here: those an expression may name, and those the C# compiler itself asks for.
/// </summary>
internal static class Corlib
{
    private static readonly Lazy<ImmutableArray<byte>> image = new(Build);

    public static ImmutableArray<byte> Image => image.Value;

    private static ImmutableArray<byte> Build()
    {
        var real = typeof(Corlib).Assembly.GetReferencedAssemblies().First(name => name.Name == "System.Runtime");
        var source = string.Concat(
            $"[assembly: System.Reflection.AssemblyVersion(\"{real.Version}\")]\n", CorlibSource.Core, CorlibSource.Values, CorlibSource.Compiler);
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            nullableContextOptions: NullableContextOptions.Enable,
            publicSign: true,
            cryptoPublicKey: [.. Assembly.Load(real).GetName().GetPublicKey() ?? []],
            deterministic: true);
        var compilation = CSharpCompilation.Create(
            "System.Runtime", [CSharpSyntaxTree.ParseText(source, ExpressionParser.Options)], [], options);
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream, options: new EmitOptions(metadataOnly: true, runtimeMetadataVersion: "v4.0.30319"));
        return result.Success
            ? [.. stream.ToArray()]
            : throw new InvalidOperationException(string.Join('\n', result.Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error)));
    }
}
