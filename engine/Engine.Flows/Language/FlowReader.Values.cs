using System.Collections.Immutable;
using System.Globalization;

namespace Engine.Flows;

internal sealed partial class FlowReader
{
    /// <summary>A value that is, or begins with, the address of a page.</summary>
    private static readonly System.Text.RegularExpressions.Regex Address = new(
        @"\A[a-z]+://\S*", System.Text.RegularExpressions.RegexOptions.NonBacktracking | System.Text.RegularExpressions.RegexOptions.CultureInvariant);

    private static readonly TimeSpan LongestStep = TimeSpan.FromDays(30);

    /// <summary>The value of a key as one scalar that says something; null, with a finding, for anything
    /// else.</summary>
    public Scalar? ReadScalar(YamlEntry entry)
    {
        switch (entry.Value)
        {
            case YamlNode.Value { Scalar: { IsPlain: true, Value: "" } }:
                findings.Error(FindingCodes.NoValue, entry.Key.Place, $"'{entry.Key.Value}' has no value");
                return null;
            case YamlNode.Value value:
                return value.Scalar;
            // What YAML made a map of, such as a value that begins with braces, has its finding.
            case YamlNode.Map { IsWhole: false }:
                return null;
            default:
                RefuseKind(entry, "a single value");
                return null;
        }
    }

    public void RefuseKind(YamlEntry entry, string wanted)
    {
        if (entry.Value is YamlNode.Refused) return;
        var isEmpty = entry.Value is YamlNode.Value { Scalar: { IsPlain: true, Value: "" } };
        if (isEmpty) findings.Error(FindingCodes.NoValue, entry.Key.Place,
            $"'{entry.Key.Value}' has no value; it takes {wanted}");
        else findings.Error(FindingCodes.WrongKind, entry.Value.Place,
            $"'{entry.Key.Value}' takes {wanted}, and this is {entry.Value.Kind}");
    }

    /// <summary>The value of a key as a map; null, with a finding, for anything else.</summary>
    public Keys? ReadKeys(YamlEntry entry)
    {
        if (entry.Value is YamlNode.Map map) return new Keys(map, $"'{entry.Key.Value}'", entry.Key.Place, findings);
        RefuseKind(entry, "a map");
        return null;
    }

    /// <summary>One word or a list of different words.</summary>
    public ImmutableArray<Scalar> ReadWordList(YamlEntry entry)
    {
        if (entry.Value is YamlNode.Value) return ReadScalar(entry) is { } only ? [only] : [];
        if (entry.Value is not YamlNode.List list)
        {
            RefuseKind(entry, "a list of words");
            return [];
        }

        var words = ImmutableArray.CreateBuilder<Scalar>();
        foreach (var item in list.Items)
        {
            if (item is not YamlNode.Value { Scalar: { Value.Length: > 0 } word })
            {
                if (item is not YamlNode.Refused) findings.Error(FindingCodes.WrongKind, item.Place,
                    $"'{entry.Key.Value}' lists single words");
            }
            else if (words.Any(other => other.Value == word.Value))
            {
                findings.Error(FindingCodes.NamedTwice, word.Place,
                    $"{Characters.Quote(word.Value)} is in the list already");
            }
            else
            {
                words.Add(word);
            }
        }

        return words.ToImmutable();
    }

    public string? FindWord(Scalar scalar, params string[] words)
    {
        if (words.Contains(scalar.Value)) return scalar.Value;
        var meant = Nearest.Find(scalar.Value, words);
        var hint = Nearest.DidYouMean(scalar.Value, words);
        if (hint.Length == 0) hint = $"; write {string.Join(" or ", words)}";
        findings.Error(FindingCodes.UnknownWord, scalar.Place,
            $"{Characters.Quote(scalar.Value)} is not possible here{hint}");
        return meant;
    }

    /// <param name="isReserved">Whether names that expressions use themselves are refused.</param>
    public bool IsName(Scalar scalar, bool isReserved = false) => IsName(new Word(scalar, 0, scalar.Value.Length), isReserved);

    private bool IsName(Word word, bool isReserved = false)
    {
        if (!Grammar.IsName(word.Value))
        {
            var hint = Grammar.SuggestName(word.Value) is { } better ? $", such as '{better}'" : "";
            findings.Error(FindingCodes.BadName, word.Place, $"{Characters.Quote(word.Value)} is not a name; " +
                $"names are of up to 64 lower-case letters, digits and '_', beginning with a letter{hint}");
            return false;
        }

        if (!isReserved || !Grammar.ReservedNames.Contains(word.Value)) return true;
        findings.Error(FindingCodes.ReservedName, word.Place,
            $"'{word.Value}' means something in expressions already; choose another name");
        return false;
    }

    public DurationNode? ReadDuration(YamlEntry entry, TimeSpan longest)
    {
        if (ReadScalar(entry) is not { } scalar) return null;
        if (Grammar.ParseDuration(scalar.Value) is { } duration && duration > TimeSpan.Zero && duration <= longest)
        {
            return new DurationNode(scalar, duration);
        }

        var fact = scalar.Value.Length > 0 && scalar.Value.All(char.IsAsciiDigit) ? "has no unit"
            : Grammar.ParseDuration(scalar.Value) is null ? "is not a duration"
            : string.Create(CultureInfo.InvariantCulture, $"is not more than nothing and at most {longest.TotalDays} days");
        findings.Error(FindingCodes.BadDuration, scalar.Place,
            $"{Characters.Quote(scalar.Value)} {fact}; write 90s, 5m, 1h30m or 2d");
        return null;
    }

