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
            : AnswersOf(used.Provider).Select(used.Assembly.GetTypeByMetadataName)
                .FirstOrDefault(output => output is not null && Names.Fold(output.Name) == Names.Fold(name));
        if (found is null)
        {
            findings.Error(FindingCodes.UnknownVariableType, type.Scalar.PlaceOf(dot + 1, name.Length),
                $"provider '{alias}' has no operation '{name}' whose answer could be the type"
                + Nearest.DidYouMean(name, [.. used.Provider.Operations.Select(one => one.Name), .. AnswersOf(used.Provider).Select(RecordOf)]));
        }

        return found is null ? null : TypeNames.Code(found);
    }

    /// <summary>Every record that comes from a provider.</summary>
    private static IEnumerable<string> AnswersOf(Provider provider) =>
    [
        .. provider.Operations.Select(one => one.OutputType), .. provider.Redirects.Select(one => one.OutputType),
        .. provider.Hooks.Select(one => one.PayloadType),
    ];

    private static string RecordOf(string type) => Names.Snake(type[(type.LastIndexOf('.') + 1)..]);
}
