using System.Globalization;
using System.Text.RegularExpressions;

namespace Engine.Flows;

/// <summary>The words of the language.</summary>
internal static class Grammar
{
    public static readonly string[] FlowKeys =
        ["flow", "title", "languages", "uses", "purpose", "input", "fails", "limits", "vars", "hooks", "starts_on", "steps"];

    public static readonly string[] LaterFlowKeys = ["settings"];

    /// <summary>Each verb, and the keys its step may have beside it.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Verbs = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["call"] = ["with", "as", "retry", "timeout", "on_timeout", "catch", "confirm", "undo", "because", "leftover"],
        ["poll"] =
            ["with", "from", "as", "first", "every", "until", "timeout", "deadline", "on_timeout", "catch", "show", "actions", "wake_on"],
        ["prompt"] =
        [
            "text", "button", "as", "submit", "again_when", "again_on", "again_text", "max", "on_give_up", "catch", "timeout",
            "on_timeout", "show", "actions",
        ],
        ["redirect"] = ["with", "as", "text", "timeout", "on_timeout", "catch", "popup"],
        ["await"] = ["as", "timeout", "on_timeout"],
        ["branch"] = ["cases", "else"],
        ["if"] = ["then", "else"],
        ["require"] = ["else"],
        ["repeat"] = ["while", "until", "max", "on_give_up"],
        ["set"] = [],
        ["wait"] = [],
        ["connect"] = [],
        ["fail"] = [],
        ["done"] = [],
    };

    public static readonly string[] LaterVerbs = ["run"];

    public static readonly string[] LaterStepKeys = ["key"];

    /// <summary>Names of the roots of expressions, and words of C#, which no variable may have.</summary>
    public static readonly string[] ReservedNames =
    [
        "input", "connection", "leftover", "hooks", "settings", "failure", "run", "now", "steps", "true", "false", "null", "is", "and",
        "or", "not", "as", "in", "new", "when", "with", "switch", "this", "base",
    ];

    public static readonly string[] VariableTypes = ["string", "int", "bool", "phone", "code", "url", "datetime", "duration"];

    public static readonly IReadOnlyDictionary<string, FieldType> FieldTypes = new Dictionary<string, FieldType>(StringComparer.Ordinal)
    {
        ["string"] = FieldType.Text,
        ["secret"] = FieldType.Secret,
        ["phone"] = FieldType.Phone,
        ["code"] = FieldType.Code,
        ["url"] = FieldType.Url,
        ["int"] = FieldType.Number,
        ["bool"] = FieldType.Boolean,
        ["select"] = FieldType.Select,
    };

    private static readonly Regex Name = Pattern("[a-z][a-z0-9_]{0,63}");
    private static readonly Regex Slug = Pattern("[a-z][a-z0-9_-]{0,63}");
    private static readonly Regex Language = Pattern("[a-z]{2,3}");
    private static readonly Regex Duration = Pattern("(?:([0-9]{1,4})d)?(?:([0-9]{1,5})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,7})s)?");

    public static bool IsName(string text) => Name.IsMatch(text);

    /// <summary>The name of a flow: a name that may have hyphens.</summary>
    public static bool IsFlowName(string text) => Slug.IsMatch(text);

    public static bool IsLanguage(string text) => Language.IsMatch(text);

    /// <summary>The time span that <c>1h30m</c> and the like stand for; null for anything else.</summary>
    public static TimeSpan? ParseDuration(string text)
    {
        if (text.Length == 0 || Duration.Match(text) is not { Success: true } match) return null;
        return TimeSpan.FromDays(Part(1)) + TimeSpan.FromHours(Part(2)) + TimeSpan.FromMinutes(Part(3)) + TimeSpan.FromSeconds(Part(4));

        int Part(int group) => match.Groups[group].Success ? int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>A name made of something that is none, such as <c>qr_login</c> of <c>QrLogin</c>; null where nothing
    /// is left of it.</summary>
    public static string? SuggestName(string text)
    {
        var snake = string.Concat(text.Select((c, i) => (c, i) switch
        {
            (>= 'A' and <= 'Z', > 0) when char.IsAsciiLetterLower(text[i - 1]) => $"_{char.ToLowerInvariant(c)}",
            (>= 'A' and <= 'Z', _) => $"{char.ToLowerInvariant(c)}",
            (' ' or '-' or '.', _) => "_",
            _ when char.IsAsciiLetterOrDigit(c) || c == '_' => $"{c}",
            _ => "",
        })).Trim('_');
        return IsName(snake) ? snake : null;
    }

    private static Regex Pattern(string pattern) =>
        new($"\\A(?:{pattern})\\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}
