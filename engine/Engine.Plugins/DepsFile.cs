using System.Text.Json;

namespace Engine.Plugins;

/// <summary>
/// Whether a <c>.deps.json</c> has the shape that the platform takes for granted: its parser, which is native code, ends the whole process on
/// one that lacks a member or has it in another type (measured on .NET 10.0: <c>{}</c> is enough).
/// </summary>
internal static class DepsFile
{
    private static readonly string[] AssetKinds = ["runtime", "native", "runtimeTargets", "resources", "compile"];
    private static readonly string[] AssetTexts = ["rid", "assetType", "assemblyVersion", "fileVersion", "locale", "localPath"];
    private static readonly string[] LibraryTexts = ["type", "sha512", "path", "hashPath", "runtimeStoreManifestName"];

    public static bool IsSound(ReadOnlySpan<byte> content)
    {
        try
        {
            return IsSound(JsonElement.Parse(content));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsSound(JsonElement root) =>
        Find(root, "runtimeTarget") is { } target && (IsText(target) || (Find(target, "name") is { } name && IsText(name)))
        && Find(root, "targets") is { ValueKind: JsonValueKind.Object } targets
        && targets.EnumerateObject().All(framework => AreAll(framework.Value, IsSoundTarget))
        && Find(root, "libraries") is { } libraries && AreAll(libraries, IsSoundLibrary);

    private static bool IsSoundTarget(JsonElement library) =>
        library.ValueKind == JsonValueKind.Object
        && AssetKinds.All(kind => Find(library, kind) is not { } assets || AreAll(assets, asset => IsSoundAsset(asset, kind)))
        && (Find(library, "dependencies") is not { } needs || AreAll(needs, IsText));

    private static bool IsSoundAsset(JsonElement asset, string kind) =>
        HasOnlyTexts(asset, AssetTexts)
        && (kind != "runtimeTargets" || (Find(asset, "rid") is not null && Find(asset, "assetType") is not null));

    private static bool IsSoundLibrary(JsonElement library) =>
        HasOnlyTexts(library, LibraryTexts) && Find(library, "type") is not null && Find(library, "sha512") is not null
        && Find(library, "serviceable") is { ValueKind: JsonValueKind.True or JsonValueKind.False };

    private static bool HasOnlyTexts(JsonElement element, string[] names) =>
        element.ValueKind == JsonValueKind.Object && names.All(name => Find(element, name) is not { } member || IsText(member));

    private static bool AreAll(JsonElement element, Func<JsonElement, bool> isSound) =>
        element.ValueKind == JsonValueKind.Object && element.EnumerateObject().All(member => isSound(member.Value));

    private static bool IsText(JsonElement element) => element.ValueKind == JsonValueKind.String;

    private static JsonElement? Find(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : null;
}
