using Microsoft.CodeAnalysis;

namespace Engine.Flows;

/// <summary>The hooks that a flow names, as their providers declare them.</summary>
internal static class HookTypes
{
    public static (UsedProvider Used, Hook Hook)? Find(HookName name, Library library) =>
        library.FindProvider(name.Alias.Value) is { } used && used.Provider.FindHook(name.Hook.Value) is { } hook ? (used, hook) : null;

    /// <summary>The record that the hook gives.</summary>
    public static INamedTypeSymbol? FindPayload(HookName name, Library library) =>
        Find(name, library) is var (used, hook) ? used.Assembly.GetTypeByMetadataName(hook.PayloadType) : null;
}
