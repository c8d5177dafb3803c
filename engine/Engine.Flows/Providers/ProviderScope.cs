using System.Text;

namespace Engine.Flows;

/// <summary>What the expressions of one operation may speak of: those of its request, or those over its answer.</summary>
internal sealed class ProviderScope : ScopeTypes
{
    private readonly ProviderDocument document;

    private ProviderScope(ProviderDocument document, Library library, IEnumerable<(string Name, string Type)> variables)
    {
        this.document = document;
        Library = library;
        Slots = Slots.Of(variables);
    }

    public override Library Library { get; }

    public override Slots Slots { get; }

    public override string Namespace => document.Namespace;

    /// <summary>The settings, then what the operation takes.</summary>
    public static ProviderScope OfRequest(ProviderDocument document, OperationNode operation, Library library) => new(
        document, library,
        operation.Takes.Select(field => (field.Name.Value,
                ProviderSource.CodeOf(document, ProviderSource.InputOf(operation), field) + (field.IsOptional ? "?" : "")))
            .Prepend(("settings", $"global::{document.Namespace}.Settings")));

    /// <summary>The fields of the answer, each of which may be missing, and the status.</summary>
    public static ProviderScope OfAnswer(ProviderDocument document, OperationNode operation, Library library) => new(
        document, library,
        ProviderProgram.ReadableOf(operation)
            .Select(field => (field.Name.Value, ProviderSource.CodeOf(document, ProviderSource.OutputOf(operation), field) + "?"))
            .Append((ProviderReader.StatusName, "int")));

    public override void WriteTypes(StringBuilder code) => ProviderSource.Write(code, document);
}
