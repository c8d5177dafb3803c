using System.Collections.Immutable;
using System.Reflection;
using System.Text.RegularExpressions;
using Engine.Flows;
using Engine.Host;
using Engine.Tests.Cli;
using Engine.Tests.FlowTests;
using Xunit;

namespace Engine.Tests;

/// <summary>Each code has an entry in findings.md: its meaning, a wrong example with the finding under its line, and the mended one.</summary>
public sealed partial class FindingsDocTests
{
    private const string Document = "engine/docs/findings.md";

    /// <summary>No example can show these; the tests that have them.</summary>
    private static readonly (FindingCode Code, string Test)[] withoutExamples =
    [
        (FindingCodes.FileUnreadable, "Cli/CheckReportTests.cs"),
        (FindingCodes.NotChecked, "Flows/Compiling/FlowCompilerTests.cs"),
    ];

    public static TheoryData<string> Codes => [.. All.Except(withoutExamples.Select(one => one.Code)).Select(code => code.Code)];

    /// <summary>A test holds that there is no code beside these.</summary>
    private static IEnumerable<FindingCode> All => [.. FindingCodes.Files, .. FindingCodes.All, .. FindingCodes.FlowTests, .. FindingCodes.Providers];

    [Theory]
    [MemberData(nameof(Codes))]
    public void The_wrong_example_has_the_finding_under_its_line_and_the_mended_one_has_none(string code)
    {
        var examples = ExamplesOf(code);
        Assert.Equal(2, examples.Count);
        var wrong = examples[0] with { Text = GoldenFlow.Strip(examples[0].Text) };

        var findings = wrong.Own(Findings(wrong));

        var actual = GoldenFlow.Annotate(wrong.Text, findings);
        if (Environment.GetEnvironmentVariable(GoldenFlow.UpdateVariable) == "1") Rewrite(examples[0].Text, actual, code);
        else Assert.Equal(examples[0].Text, actual);
        Assert.Equal(code, Assert.Single(findings.Select(finding => finding.Code).Distinct()));
        Assert.Equal([], examples[1].Own(Findings(examples[1])).Select(finding => $"{finding}"));
        Assert.Equal(examples[0].Kind, examples[1].Kind);
    }

    [Fact]
    public void The_frame_has_no_error_of_its_own() => Assert.DoesNotContain(
        Findings(DocumentExample.Of(Document, "yaml steps").First() with { Text = "" }), finding => finding.Severity == Severity.Error);

    [Fact]
    public void Every_code_has_an_entry_and_every_entry_a_code()
    {
        var entries = Entry().Matches(DocumentExample.TextOf(Document)).Select(entry => entry.Groups["head"].Value);

        Assert.Equal(All.Select(code => $"{code.Code}: {code.Meaning}").Order(StringComparer.Ordinal), entries.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_code_is_in_one_of_the_lists()
    {
        var fields = typeof(FindingCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetValue(null)).OfType<FindingCode>();

        Assert.Equal(fields.Select(code => code.Code).Order(StringComparer.Ordinal), All.Select(code => code.Code).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Codes_are_written_nowhere_but_in_their_list()
    {
        var elsewhere = Repository.Files("engine", "*.cs").Where(file => !Path.GetFileName(file).StartsWith("FindingCodes.", StringComparison.Ordinal))
            .SelectMany(file => Literal().Matches(File.ReadAllText(file)).Select(literal => $"{Path.GetFileName(file)}: {literal}"));

        Assert.Empty(elsewhere);
    }

    [Fact]
    public void A_code_without_examples_has_a_test() => Assert.All(withoutExamples, one => Assert.Contains(
        one.Code.Code, File.ReadAllText(Repository.Path($"tests/Engine.Tests/{one.Test}")), StringComparison.Ordinal));

    private static ImmutableArray<Finding> Findings(DocumentExample example)
    {
        var content = new ShownText(example.Whole).Content;
        if (example.Kind is "yaml provider" or "yaml operations") return ProviderCompiler.Check(new FlowSource("acme.provider.yaml", content), CancellationToken.None).Findings;
        using var folder = new TestFolder();
        if (example.Kind is "yaml file" or "yaml tests")
        {
            folder.Write("telegram-qr.yaml", File.ReadAllText(Repository.Path("workflows/telegram-qr.yaml")));
            folder.Write("broken.yaml", "flow: broken\nsteps: [{ wat: 5s }]\n");
            File.WriteAllBytes(Path.Combine(folder.Path, "example.test.yaml"), content);
            var (outcome, text) = ShippedPlugins.Run(folder.Path, withCoverage: false);
            var file = Assert.Single(outcome.Files);
            Assert.True(file.IsPassed == file.Findings.IsEmpty, text);
            return file.Findings;
        }

        // A file by itself is checked as it is, without the other one being compiled each time.
        var first = folder.Write("first.yaml", "flow: telegram\nsteps: []\n");
        var second = Path.Combine(folder.Path, "second.yaml");
        File.WriteAllBytes(second, content);
        string[] files = example.Whole.Contains("flow: telegram", StringComparison.Ordinal) ? [first, second] : [second];
        var checks = CheckReport.Check(files, (source, cancellation) => FlowCompiler.Check(source, Catalog, cancellation), default);
        return [.. checks[^1].Findings.Select(finding => finding with
        {
            Message = finding.Message.Replace(folder.Path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal),
        })];
    }

    /// <summary>With the plugins that the document makes up.</summary>
    private static Catalog Catalog => new([.. ShippedPlugins.Catalog.Providers, RadistLookalike.Catalog.Providers[0] with { Name = "desk" }, RadistLookalike.Vault]);

    private static List<DocumentExample> ExamplesOf(string code)
    {
        var text = DocumentExample.TextOf(Document);
        var start = text.IndexOf($"\n### {code}: ", StringComparison.Ordinal);
        Assert.True(start >= 0, $"{code} has no entry");
        var end = text.IndexOf("\n##", start + 1, StringComparison.Ordinal) is >= 0 and var next ? next : text.Length;
        var (first, last) = (text.AsSpan(0, start).Count('\n') + 1, text.AsSpan(0, end).Count('\n') + 1);
        return [.. DocumentExample.Of(Document).Where(example => example.Line > first && example.Line <= last)];
    }

    private static void Rewrite(string old, string actual, string code)
    {
        var text = DocumentExample.TextOf(Document);
        var at = text.IndexOf("```", text.IndexOf($"\n### {code}: ", StringComparison.Ordinal), StringComparison.Ordinal);
        at = text.IndexOf('\n', at) + 1;
        File.WriteAllText(Repository.Path(Document), string.Concat(text.AsSpan(0, at), actual, text.AsSpan(at + old.Length)));
    }

    [GeneratedRegex("^### (?<head>.+)\n\n(?:[^#`\n].*\n)*\n?Wrong:\n\n```[^`]*```\n\nMended:\n\n```[^`]+```$", RegexOptions.Multiline)]
    private static partial Regex Entry();

    [GeneratedRegex("\"[A-Z]{3,8}[0-9]{3}\"")]
    private static partial Regex Literal();
}
