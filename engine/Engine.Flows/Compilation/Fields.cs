using System.Collections.Immutable;

namespace Engine.Flows;

/// <summary>Inputs, fields and fixed texts as the machine and the pages see them.</summary>
internal static class Fields
{
    private const int LongestText = 4096;
    private const int LongestCode = 32;

    public static ImmutableArray<Field> Of(ImmutableArray<FieldNode> nodes) => [.. nodes.Select(Of)];

    public static LocalText TextOf(TextNode? node)
    {
        if (node is null) return LocalText.Empty;
        var texts = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var part in node.Parts)
        {
            foreach (var language in part.Languages) texts[language] = part.Value.Scalar.Value;
        }

        return new LocalText(texts.ToImmutable());
    }

    private static Field Of(FieldNode node) => new(
        node.Name.Value, node.Type, !node.IsOptional && node.Default is null, TextOf(node.Label), TextOf(node.Hint), node.Pattern?.Value,
        node.Default?.Value, node.MaxLength?.Value ?? (node.Type is FieldType.Code or FieldType.Phone ? LongestCode : LongestText),
        [.. node.Options.Select(option => new Option(option.Name.Value, TextOf(option.Label)))]);
}
