using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Engine.Flows;

/// <summary>What checking a provider's file gave.</summary>
/// <param name="Provider">Null where a finding is an error.</param>
/// <param name="Text">The decoded text of the file, for showing findings in it.</param>
/// <param name="Findings">All findings, in the order of their places.</param>
public sealed record ProviderCheck(CompiledProvider? Provider, string Text, ImmutableArray<Finding> Findings);

/// <summary>Turns a provider's file into a compiled provider, or into findings.</summary>
public sealed class ProviderCompiler
{
    /// <summary>How files that describe a provider are named, so that they are told from flows.</summary>
    public const string FileSuffix = ".provider.yaml";

    private readonly ProviderDocument document;
    private readonly Library library;
    private readonly FindingList findings;
    private readonly CancellationToken cancellation;
    private readonly SourceWriter code = new();
    private readonly List<(Translation Translation, int Start, int End)> expressions = [];

    private ProviderCompiler(ProviderDocument document, FindingList findings, CancellationToken cancellation)
    {
        this.document = document;
        this.findings = findings;
        this.cancellation = cancellation;
        library = new Library(ProviderProgram.AssemblyNameOf(document));
    }

    /// <summary>Reads, checks and compiles. Bad input gives findings, never an exception.</summary>
    public static ProviderCheck Check(FlowSource source, CancellationToken cancellation)
    {
        var found = new FindingList();
        var (document, text) = ProviderReader.Read(source, found);

        // What could not be read has no types to check expressions against.
        if (document is null || found.HasErrors) return new ProviderCheck(null, text.Raw, found.InOrder());
        var image = new ProviderCompiler(document, found, cancellation).Compile();
        return new ProviderCheck(found.HasErrors || image.IsEmpty ? null : ProviderProgram.Of(document, image), text.Raw, found.InOrder());
    }

    /// <summary>The same from an image that the same file gave before; null where the file is not right.</summary>
    public static CompiledProvider? Restore(FlowSource source, ImmutableArray<byte> image)
    {
        var found = new FindingList();
        var (document, _) = ProviderReader.Read(source, found);
        return document is null || found.HasErrors ? null : ProviderProgram.Of(document, image);
    }

    private ImmutableArray<byte> Compile()
    {
        // Without a path: the same file gives the same image wherever it lies.
        var file = Path.GetFileName(document.Text.Path);
        code.Write("#nullable enable\n");
        var isFirst = true;
        foreach (var (operation, number) in document.Operations.Select((operation, number) => (operation, number)))
        {
            var request = ProviderScope.OfRequest(document, operation, library);
            if (isFirst) ScopeWriter.WriteTypes(code, request);
            isFirst = false;
            var values = new ScopeParts();
            Bind(request, binder => new RequestCheck(binder, findings).Add(operation, values));
            Write(ProviderProgram.RequestScope(number), request, values, file);

            var answer = ProviderScope.OfAnswer(document, operation, library);
            var conditions = new ScopeParts();
            Bind(answer, binder =>
            {
                foreach (var condition in ProviderProgram.ConditionsOf(operation)) conditions.Condition(binder.Condition(condition), condition.Scalar.Place);
            });
            Write(ProviderProgram.AnswerScope(number), answer, conditions, file);
        }

        return new ScopeCompiler(library, findings, cancellation).Compile(code, expressions, document.Text.PlaceOf(0, 0)).Image;
    }

    private void Bind(ProviderScope scope, Action<Binder> bind) =>
        bind(new Binder(new TypeModel(scope, cancellation), new ExpressionParser(findings), findings));

    private void Write(string name, ProviderScope scope, ScopeParts parts, string file) =>
        expressions.AddRange(ScopeWriter.Write(code, name, scope, parts, file).Expressions);
}
