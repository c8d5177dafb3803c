using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Engine.Flows;

/// <summary>
/// Leaves out what only repeats another finding: a name that is unknown because the line that declares it was refused, and a value that
/// seems unset or null because the line that tests or sets it was.
/// </summary>
internal static class FollowOns
{
    private static readonly Regex Declaration = Pattern(@"(?<name>[a-z][a-z0-9_]*)\s*:|as:\s*(?<name>[a-z][a-z0-9_]*)");
    private static readonly Regex Word = Pattern("[a-z][a-z0-9_]*");
    private static readonly Regex ListOrResult = Pattern(@"(uses:\s*\[|as:).*");
    private static readonly Regex Result = Pattern(@"^[\s-]*as:\s*(?<name>[a-z][a-z0-9_]*)");

    private static readonly Regex Meant = Pattern(" did you mean .*");

    private static readonly HashSet<string> OfReading = [.. FindingCodes.Yaml.Concat(FindingCodes.Grammar).Select(code => code.Code)];
    private static readonly HashSet<string> OfNames = [.. FindingCodes.Expressions.Concat(FindingCodes.Types).Select(code => code.Code)];

    private static readonly string[] AboutNames =
        [FindingCodes.UnknownVariable.Code, FindingCodes.UnknownMember.Code, FindingCodes.UnknownProvider.Code, FindingCodes.UnknownVariableType.Code];

    private static readonly string[] AboutValues = [FindingCodes.MayBeUnset.Code, FindingCodes.MayBeNull.Code];

    public static ImmutableArray<Finding> Drop(ImmutableArray<Finding> findings, FlowText text)
    {
        var errors = findings.Where(finding => finding.Severity == Severity.Error).ToList();
        var refused = errors.Where(finding => OfReading.Contains(finding.Code)).SelectMany(finding => NamesAround(text, finding)).ToHashSet(StringComparer.Ordinal);
        var results = errors.Where(finding => finding.Code == FindingCodes.BadName.Code).SelectMany(finding => ResultsBeside(text, finding.Place.Line)).ToHashSet(StringComparer.Ordinal);
        var touched = errors.Where(finding => OfReading.Contains(finding.Code) || OfNames.Contains(finding.Code))
            .Select(finding => (finding.Place.Line, Words: Word.Matches(Line(text, finding) + Meant.Match(finding.Message).Value).Select(match => match.Value).ToHashSet(StringComparer.Ordinal)))
            .ToList();
        return [.. findings.Where(finding => !IsRepeated(finding))];

        bool IsRepeated(Finding finding)
        {
            if (finding.Place.EndLine != finding.Place.Line) return false;
            var name = Word.Match(Line(text, finding)[(finding.Place.Column - 1)..]).Value;
            return (AboutNames.Contains(finding.Code) && refused.Contains(name))
                || (AboutValues.Contains(finding.Code) && (results.Contains(name) || touched.Exists(one => one.Line < finding.Place.Line && one.Words.Contains(name))));
        }
    }

    /// <summary>What a refused line would have declared: by itself, by the key that it stands under, or with the rest of its step.</summary>
    private static IEnumerable<string> NamesAround(FlowText text, Finding finding) =>
        Declaration.Matches(Line(text, finding)).Select(match => match.Groups["name"].Value)
            .Concat(ListOrResult.Match(Line(text, finding)) is { Success: true } rest ? Word.Matches(rest.Value).Select(match => match.Value) : [])
            .Concat(KeyAbove(text, finding.Place.Line) is { } key ? [key] : [])
            .Concat(finding.Code == FindingCodes.BadName.Code ? ResultsBeside(text, finding.Place.Line) : []);

    private static string? KeyAbove(FlowText text, int line)
    {
        var own = Indent(text.Line(line).ToString());
        for (var above = line - 1; above > 0; above--)
        {
            var written = text.Line(above).ToString();
            if (written.AsSpan().Trim().IsEmpty || Indent(written) >= own) continue;
            return Declaration.Match(written) is { Success: true } key ? key.Groups["name"].Value : null;
        }

        return null;
    }

    /// <summary>The name that <c>as</c> gives on a line after one, in the same map.</summary>
    private static IEnumerable<string> ResultsBeside(FlowText text, int line)
    {
        var own = Indent(text.Line(line).ToString());
        for (var below = line + 1; below <= text.LineCount && text.Line(below).ToString() is var written && (written.Trim().Length == 0 || Indent(written) >= own); below++)
        {
            if (written.TrimStart().StartsWith('-') && Indent(written) <= own) yield break;
            if (Indent(written) == own && Result.Match(written) is { Success: true } result) yield return result.Groups["name"].Value;
        }
    }

    /// <summary>Where the first key of a line stands, after the dash of a list.</summary>
    private static int Indent(string line) => line.Length - line.TrimStart(' ', '-').Length;

    private static Regex Pattern(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private static string Line(FlowText text, Finding finding) => text.Line(finding.Place.Line).ToString();
}
