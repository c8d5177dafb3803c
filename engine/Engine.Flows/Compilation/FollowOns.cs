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

    private static readonly Regex Meant = Pattern(" did you mean .*");

    private static readonly HashSet<string> OfReading = [.. FindingCodes.Yaml.Concat(FindingCodes.Grammar).Select(code => code.Code)];
    private static readonly HashSet<string> OfNames = [.. FindingCodes.Expressions.Concat(FindingCodes.Types).Select(code => code.Code)];

    private static readonly string[] AboutNames =
        [FindingCodes.UnknownVariable.Code, FindingCodes.UnknownMember.Code, FindingCodes.UnknownProvider.Code, FindingCodes.UnknownVariableType.Code];

    private static readonly string[] AboutValues = [FindingCodes.MayBeUnset.Code, FindingCodes.MayBeNull.Code];

    public static ImmutableArray<Finding> Drop(ImmutableArray<Finding> findings, FlowText text)
    {
        var errors = findings.Where(finding => finding.Severity == Severity.Error).ToList();
        var refused = errors.Where(finding => OfReading.Contains(finding.Code))
            .SelectMany(finding => Declaration.Matches(Line(text, finding)).Select(match => match.Groups["name"].Value))
            .ToHashSet(StringComparer.Ordinal);
        var touched = errors.Where(finding => OfReading.Contains(finding.Code) || OfNames.Contains(finding.Code))
            .Select(finding => (finding.Place.Line, Words: Word.Matches(Line(text, finding) + Meant.Match(finding.Message).Value).Select(match => match.Value).ToHashSet(StringComparer.Ordinal)))
            .ToList();
        return [.. findings.Where(finding => !IsRepeated(finding))];

        bool IsRepeated(Finding finding)
        {
            if (finding.Place.EndLine != finding.Place.Line) return false;
            var name = Word.Match(Line(text, finding)[(finding.Place.Column - 1)..]).Value;
            return (AboutNames.Contains(finding.Code) && refused.Contains(name))
                || (AboutValues.Contains(finding.Code) && touched.Exists(one => one.Line < finding.Place.Line && one.Words.Contains(name)));
        }
    }

    private static Regex Pattern(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    private static string Line(FlowText text, Finding finding) => text.Line(finding.Place.Line).ToString();
}
