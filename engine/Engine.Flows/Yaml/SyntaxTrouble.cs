using System.Text.RegularExpressions;

namespace Engine.Flows;

/// <summary>Says in plain words why YAML could not go on. The traps flow authors fall into have findings of their
/// own.</summary>
internal static class SyntaxTrouble
{
    private const int MostLinesBack = 50;

    private const string Braces = "YAML takes '{{' at the beginning of a value for a map; put the whole value in quotes";

    private static readonly Regex BracesAtStart = Pattern(@"^[^""'#]*(?:: |- )(\{\{)");
    private static readonly Regex AfterQuote = Pattern("""(?:: |- )(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*([^\s,}\]#:])""");
    private static readonly Regex AfterBrackets = Pattern("""^\s*(?:- )*(?:[A-Za-z0-9_.-]+: )?([\[{])[^\[\]{}"'#]*[\]}]\s*[^\s,}\]#:]""");
    private static readonly Regex ColonBefore = Pattern(@"[A-Za-z0-9_""']: .");
    private static readonly Regex FlowStyleExpression = Pattern(@"[{\[].*=");

    /// <summary>The parser's own words, and ours.</summary>
    private static readonly (string Theirs, FindingCode Code, string Ours)[] Words =
    [
        ("anchor", FindingCodes.Anchor, "YAML takes a leading '&' or '*' for an anchor or an alias; put the whole value in quotes"),
        ("surrogates", FindingCodes.ForbiddenCharacter, "half a surrogate pair has no place in a value; write both halves, or the character itself"),
        ("escape", FindingCodes.Syntax, @"YAML does not know an escape in these quotes; write a backslash as \\, or use single quotes"),
        ("hexadecimal", FindingCodes.Syntax, @"YAML does not know an escape in these quotes; write a backslash as \\, or use single quotes"),
        ("UTF32", FindingCodes.Syntax, "an escape after this stands for no character"),
        ("quoted scalar", FindingCodes.Syntax, "the quote that opens here is not closed, or the lines after it are not indented"),
        ("invalid mapping", FindingCodes.Syntax,
            "YAML takes this for the rest of the value above; is the line indented like its neighbours, and has the one above a space after its colon?"),
        ("flow sequence", FindingCodes.Syntax, "YAML misses a ',' or a ']' here"),
        ("flow mapping", FindingCodes.Syntax, "YAML misses a ',' or a '}' here"),
        ("simple key", FindingCodes.Syntax, "YAML misses the ': ' of a key here; a line is 'key: value' or begins with '- '"),
        ("start any token", FindingCodes.Syntax, "YAML does not let a value begin with this character; put the whole value in quotes"),
        ("node content", FindingCodes.Syntax, "YAML does not let a value begin with this character; put the whole value in quotes"),
        ("sequence entries", FindingCodes.Syntax, "a list does not begin behind its key; put each '- ' on a line of its own"),
        ("block", FindingCodes.Syntax, "YAML cannot place this line; indent it like its neighbours: keys under keys, '- ' under '- '"),
        ("document", FindingCodes.Syntax, "for YAML the file is complete before this; is the line indented like its neighbours?"),
    ];

    /// <param name="offset">Where the parser stopped.</param>
    /// <param name="message">The parser's own words.</param>
    public static void Explain(FlowText text, int offset, string message, FindingList findings)
    {
        offset = Math.Clamp(offset, 0, text.Raw.Length);
        var lineStart = offset == 0 ? 0 : text.Raw.LastIndexOf('\n', offset - 1) + 1;
        var length = text.Raw.AsSpan(lineStart).IndexOfAny('\r', '\n');
        var line = length < 0 ? text.Raw[lineStart..] : text.Raw.Substring(lineStart, length);
        if (message.Contains(" tab ", StringComparison.Ordinal))
        {
            var tab = Math.Max(offset, text.Raw.IndexOf('\t', offset));
            findings.Error(FindingCodes.Tab, text.PlaceOf(tab, tab + 1),
                "a tab stands where YAML wants spaces; indent with spaces");
        }
        else if (message.Contains("flow", StringComparison.Ordinal) && FindComment(text.Raw, offset) is { } comment)
        {
            findings.Error(FindingCodes.CutByComment, text.PlaceOf(comment, comment + 1),
                "a '#' after a space begins a comment, which takes the rest of the line along, the closing brace or bracket too; put the whole value in quotes");
        }
        else if (BracesAtStart.Match(line) is { Success: true } braces)
        {
            var at = lineStart + braces.Groups[1].Index;
            findings.Error(FindingCodes.BrokenByBraces, text.PlaceOf(at, at + 2), Braces);
        }
        else
        {
            var (code, index, words) = Find(line, offset - lineStart, message);
            findings.Error(code, text.PlaceOf(lineStart + index, Math.Min(lineStart + index + 1, text.Raw.Length)), words);
        }
    }

