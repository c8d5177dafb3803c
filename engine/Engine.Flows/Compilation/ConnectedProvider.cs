using Microsoft.CodeAnalysis;

namespace Engine.Flows;

/// <summary>Whose connection a <c>connect</c> makes, and what that provider wants to be kept for it.</summary>
internal static class ConnectedProvider
{
    /// <summary>The one that the step names; otherwise the only one, or the one that is called first. Null where there is none.</summary>
    public static UsedProvider? Find(FlowDocument document, StepNode.Connect connect, Library library)
    {
        if (connect.Provider is { } alias) return library.FindProvider(alias.Value);
        if (library.Providers is [var only]) return only;
        var calls = Steps.All(document.Steps).Select(Steps.Operation).OfType<CallNode>();
        return calls.Select(call => library.FindProvider(call.Alias.Value)).FirstOrDefault(used => used is not null);
    }

    /// <summary>The record of its credentials; null where it declares none.</summary>
    public static INamedTypeSymbol? FindCredentials(FlowDocument document, StepNode.Connect connect, Library library) =>
        Find(document, connect, library) is { Provider.CredentialsType: { } name } used ? used.Assembly.GetTypeByMetadataName(name) : null;
}
