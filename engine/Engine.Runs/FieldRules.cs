using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Engine.Flows;

namespace Engine.Runs;

/// <summary>Brings typed values into shape and checks them against their fields. The API, the starter and the machine ask the same rules.</summary>
public static class FieldRules
{
    private const int LeastPhoneDigits = 5;
    private const int MostPhoneDigits = 15;

    /// <summary>Checks all values of a form as a prompt shows it.</summary>
    public static FieldCheck Check(IReadOnlyList<PromptField> fields, IReadOnlyDictionary<string, string> values) =>
        Check([.. fields.Select(Rule.Of)], values);

    /// <summary>Checks all values of a prompt's or a flow's fields.</summary>
    public static FieldCheck Check(IReadOnlyList<Field> fields, IReadOnlyDictionary<string, string> values) =>
        Check([.. fields.Select(Rule.Of)], values);

    /// <summary>The fields as a prompt shows them.</summary>
    public static ImmutableArray<PromptField> View(ImmutableArray<Field> fields) =>
    [
        .. fields.Select(field => new PromptField(
            field.Name, field.Type.ToString().ToLowerInvariant(), field.IsRequired, field.Label.ByLanguage, field.Hint.ByLanguage,
            field.Pattern, field.MaxLength, field.Type == FieldType.Secret ? null : field.Default,
            [.. field.Options.Select(option => new PromptOption(option.Name, option.Label.ByLanguage))])),
    ];

    private static FieldCheck Check(ImmutableArray<Rule> rules, IReadOnlyDictionary<string, string> values)
    {
        var shaped = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var errors = ImmutableArray.CreateBuilder<FieldError>();
        foreach (var name in values.Keys.Where(name => rules.All(rule => rule.Name != name)).Order(StringComparer.Ordinal))
        {
            errors.Add(new FieldError(name, "unknown_field", EngineTexts.FieldText("unknown_field")));
        }
        foreach (var rule in rules)
        {
            var value = Shape(rule.Type, values.GetValueOrDefault(rule.Name) ?? "");
            if (value.Length == 0) value = rule.Default ?? "";
            if (value.Length == 0 && rule.Type == FieldType.Boolean && rule.IsRequired) value = "false";
            if (Error(rule, value) is { } code) errors.Add(new FieldError(rule.Name, code, EngineTexts.FieldText(code)));
            else if (value.Length > 0) shaped[rule.Name] = value;
        }
        return new FieldCheck(shaped.ToImmutable(), errors.ToImmutable());
    }

    /// <summary>What people type around a value is taken away; a secret and a text keep every character within.</summary>
    private static string Shape(FieldType type, string value) => type switch
    {
        FieldType.Secret => value,
        FieldType.Phone => Without(value.Trim(), " -().\u00a0\u2011\u2013\t"),
        FieldType.Code => Without(value.Trim(), " -\u00a0\u2011\u2013\t"),
        FieldType.Number => Without(value.Trim(), " \u00a0_"),
        FieldType.Boolean => value.Trim().ToLowerInvariant() is "on" or "yes" or "1" or "true" ? "true"
            : value.Trim().ToLowerInvariant() is "off" or "no" or "0" or "false" ? "false" : value.Trim(),
        FieldType.Text or FieldType.Url or FieldType.Select => value.Trim(),
    };

    private static string Without(string value, string characters) =>
        value.AsSpan().IndexOfAny(characters) < 0 ? value : string.Concat(value.Where(character => !characters.Contains(character)));

    private static string? Error(Rule rule, string value)
    {
        if (value.Length == 0) return rule.IsRequired ? "required" : null;
        if (value.Length > rule.MaxLength) return "too_long";
        var fits = rule.Type switch
        {
            FieldType.Text or FieldType.Secret => !value.Contains('\0'),
            FieldType.Phone => IsPhone(value),
            FieldType.Code => value.All(char.IsAsciiDigit),
            FieldType.Url => Uri.TryCreate(value, UriKind.Absolute, out var address) && address.Scheme is "https" or "http",
            FieldType.Number => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            FieldType.Boolean => value is "true" or "false",
            FieldType.Select => rule.Options.Any(option => option == value),
        };
        if (!fits) return "not_a_" + rule.Type.ToString().ToLowerInvariant();
        return rule.Pattern is null || Matches(rule.Pattern, value) ? null : "pattern";
    }

    private static bool IsPhone(string value)
    {
        var digits = value.StartsWith('+') ? value.AsSpan(1) : value;
        return digits.Length is >= LeastPhoneDigits and <= MostPhoneDigits && !digits.ContainsAnyExceptInRange('0', '9');
    }

    /// <summary>The whole value must match. Without backtracking, so that no value can hold a thread.</summary>
    private static bool Matches(string pattern, string value) =>
        Regex.IsMatch(value, $@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private sealed record Rule(
        string Name, FieldType Type, bool IsRequired, string? Pattern, string? Default, int MaxLength, ImmutableArray<string> Options)
    {
        public static Rule Of(Field field) => new(
            field.Name, field.Type, field.IsRequired, field.Pattern, field.Default, field.MaxLength,
            [.. field.Options.Select(option => option.Name)]);

        public static Rule Of(PromptField field) => new(
            field.Name, Enum.Parse<FieldType>(field.Type, ignoreCase: true), field.IsRequired, field.Pattern, field.Value,
            field.MaxLength, [.. field.Options.Select(option => option.Name)]);
    }
}

/// <summary>What checking values gave.</summary>
/// <param name="Values">The values in shape, by field name; a field that was left empty is missing.</param>
/// <param name="Errors">Empty where every field takes its value.</param>
public sealed record FieldCheck(ImmutableDictionary<string, string> Values, ImmutableArray<FieldError> Errors)
{
    /// <summary>Counts, never a value.</summary>
    public override string ToString() => $"{Values.Count} values, {Errors.Length} errors";
}