    /// <summary>The finding for a key that begins with two braces, of which the inner one begins at the
    /// offset.</summary>
    public static void ExplainBraces(FlowText text, int offset, FindingList findings) =>
        findings.Error(FindingCodes.BrokenByBraces, text.PlaceOf(offset - 1, offset + 1), Braces);

    /// <summary>Why a value that begins with a bracket or a brace, and goes on after it is closed, cannot be read.</summary>
    /// <param name="opening">The bracket or brace.</param>
    public static string MoreAfterBrackets(char opening) =>
        $"YAML takes '{opening}' at the beginning of a value for a {(opening == '[' ? "list" : "map")}, and more follows where that ends; put the whole value in quotes";

    /// <summary>The nearest comment before an offset that holds the closing brace or bracket which is missed there; null where there is none.</summary>
    private static int? FindComment(string raw, int offset)
    {
        var end = offset;
        for (var lines = 0; lines < MostLinesBack && end > 0; lines++)
        {
            var start = raw.LastIndexOf('\n', end - 1) + 1;
            var line = raw.AsSpan(start, end - start);
            if (line.IndexOf(" #") is >= 0 and var at && Closes(line[at..]) && !Closes(line[..at])) return start + at + 1;
            end = Math.Max(0, start - 1);
        }

        return null;
    }

    private static bool Closes(ReadOnlySpan<char> text) => text.Count('}') + text.Count(']') > text.Count('{') + text.Count('[');

    private static (FindingCode Code, int Index, string Words) Find(string line, int at, string message)
    {
        var before = line[..Math.Min(at, line.Length)];
        if (message.Contains("invalid mapping", StringComparison.Ordinal) && ColonBefore.IsMatch(before))
        {
            return (FindingCodes.BrokenByColon, at, "YAML takes ': ' inside a value for the end of a key; put the whole value in quotes");
        }

        if (AfterQuote.Match(line) is { Success: true } quoted)
        {
            return (FindingCodes.BrokenByQuote, quoted.Groups[1].Index,
                "YAML ends a value at its closing quote, and more follows; put the whole value in the other kind of quotes");
        }

        if (message.Contains("block", StringComparison.Ordinal) && AfterBrackets.Match(line) is { Success: true } closed && closed.Groups[1].Index < at)
        {
            return (FindingCodes.CutByFlowStyle, closed.Groups[1].Index, MoreAfterBrackets(closed.Groups[1].Value[0]));
        }

        if (message.Contains("block", StringComparison.Ordinal) && at < line.Length && line[at] is '}' or ']' && before.Trim() is not ("" or [.., ':'] or [.., '-']))
        {
            return (FindingCodes.Syntax, at, $"nothing is open here that this '{line[at]}' closes; take it out");
        }

        if (message.Contains("flow", StringComparison.Ordinal) && FlowStyleExpression.IsMatch(line))
        {
            return (FindingCodes.CutByFlowStyle, at,
                "inside braces or brackets, a comma, a bracket, a brace or ': ' ends a value; put the whole value in quotes");
        }

        foreach (var (theirs, code, ours) in Words)
        {
            if (message.Contains(theirs, StringComparison.Ordinal)) return (code, at, ours);
        }

        return (FindingCodes.Syntax, at, "YAML cannot read on after this; is a bracket, a brace or a quote left open?");
    }

    private static Regex Pattern(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}
