namespace Engine.Flows;

/// <summary>The types that <c>vars</c> may name.</summary>
internal static class VariableTypes
{
    private static readonly Dictionary<string, string> Small = new(StringComparer.Ordinal)
    {
        ["string"] = "string",
        ["int"] = "int",
        ["bool"] = "bool",
        ["duration"] = "global::System.TimeSpan",
        ["datetime"] = "global::System.DateTimeOffset",
        ["url"] = "string",
        ["phone"] = "string",
        ["code"] = "string",
    };

    /// <summary>The C# type; null where a finding was given.</summary>
    public static string? Find(TypeNode type, Library library, FindingList findings)
    {
        var code = Small.GetValueOrDefault(type.Name) ?? Record(type, library, findings);
        return code is null ? null : code + (type.IsNullable ? "?" : "");
    }

    private static string? Record(TypeNode type, Library library, FindingList findings)
    {
        var dot = type.Name.IndexOf('.', StringComparison.Ordinal);
        var alias = dot < 0 ? type.Name : type.Name[..dot];
        if (dot < 0 || library.FindProvider(alias) is not { } used)
        {
            if (!library.Missing.Contains(alias))
            {
                findings.Error(FindingCodes.UnknownVariableType, type.Scalar.PlaceOf(0, alias.Length),
                    $"there is no type '{alias}'{Nearest.DidYouMean(alias, [.. Small.Keys, .. library.Providers.Select(one => one.Alias)])}");
            }

            return null;
        }

        var name = type.Name[(dot + 1)..];
        var found = used.Provider.FindOperation(name) is { } operation
            ? used.Assembly.GetTypeByMetadataName(operation.OutputType)
            : used.Provider.Operations.Select(one => used.Assembly.GetTypeByMetadataName(one.OutputType))
                .FirstOrDefault(output => output is not null && Names.Fold(output.Name) == Names.Fold(name));
        if (found is null)
        {
            findings.Error(FindingCodes.UnknownVariableType, type.Scalar.PlaceOf(dot + 1, name.Length),
                $"provider '{alias}' has no operation '{name}' whose answer could be the type"
                + Nearest.DidYouMean(name, used.Provider.Operations.SelectMany(one => new[] { one.Name, RecordOf(one) })));
        }

        return found is null ? null : TypeNames.Code(found);
    }

    private static string RecordOf(Operation operation) => Names.Snake(operation.OutputType[(operation.OutputType.LastIndexOf('.') + 1)..]);
}
