using Microsoft.CodeAnalysis;

namespace Engine.Flows;

/// <summary>How types are written: in generated code, and in findings.</summary>
internal static class TypeNames
{
    private static readonly SymbolDisplayFormat Format = SymbolDisplayFormat.FullyQualifiedFormat.AddMiscellaneousOptions(
        SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier | SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    /// <summary>As generated code writes it; reference types without their question mark.</summary>
    public static string Code(ITypeSymbol type) => type.WithNullableAnnotation(NullableAnnotation.None).ToDisplayString(Format);

    /// <summary>As generated code writes it, nullable where the declaration says so.</summary>
    public static string CodeAsDeclared(ITypeSymbol type) => type.ToDisplayString(Format);

    /// <summary>As findings write it: <c>string</c>, <c>int?</c>, <c>secret</c>, <c>telegram_session</c>.</summary>
    public static string Words(ITypeSymbol type) => type switch
    {
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable => Words(nullable.TypeArguments[0]) + "?",
        INamedTypeSymbol { Name: "IReadOnlyList", TypeArguments: [var item] } => $"list of {Words(item)}",
        _ => type.SpecialType switch
        {
            SpecialType.System_String => "string",
            SpecialType.System_Boolean => "bool",
            SpecialType.System_Int32 => "int",
            SpecialType.System_Int64 => "long",
            SpecialType.System_Double => "double",
            SpecialType.System_Decimal => "decimal",
            _ => NamedWords(type),
        },
    };

    private static string NamedWords(ITypeSymbol type) => type.ToDisplayString() switch
    {
        "System.DateTimeOffset" => "datetime",
        "System.TimeSpan" => "duration",
        "System.Uri" => "url",
        "Engine.Flows.RunRoot" => "run",
        var name when name.StartsWith("Generated.Form", StringComparison.Ordinal) => "form",
        _ => Names.Snake(type.Name[(type.Name.LastIndexOf('_') + 1)..]),
    };
}
