using Engine.Flows;

namespace Engine.Benchmarks;

/// <summary>Every mutant of one flow: each operator at each site where it fits.</summary>
internal sealed partial class MutationOperators(MutatedText flow, MutationTypes types)
{
    public static IEnumerable<Mutant> Of(MutatedText flow, Catalog catalog)
    {
        var operators = new MutationOperators(flow, MutationTypes.Of(flow, catalog));
        return operators.Misspelt()
            .Concat(operators.Removed())
            .Concat(operators.Swapped())
            .Concat(operators.Secrets())
            .Concat(operators.Moved())
            .Concat(operators.Enums())
            .Concat(operators.Traps());
    }

    private IEnumerable<Mutant> Misspelt()
    {
        foreach (var part in flow.Parts)
        {
            if (MisspeltKey(part) is { } key) yield return key;
            foreach (var mutant in MisspeltValue(part)) yield return mutant;
        }
    }

    private Mutant? MisspeltKey(FlowPart part)
    {
        var what = part.KeyRole switch
        {
            KeyRole.Verb => "misspelt verb",
            KeyRole.Case => "misspelt case",
            KeyRole.Failure => "misspelt failure",
            KeyRole.Name => "misspelt name where it is declared",
            KeyRole.Argument => "misspelt argument",
            _ when part.Role == ValueRole.Word && part.Value is null => "misspelt word",
            _ => "misspelt key",
        };
        if (part.Key.Value.Contains(" or ")) return null;
        var mutant = Misspell(what, part.Key, part.Key.Value, 0);
        return part.KeyRole == KeyRole.Name ? Declared(part, mutant, part.Key.Value)
            : part.Owner?.Key.Value == "languages" ? mutant with { RightName = part.Key.Value, Excluded = HasOneLanguage ? MutationRules.OneLanguage : null }
            : part.KeyRole == KeyRole.Failure && part.Owner?.Key.Value == "fails" && FailureRule(part) is { } rule ? mutant with { Excluded = rule }
            : mutant;
    }

    private IEnumerable<Mutant> MisspeltValue(FlowPart part)
    {
        foreach (var name in MutatedText.NamesOf(part))
        {
            yield return Misspell(name.Kind switch
            {
                NameKind.Member => "misspelt member",
                NameKind.EnumMember => "misspelt enum member",
                _ => "misspelt name",
            }, part.Scalar!, name.Name, name.At);
        }

        foreach (var (word, at) in Alternatives(part.Key))
        {
            if (part.Key.Value.Contains(" or ")) yield return Misspell(part.KeyRole == KeyRole.Case ? "misspelt case" : "misspelt failure", part.Key, word, at);
        }

        if (part.Scalar is not { Value.Length: > 0 } scalar) yield break;
        switch (part.Role)
        {
            case ValueRole.Operation:
                var dot = scalar.Value.IndexOf('.', StringComparison.Ordinal);
                yield return Misspell("misspelt name", scalar, scalar.Value[..dot], 0);
                yield return Misspell("misspelt operation", scalar, scalar.Value[(dot + 1)..], dot + 1);
                break;
            case ValueRole.Provider:
                yield return Misspell("misspelt operation", scalar, scalar.Value, 0);
                break;
            case ValueRole.Type:
                yield return Misspell("misspelt type", scalar, scalar.Value.TrimEnd('?'), 0);
                break;
            case ValueRole.Word or ValueRole.True:
                yield return Misspell("misspelt word", scalar, scalar.Value, 0);
                break;
            case ValueRole.Failure:
                yield return Misspell("misspelt failure", scalar, scalar.Value, 0);
                break;
            case ValueRole.Declared:
                yield return Declared(part, Misspell("misspelt name where it is declared", scalar, scalar.Value, 0), scalar.Value);
                break;
            case ValueRole.Value when types.MembersFor(part).Contains(scalar.Value):
                yield return Misspell("misspelt enum member", scalar, scalar.Value, 0);
                break;
        }
    }

    /// <summary>Where nothing else of the flow names it, another spelling is another name.</summary>
    private Mutant Declared(FlowPart part, Mutant mutant, string name)
    {
        // What is stored under a name is read as params.name or leftover.name; fields and inputs as a member; the rest by its bare name.
        var owner = part.KeyRole == KeyRole.Name ? part.Owner?.Key.Value : null;
        var root = owner is "params" or "leftover" ? owner : null;
        var kind = owner is null or "vars" or "set" or "uses" ? NameKind.Variable : NameKind.Member;
        var isRead = owner != "credentials" && flow.Parts.Any(other =>
            MutatedText.NamesOf(other).Any(one => one.Name == name && one.Kind == kind
                && (root is null || other.Scalar!.Value[..one.At].TrimEnd('.', '?').EndsWith(root, StringComparison.Ordinal)))
            || (other.Role == ValueRole.Operation && other.Scalar?.Value.StartsWith(name + ".", StringComparison.Ordinal) == true)
            || (other.Role == ValueRole.Type && other.Scalar?.Value.StartsWith(name + ".", StringComparison.Ordinal) == true));
        return mutant with { RightName = name, Excluded = isRead ? null : MutationRules.FreeName };
    }

    private bool HasOneLanguage => !flow.Parts.Any(part => part.KeyRole == KeyRole.Language);

    private static IEnumerable<(string Word, int At)> Alternatives(Scalar key)
    {
        var at = 0;
        foreach (var word in key.Value.Split(" or "))
        {
            yield return (word, at);
            at += word.Length + 4;
        }
    }

    private static Mutant Misspell(string what, Scalar scalar, string word, int at) =>
        new(what, scalar.OffsetOf(at), scalar.OffsetOf(at) + word.Length, Misspelling(word));

    /// <summary>Two letters in the middle change places; a word of equal letters, or a short one, gets its last letter twice.</summary>
    internal static string Misspelling(string word)
    {
        for (var i = word.Length / 2; i > 0 && word.Length > 2; i--)
        {
            if (word[i] != word[i - 1] && char.IsAsciiLetter(word[i]) && char.IsAsciiLetter(word[i - 1]))
            {
                return $"{word[..(i - 1)]}{word[i]}{word[i - 1]}{word[(i + 1)..]}";
            }
        }

        return word + word[^1];
    }
}
