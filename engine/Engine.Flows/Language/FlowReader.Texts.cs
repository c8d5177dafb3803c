using System.Collections.Immutable;

namespace Engine.Flows;

internal sealed partial class FlowReader
{
    /// <summary>A text for people: one for all languages, or one for each.</summary>
    /// <param name="isFixed">Whether holes and expressions are refused.</param>
    public TextNode? ReadText(YamlEntry entry, bool isFixed)
    {
        if (entry.Value is YamlNode.Map map) return ReadTextByLanguage(entry, map, isFixed);
        if (entry.Value is YamlNode.List)
        {
            RefuseKind(entry, "a text, or a map of a text for each language");
            return null;
        }

        return ReadOneText(entry, isFixed) is { } only
            ? new TextNode(only.Scalar.Place, [new TextPart(languages, only)])
            : null;
    }

    private TextNode ReadTextByLanguage(YamlEntry entry, YamlNode.Map map, bool isFixed)
    {
        var parts = ImmutableArray.CreateBuilder<TextPart>();
        var named = map.Entries.Select(part => part.Key.Value).ToHashSet(StringComparer.Ordinal);
        foreach (var part in map.Entries)
        {
            // A misspelt language is not missing besides.
            if (languages.IndexOf(part.Key.Value) < 0) named.Add(RefuseLanguage(part.Key));
            else if (ReadOneText(part, isFixed) is { } value) parts.Add(new TextPart([part.Key.Value], value));
        }

        var missing = languages.Where(language => !named.Contains(language)).ToList();
        if (missing.Count > 0 && map.IsWhole)
        {
            findings.Error(FindingCodes.LanguageMissing, entry.Key.Place,
                $"'{entry.Key.Value}' has no text in {string.Join(", ", missing.Select(language => $"'{language}'"))}; " +
                $"the flow's languages are {string.Join(", ", languages)}");
        }

        return new TextNode(map.Place, parts.ToImmutable());
    }

    /// <summary>The language that was meant; empty where none is near.</summary>
    private string RefuseLanguage(Scalar key)
    {
        var hint = Nearest.DidYouMean(key.Value, languages);
        if (hint.Length == 0) hint = $"; they are {string.Join(", ", languages)}";
        findings.Error(FindingCodes.UnknownLanguage, key.Place,
            $"{Characters.Quote(key.Value)} is not one of the flow's languages{hint}");
        return Nearest.Find(key.Value, languages) ?? "";
    }

    private ValueNode? ReadOneText(YamlEntry entry, bool isFixed)
    {
        if (ReadScalar(entry) is not { } scalar) return null;
        if (scalar.IsPlain && FindComment(scalar) is { } comment && IsTextAfter(comment))
        {
            findings.Error(FindingCodes.CutByComment, text.PlaceOf(comment, comment + 1),
                "a '#' after a space begins a comment, so that the text ends before it; " +
                "put the whole text in quotes, or a space after the '#'");
        }

        if (!isFixed) return ReadValue(entry);
        var hole = scalar.Value.IndexOf("{{", StringComparison.Ordinal);
        if (hole < 0 && !scalar.Value.StartsWith('=')) return new ValueNode.Text(scalar);
        var place = hole < 0 ? scalar.PlaceOf(0, 1) : scalar.PlaceOf(hole, 2);
        findings.Error(FindingCodes.FixedText, place, "this text is fixed; it takes no expressions");
        return null;
    }

    private bool IsTextAfter(int comment) =>
        comment + 1 < text.Raw.Length && text.Raw[comment + 1] is not (' ' or '\t' or '\r' or '\n' or '#');
}
