using System.Text;

namespace Engine.Flows;

/// <summary>A member of a generated record: its name as the flow writes it, and its C# type.</summary>
internal sealed record GeneratedMember(string Name, string Type)
{
    /// <summary>As generated code writes it: a flow may use C#'s keywords.</summary>
    public string Identifier => "@" + Name;
}

/// <summary>
/// The types that a flow brings along: its input, its forms, the parameters of its connection. They are plain classes whose members
/// bear the names the flow gives them, so that they are read and written as JSON without attributes.
/// </summary>
internal static class GeneratedTypes
{
    public const string Namespace = "Generated";

    /// <summary>What the fields of a form or of the input look like in C#.</summary>
    public static IEnumerable<GeneratedMember> MembersOf(string owner, IEnumerable<FieldNode> fields) =>
        fields.Select(field => new GeneratedMember(field.Name.Value, TypeOf(owner, field)));

    /// <summary>The enums that the select fields of a form make.</summary>
    public static void WriteEnums(StringBuilder code, string owner, IEnumerable<FieldNode> fields)
    {
        foreach (var field in fields.Where(field => field.Type == FieldType.Select))
        {
            code.Append("public enum ").Append(EnumOf(owner, field)).Append(" { ");
            code.AppendJoin(", ", field.Options.Select(option => "@" + option.Name.Value).Distinct(StringComparer.Ordinal)).Append(" }\n");
        }
    }

    public static void WriteClass(StringBuilder code, string name, IReadOnlyCollection<GeneratedMember> members)
    {
        code.Append("public sealed class ").Append(name).Append("\n{\n    public ").Append(name).Append('(');
        code.AppendJoin(", ", members.Select(member => $"{member.Type} {member.Identifier}")).Append(")\n    {\n");
        foreach (var member in members) code.Append($"        this.{member.Identifier} = {member.Identifier};\n");
        code.Append("    }\n");
        foreach (var member in members) code.Append($"    public {member.Type} {member.Identifier} {{ get; }}\n");
        code.Append("}\n");
    }

    public static string TypeOf(FieldNode field) => field.Type switch
    {
        FieldType.Text or FieldType.Phone or FieldType.Code or FieldType.Url => "string",
        FieldType.Secret => "global::Engine.Sdk.Secret",
        FieldType.Number => "int",
        FieldType.Boolean => "bool",
        FieldType.Select => "",
    };

    private static string TypeOf(string owner, FieldNode field)
    {
        var type = field.Type == FieldType.Select ? $"global::{Namespace}.{EnumOf(owner, field)}" : TypeOf(field);
        return field is { IsOptional: true, Default: null } ? type + "?" : type;
    }

    private static string EnumOf(string owner, FieldNode field) => $"{owner}_{field.Name}";
}
