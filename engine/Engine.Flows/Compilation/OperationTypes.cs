using Microsoft.CodeAnalysis;

namespace Engine.Flows;

/// <summary>The records that operations take and give.</summary>
internal static class OperationTypes
{
    public static (UsedProvider Used, Operation Operation)? Find(CallNode call, Library library) =>
        library.FindProvider(call.Alias.Value) is { } used && used.Provider.FindOperation(call.Operation.Value) is { } operation
            ? (used, operation)
            : null;

    public static INamedTypeSymbol? FindOutput(CallNode call, Library library) =>
        Find(call, library) is var (used, operation) ? used.Assembly.GetTypeByMetadataName(operation.OutputType) : null;

    /// <summary>What a person comes back with from a page.</summary>
    public static INamedTypeSymbol? FindReturn(CallNode page, Library library) =>
        library.FindProvider(page.Alias.Value) is { } used && used.Provider.FindRedirect(page.Operation.Value) is { } redirect
            ? used.Assembly.GetTypeByMetadataName(redirect.OutputType)
            : null;

    public static INamedTypeSymbol? FindInput(CallNode call, Library library) =>
        Find(call, library) is var (used, operation) ? used.Assembly.GetTypeByMetadataName(operation.InputType) : null;
}
