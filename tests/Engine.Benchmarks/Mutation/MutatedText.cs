using System.Text.RegularExpressions;
using Engine.Flows;

namespace Engine.Benchmarks;

/// <summary>A flow without a finding, its parts, and where in the text they stand.</summary>
internal sealed partial class MutatedText
{
    private readonly FlowText text;

    private MutatedText(FlowText text, FlowParts parts)
    {
        this.text = text;
        Parts = parts.All;
        Blocks = parts.Blocks;
    }

    public string Raw => text.Raw;

    public IReadOnlyList<FlowPart> Parts { get; }

    public IReadOnlyList<IReadOnlyList<YamlNode>> Blocks { get; }

    public static MutatedText Of(string name, string raw)
    {
        var text = new FlowText(name, raw);
        var root = YamlReader.Read(text, new FindingList()) ?? throw new InvalidOperationException($"'{name}' cannot be read");
        return new MutatedText(text, FlowParts.Of(root));
    }

    public int StartOf(Scalar scalar) => OffsetOf(scalar.Place.Line, scalar.Place.Column);

    public int EndOf(Scalar scalar) => OffsetOf(scalar.Place.EndLine, scalar.Place.EndColumn);

    public int LineOf(int offset) => text.PlaceOf(offset, offset).Line;

    public int StartOfLine(int line) => OffsetOf(line, 1);

    private int OffsetOf(int line, int column)
    {
        var start = text.Line(line);
        Raw.AsSpan().Overlaps(start, out var offset);
        return (start.IsEmpty ? Enumerable.Range(0, Raw.Length + 1).First(at => LineOf(at) == line) : offset) + column - 1;
    }

    /// <summary>Whether the key is written in a map with braces.</summary>
    public bool IsInBraces(Scalar key)
    {
        var start = StartOf(key);
        return text.Line(key.Place.Line)[..(start - StartOfLine(key.Place.Line))].TrimStart(" -").Length > 0;
    }

    /// <summary>Whether a value stands in a map with braces, or beside it in the same line.</summary>
    public bool IsInBracesValue(Scalar value) =>
        text.Line(value.Place.Line)[..(value.Place.Column - 1)] is var before && before.Count('{') > before.Count('}');

    public int EndOfEntry(Scalar key) => EndInBraces(StartOf(key));

    /// <summary>The stretch to take out so that the key and its value are gone; null where the map would lose its only key or its step's verb.</summary>
    public (int Start, int End)? ExtentOf(FlowPart part)
    {
        if (part.Siblings.Count < 2) return null;
        var start = StartOf(part.Key);
        if (!IsInBraces(part.Key))
        {
            var line = StartOfLine(part.Key.Place.Line);
            return Raw[line..start].Trim(' ').Length > 0 ? null : (line, EndOfIndented(part.Key));
        }

        var end = EndInBraces(start);
        if (Raw[end] == ',') return (start, end + Raw.AsSpan(end + 1).IndexOfAnyExcept(' ') + 1);
        var comma = Raw.LastIndexOf(',', start);
        return (comma, end);
    }

    /// <summary>Where the step that begins at the place ends: the beginning of the first later line that is not indented deeper.</summary>
    public (int Start, int End) ExtentOfStep(Scalar verb) => (StartOfLine(verb.Place.Line), EndOfIndented(verb, isStep: true));

    private int EndOfIndented(Scalar key, bool isStep = false)
    {
        var own = key.Place.Column - 1 - (isStep ? 2 : 0);
        for (var line = key.Place.Line + 1; line <= LineOf(Raw.Length); line++)
        {
            var content = text.Line(line);
            if (content.IsWhiteSpace()) continue;
            var isList = !isStep && content.TrimStart()[0] == '-';
            if (content.Length - content.TrimStart(' ').Length < own + (isList ? 0 : 1)) return StartOfLine(line);
        }

        return Raw.Length;
    }

    /// <summary>Where the entry that begins here ends: at the comma or brace after it.</summary>
    private int EndInBraces(int start)
    {
        var depth = 0;
        for (var at = start; at < Raw.Length; at++)
        {
            switch (Raw[at])
            {
                case '"':
                    at = Raw.IndexOf('"', at + 1);
                    break;
                case '\'' when Raw[at - 1] is ' ' or '{' or '[':
                    at = Raw.IndexOf('\'', at + 1);
                    break;
                case '{' or '[' or '(':
                    depth++;
                    break;
                case ')' when depth > 0:
                    depth--;
                    break;
                case '}' or ']' when depth-- == 0:
                case ',' when depth == 0:
                    return at;
            }
        }

        return Raw.Length;
    }

    /// <summary>The stretches of a value that are C#.</summary>
    public static IEnumerable<(int Start, int End)> ExpressionsOf(FlowPart part)
    {
        if (part.Scalar is not { IsExact: true } scalar) return [];
        return part.Role switch
        {
            ValueRole.Expression => [(0, scalar.Value.Length)],
            ValueRole.Value when scalar.Value.StartsWith('=') => [(1, scalar.Value.Length)],
            ValueRole.Value or ValueRole.Text => Hole().Matches(scalar.Value).Select(hole => (hole.Index + 2, hole.Index + hole.Length - 2)),
            _ => [],
        };
    }

    /// <summary>The names in the C# of a value: offset in the value, the word, and the character that stands before it.</summary>
    public static IEnumerable<NameInExpression> NamesOf(FlowPart part)
    {
        var lambdas = part.Scalar is { } scalar ? Lambda().Matches(scalar.Value).Select(match => match.Groups[1].Value).ToHashSet() : [];
        foreach (var (start, end) in ExpressionsOf(part))
        {
            var value = part.Scalar!.Value;
            foreach (Match match in Token().Matches(value[start..end]))
            {
                if (!match.Groups["name"].Success || Grammar.ReservedNames.Skip(9).Contains(match.Value)) continue;
                var before = value[..(start + match.Index)].TrimEnd();
                var kind = before.EndsWith('.') ? NameKind.Member
                    : Bare().IsMatch(before) && !value[(start + match.Index)..end].Contains('.') ? NameKind.EnumMember
                    : NameKind.Variable;
                if (kind != NameKind.Member && lambdas.Contains(match.Value)) continue;
                yield return new NameInExpression(match.Value, start + match.Index, kind);
            }
        }
    }

    [GeneratedRegex(@"\{\{.*?\}\}")]
    private static partial Regex Hole();

    [GeneratedRegex(@"([a-z_]+)\s*=>")]
    private static partial Regex Lambda();

    [GeneratedRegex("'[^']*'|\"[^\"]*\"|[0-9][0-9a-z_.]*|(?<name>[a-z_][a-z0-9_]*)")]
    private static partial Regex Token();

    [GeneratedRegex("( is| or| not|==|!=)$")]
    private static partial Regex Bare();
}

internal enum NameKind
{
    Variable,
    Member,
    EnumMember,
}

/// <param name="At">Where it begins in the value.</param>
internal sealed record NameInExpression(string Name, int At, NameKind Kind);
