using System.Collections.Immutable;
using System.Text;

namespace Engine.Flows;

/// <summary>
/// The types of a provider's file as C#: plain classes whose members bear the names that the file gives them. A type's name ends, after its
/// last underscore, in what findings call it.
/// </summary>
internal static class ProviderSource
{
    /// <summary>The class of what is kept of a connection.</summary>
    public const string Credentials = "Credentials";

    public static string InputOf(OperationNode operation) => $"Takes_{Names.Pascal(operation.Name.Value)}";

    public static string OutputOf(OperationNode operation) => $"Gives_{Names.Pascal(operation.Name.Value)}";

    public static void Write(StringBuilder code, ProviderDocument document)
    {
        var settings = document.Settings.Select(setting => new GeneratedMember(
            setting.Name.Value, CodeOf(setting.Type) + (setting.IsOptional ? "?" : "")));
        GeneratedTypes.WriteClass(code, "Settings", [.. settings]);
        if (!document.Credentials.IsEmpty) WriteRecord(code, document, Credentials, document.Credentials, isAnswer: false);
        foreach (var operation in document.Operations)
        {
            WriteRecord(code, document, InputOf(operation), operation.Takes, isAnswer: false);
            WriteRecord(code, document, OutputOf(operation), operation.Gives, isAnswer: true);

            // What only conditions read has types too.
            foreach (var field in operation.Reads) WriteNamed(code, document, OutputOf(operation), field, isAnswer: true);
        }
    }

    /// <summary>A field's type as generated code writes it, without a question mark.</summary>
    /// <param name="owner">The name of the class that the field is in.</param>
    public static string CodeOf(ProviderDocument document, string owner, ProviderField field) => CodeOf(document, owner, field.Name.Value, field.Type);

    /// <summary>The name of the class or enum that a field brings along.</summary>
    public static string NameOf(string owner, string field) => $"{owner}_{Names.Pascal(field)}";

    private static string CodeOf(ProviderDocument document, string owner, string name, ProviderType type) => type switch
    {
        ProviderType.Small small => CodeOf(small.Type),
        ProviderType.List list => $"global::System.Collections.Generic.IReadOnlyList<{CodeOf(document, owner, name, list.Item)}>",
        _ => $"global::{document.Namespace}.{NameOf(owner, name)}",
    };

    private static string CodeOf(ProviderScalar type) => type switch
    {
        ProviderScalar.Text => "string",
        ProviderScalar.Int => "int",
        ProviderScalar.Long => "long",
        ProviderScalar.Decimal => "decimal",
        ProviderScalar.Bool => "bool",
        ProviderScalar.Url => "global::System.Uri",
        ProviderScalar.Moment or ProviderScalar.Lasts => "global::System.DateTimeOffset",
        ProviderScalar.Secret => "global::Engine.Sdk.Secret",
        ProviderScalar.ShowOnce => "global::Engine.Sdk.ShowOnce",
    };

    private static void WriteRecord(StringBuilder code, ProviderDocument document, string name, ImmutableArray<ProviderField> fields, bool isAnswer)
    {
        var members = fields.Select(field => new GeneratedMember(
            field.Name.Value, CodeOf(document, name, field) + (field.IsOptional ? "?" : "")));
        GeneratedTypes.WriteClass(code, name, [.. members]);
        foreach (var field in fields) WriteNamed(code, document, name, field, isAnswer);
    }

    private static void WriteNamed(StringBuilder code, ProviderDocument document, string owner, ProviderField field, bool isAnswer)
    {
        var name = NameOf(owner, field.Name.Value);
        switch (field.Type is ProviderType.List list ? list.Item : field.Type)
        {
            case ProviderType.Record record:
                WriteRecord(code, document, name, record.Fields, isAnswer);
                break;
            case ProviderType.Words words:
                WriteEnum(code, name, words.Members.Select(member => member.Value), isAnswer);
                break;
            case ProviderType.Chosen chosen:
                WriteEnum(code, name, chosen.Members.Select(member => member.Name.Value), isAnswer);
                break;
        }
    }

    private static void WriteEnum(StringBuilder code, string name, IEnumerable<string> members, bool isAnswer)
    {
        var all = isAnswer ? members.Prepend(ProviderReader.Unknown) : members;
        code.Append("public enum ").Append(name).Append(" { ").AppendJoin(", ", all.Distinct(StringComparer.Ordinal).Select(member => "@" + member)).Append(" }\n");
    }
}
