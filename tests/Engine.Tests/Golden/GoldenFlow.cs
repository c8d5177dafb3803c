using System.Text;
using System.Text.RegularExpressions;
using Engine.Flows;

namespace Engine.Tests;

/// <summary>
/// A flow with its findings written under the lines: <c>#    ^^^ error FLOW012: message</c>. The carets stand under the characters that
/// are wrong; under column 1 stands the <c>#</c> itself. These lines are no part of the flow that is checked, which is a <see cref="ShownText"/>.
/// </summary>
internal static partial class GoldenFlow
{
    /// <summary>Set to 1, it rewrites the files instead of comparing.</summary>
    public const string UpdateVariable = "ENGINE_UPDATE_GOLDEN";

    /// <summary>The folder of the golden files in the source tree.</summary>
    public static string Folder { get; } = Repository.Path(Path.Combine("tests", "Engine.Tests", "Golden"));

    /// <summary>All golden files, as paths below <see cref="Folder"/>.</summary>
    public static IEnumerable<string> Files =>
        Directory.EnumerateFiles(Folder, "*.yaml", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    /// <summary>The one place that says what a golden flow is checked with.</summary>
    public static IReadOnlyList<Finding> Findings(string name, string flow) =>
        name.StartsWith("providers/", StringComparison.Ordinal)
            ? ProviderCompiler.Check(new FlowSource(name, new ShownText(flow).Content), CancellationToken.None).Findings
            : name.StartsWith("compiler/", StringComparison.Ordinal)
            ? FlowCompiler.Check(new FlowSource(name, new ShownText(flow).Content), RadistLookalike.Catalog, CancellationToken.None).Findings
            : FlowReader.Read(new FlowSource(name, new ShownText(flow).Content)).Findings;

    /// <summary>The flow without the findings written in it.</summary>
    public static string Strip(string annotated) =>
        string.Concat(SplitLines(annotated).Where(line => !Annotation().IsMatch(line)));

    /// <summary>The flow with the findings written under its lines.</summary>
    public static string Annotate(string flow, IReadOnlyList<Finding> findings)
    {
        var annotated = new StringBuilder();
        var lines = SplitLines(flow).ToList();
        var shown = new ShownText(flow);
        if (lines.Count == 0) lines.Add("");
        for (var i = 0; i < lines.Count; i++)
        {
            annotated.Append(lines[i]);
            foreach (var finding in findings.Where(finding => Math.Min(finding.Place.Line, lines.Count) == i + 1))
            {
                if (annotated.Length > 0 && annotated[^1] != '\n') annotated.Append('\n');
                annotated.Append(Line(finding, lines[i], shown)).Append('\n');
            }
        }

        return annotated.ToString();
    }

    private static string Line(Finding finding, string line, ShownText shown)
    {
        var place = finding.Place;
        var column = shown.ShownColumn(place.Line, place.Column);
        var end = place.EndLine == place.Line ? shown.ShownColumn(place.Line, place.EndColumn) : line.TrimEnd('\r', '\n').Length + 1;
        var carets = new string('^', Math.Max(1, end - column));
        var indent = column == 1 ? "" : new string(' ', column - 2);
        var severity = finding.Severity == Severity.Error ? "error" : "warning";
        return $"#{indent}{carets} {severity} {finding.Code}: {finding.Message}";
    }

    private static IEnumerable<string> SplitLines(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start) is >= 0 and var at ? at + 1 : text.Length;
            yield return text[start..end];
            start = end;
        }
    }

    [GeneratedRegex(@"^# *\^+ (?:error|warning) [A-Z]+[0-9]+: ")]
    private static partial Regex Annotation();
}
