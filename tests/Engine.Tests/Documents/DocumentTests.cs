using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Engine.Flows;
using Engine.Tests.FlowTests;
using Xunit;

namespace Engine.Tests;

/// <summary>What the documents show is true: their flows compile, with the plugins that ship, and what they name is there.</summary>
public sealed partial class DocumentTests
{
    /// <summary>Its examples are <see cref="FindingsDocTests"/>' and call a plugin that does not ship.</summary>
    private const string Findings = "engine/docs/findings.md";

    private static readonly string[] kinds = ["yaml flow", "yaml steps", "yaml wrong"];

    public static TheoryData<string, int> Examples
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var document in DocumentExample.Documents.Where(document => document != Findings))
            {
                foreach (var example in DocumentExample.Of(document, kinds)) data.Add(document, example.Line);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_compiles_as_the_document_says(string document, int line)
    {
        var example = DocumentExample.Of(document, kinds).Single(example => example.Line == line);

        var errors = Check(document, example.Whole).Where(finding => finding.Severity == Severity.Error).Select(finding => $"{finding}").ToList();

        if (example.Kind == "yaml wrong") Assert.NotEmpty(errors);
        else Assert.True(errors.Count == 0, string.Join('\n', errors));
    }

    [Fact]
    public void Every_yaml_block_says_what_it_is()
    {
        var unsaid = DocumentExample.Documents.SelectMany(document => DocumentExample.Of(document))
            .Where(block => block.Kind is "yaml" or "yml").Select(block => $"{block.Document}({block.Line})");

        Assert.Empty(unsaid);
    }

    [Fact]
    public void Every_key_of_the_language_is_named_in_its_document()
    {
        var language = DocumentExample.TextOf("engine/docs/flow-language.md");

        Assert.All(
            Grammar.Verbs.Values.SelectMany(keys => keys).Concat(Grammar.FlowKeys).Distinct(),
            key => Assert.Contains($"`{key}", language, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_function_of_expressions_and_every_trap_of_yaml_is_named_in_the_language()
    {
        var language = DocumentExample.TextOf("engine/docs/flow-language.md");
        var functions = typeof(Flows.Expressions.Functions).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Select(function => JsonNamingPolicy.SnakeCaseLower.ConvertName(function.Name));
        FindingCode[] limits =
        [
            FindingCodes.NotUtf8, FindingCodes.FileTooLarge, FindingCodes.EmptyFile, FindingCodes.TooDeep, FindingCodes.TooManyParts, FindingCodes.ValueTooLong,
        ];

        Assert.All(functions, function => Assert.Matches($"`{function}[`(]", language));
        Assert.All(FindingCodes.Yaml.Except(limits), code => Assert.Contains($"`{code}`", language, StringComparison.Ordinal));
    }

    [Fact]
    public void The_shipped_flows_have_no_findings() => Assert.Empty(
        Repository.Files("workflows", "*.yaml").Where(file => !file.EndsWith(".test.yaml", StringComparison.Ordinal))
            .SelectMany(file => Check(Path.GetFileName(file), File.ReadAllText(file))).Select(finding => $"{finding}"));

    [Fact]
    public void The_readme_shows_a_finding_as_it_is_printed()
    {
        var yaml = DocumentExample.Of("README.md", "yaml flow").Single().Text
            .Replace("require: session.status is authenticated", "require: session.status is authentified", StringComparison.Ordinal);

        var finding = Assert.Single(Check("my-telegram.yaml", yaml));

        Assert.Contains($"```text\n{finding}\n", DocumentExample.TextOf("README.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_documents_link_to_files_that_are_there()
    {
        var missing = DocumentExample.Documents.SelectMany(document => Link().Matches(DocumentExample.TextOf(document))
            .Select(link => link.Groups[1].Value)
            .Where(target => !target.StartsWith("http", StringComparison.Ordinal))
            .Where(target => !LeadsSomewhere(document, target))
            .Select(target => $"{document}: {target}"));

        Assert.Empty(missing);
    }

    [Fact]
    public void The_readme_names_projects_and_flows_that_are_there()
    {
        var readme = DocumentExample.TextOf("README.md");

        Assert.All(ProjectName().Matches(readme).Select(match => match.Groups[1].Value), project => Assert.True(Directory.Exists(Repository.Path(project)), project));
        Assert.All(RunCommand().Matches(readme).Select(match => match.Groups[1].Value),
            flow => Assert.Contains($"flow: {flow}\n", readme + string.Concat(Repository.Files("workflows", "*.yaml").Select(File.ReadAllText))));
    }

    private static ImmutableArray<Finding> Check(string name, string flow) =>
        FlowCompiler.Check(new FlowSource(name, Encoding.UTF8.GetBytes(flow)), ShippedPlugins.Catalog, CancellationToken.None).Findings;

    private static bool LeadsSomewhere(string document, string target)
    {
        var (file, heading) = target.Split('#') is [var path, var anchor] ? (path, anchor) : (target, "");
        var folder = Path.GetDirectoryName(document) ?? "";
        var at = file.Length == 0 ? document : Path.Combine(folder, file);
        return Path.Exists(Repository.Path(at)) && (heading.Length == 0 || Heading().Matches(DocumentExample.TextOf(at)).Any(found => Anchor(found.Groups[1].Value) == heading));
    }

    /// <summary>As GitHub makes it.</summary>
    private static string Anchor(string heading) => NotInAnchors().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();

    [GeneratedRegex(@"--project (\S+)")]
    private static partial Regex ProjectName();

    [GeneratedRegex(@"engine run ([a-z][a-z0-9_-]*)")]
    private static partial Regex RunCommand();
}