    public CountNode? ReadCount(YamlEntry entry, int least, int most)
    {
        if (ReadScalar(entry) is not { } scalar) return null;
        if (int.TryParse(scalar.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= least && count <= most)
        {
            return new CountNode(scalar, count);
        }

        findings.Error(FindingCodes.BadNumber, scalar.Place, string.Create(CultureInfo.InvariantCulture,
            $"{Characters.Quote(scalar.Value)} does not fit '{entry.Key.Value}'; write a whole number from {least} to {most}"));
        return null;
    }

    /// <summary>Whether a key that can only be true is; false, with a finding, for anything else.</summary>
    public bool ReadTrue(YamlEntry entry)
    {
        if (ReadScalar(entry) is not { } scalar) return false;
        if (scalar.Value == "true") return true;
        RefuseBoolean(scalar, $"write true, or leave '{entry.Key.Value}' out");
        return false;
    }

    private void RefuseBoolean(Scalar scalar, string advice) => findings.Error(
        FindingCodes.NotABoolean, scalar.Place, $"{Characters.Quote(scalar.Value)} is a text and no boolean; {advice}");

    /// <summary>A place where an expression always stands.</summary>
    public ValueNode.Expression? ReadExpression(YamlEntry entry)
    {
        if (ReadScalar(entry) is not { } scalar) return null;
        var hasEquals = scalar.Value.StartsWith('=');
        if (hasEquals)
        {
            findings.Error(FindingCodes.SuperfluousEquals, scalar.PlaceOf(0, 1),
                $"'{entry.Key.Value}' is an expression anyway; write it without the '='");
        }

        return CheckExpression(new ValueNode.Expression(scalar, hasEquals ? 1 : 0));
    }

    /// <summary>A place where nothing but an expression makes sense, marked by its <c>=</c>.</summary>
    private ValueNode.Expression? ReadMarkedExpression(YamlEntry entry)
    {
        if (ReadScalar(entry) is not { } scalar) return null;
        if (scalar.Value.StartsWith('=')) return CheckExpression(new ValueNode.Expression(scalar, 1));
        findings.Error(FindingCodes.NotAnExpression, scalar.Place,
            $"'{entry.Key.Value}' takes an expression; write a '=' before it");
        return null;
    }

    /// <summary>An expression where it begins with <c>=</c>, otherwise a text.</summary>
    public ValueNode? ReadValue(YamlEntry entry)
    {
        if (ReadScalar(entry) is not { } scalar) return null;
        if (scalar.Value.StartsWith('=')) return CheckExpression(new ValueNode.Expression(scalar, 1));
        if (scalar.IsPlain && scalar.Value is "null" or "Null" or "NULL" or "~")
        {
            findings.Error(FindingCodes.NoValue, scalar.Place,
                $"'{scalar.Value}' is a text here and no null; leave '{entry.Key.Value}' out");
            return null;
        }

        CheckHoles(scalar);
        if (Address.Match(scalar.Value) is { Success: true } address) RefuseHidden(scalar, 0, address.Length, "address");
        return new ValueNode.Text(scalar);
    }

    private ValueNode.Expression? CheckExpression(ValueNode.Expression expression)
    {
        var scalar = expression.Scalar;
        if (scalar.Value.AsSpan(expression.Start).IsWhiteSpace())
        {
            findings.Error(FindingCodes.NoValue, scalar.Place, "the expression is empty");
            return null;
        }

        RefuseHidden(scalar, expression.Start, scalar.Value.Length);
        if (scalar.IsPlain && FindComment(scalar) is { } comment && Brackets.IsUnfinished(scalar.Value))
        {
            findings.Error(FindingCodes.CutByComment, text.PlaceOf(comment, comment + 1),
                "a '#' after a space begins a comment, which cuts the expression off here; put the whole value in quotes");
            return null;
        }

        return expression;
    }

    private void CheckHoles(Scalar scalar)
    {
        var end = 0;
        while (scalar.Value.IndexOf("{{", end, StringComparison.Ordinal) is >= 0 and var start)
        {
            end = scalar.Value.IndexOf("}}", start, StringComparison.Ordinal);
            if (end < 0) end = scalar.Value.Length;
            RefuseHidden(scalar, start, end);
            if (end < scalar.Value.Length || !scalar.IsPlain || FindComment(scalar) is not { } comment) continue;
            findings.Error(FindingCodes.CutByComment, text.PlaceOf(comment, comment + 1),
                "a '#' after a space begins a comment, which cuts the text off here; put the whole text in quotes");
        }
    }

    private void RefuseHidden(Scalar scalar, int start, int end, string what = "expression")
    {
        var index = Characters.IndexOfHidden(scalar.Value, start, end);
        if (index < 0) return;
        findings.Error(FindingCodes.HiddenCharacter, scalar.PlaceOf(index, 1),
            $"the {what} holds {Characters.Show(scalar.Value[index])}, which no one can see; remove it");
    }

    /// <summary>The offset of a comment sign that follows the value on its line; null where none does.</summary>
    private int? FindComment(Scalar scalar)
    {
        var rest = text.Raw.AsSpan(scalar.End);
        var spaces = rest.Length - rest.TrimStart(" \t").Length;
        return spaces > 0 && rest[spaces..].StartsWith("#") ? scalar.End + spaces : null;
    }
}
