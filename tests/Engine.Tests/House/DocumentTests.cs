using System.Text;
using System.Text.RegularExpressions;
using Engine.Flows;
using Engine.Plugins;
using Engine.Sdk;
using Xunit;

namespace Engine.Tests;

/// <summary>
/// The examples in the documents compile, with the shipped Radist plugin: <c>yaml flow</c> is a whole flow, <c>yaml steps</c> some steps
/// of one, <c>yaml wrong</c> has a finding.
/// </summary>
public sealed partial class DocumentTests : IClassFixture<DocumentTests.ShippedPlugins>
{
    /// <summary>What flow-language.md says stands before its steps.</summary>
    private const string Header =
        """
        flow: example
        title: Example
        uses: { radist: radist }
        purpose: [connect]
        input: { name: string, phone: phone? }
        fails: [session_lost, phone_refused, wrong_code, code_expired, wrong_password, too_many_attempts, not_scanned, in_doubt]
        vars: { connection_id: int? }
        steps:
          - call: radist.telegram_init
            with: { auth_type: qr }
            as: session
            undo: none
            because: Radist has no call that ends a session; it lapses by itself

        """;

    /// <summary>What stands after steps that do not say it themselves: parameters are known by a <c>connect</c>.</summary>
    private const string Ending =
        """
          - connect:
              identity: { none: Radist does not tell which Telegram account it is }
              on_other_account: reject
              on_duplicate: allow
              params: { connection_id: =connection_id }

        """;

    private readonly ShippedPlugins plugins;

    public DocumentTests(ShippedPlugins plugins) => this.plugins = plugins;

    public static TheoryData<string, int> Examples
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var document in Documents)
            {
                foreach (Match example in Example().Matches(Text(document))) data.Add(document, LineOf(document, example));
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_compiles_as_the_document_says(string document, int line)
    {
        var example = Example().Matches(Text(document)).Single(match => LineOf(document, match) == line);
        var yaml = example.Groups["yaml"].Value;
        var isEnded = yaml.Contains("- connect:", StringComparison.Ordinal) || yaml.Contains("- done", StringComparison.Ordinal);
        var flow = example.Groups["kind"].Value == "steps" ? Header + Indented(yaml) + (isEnded ? "" : Ending) : yaml;

        var check = FlowCompiler.Check(new FlowSource(document, Encoding.UTF8.GetBytes(flow)), plugins.Catalog, CancellationToken.None);

        var errors = check.Findings.Where(finding => finding.Severity == Severity.Error).Select(finding => $"{finding}").ToList();
        if (example.Groups["kind"].Value == "wrong") Assert.NotEmpty(errors);
        else Assert.True(errors.Count == 0, string.Join('\n', errors));
    }

    [Fact]
    public void The_shipped_flows_have_no_findings()
    {
        var findings = Repository.Files("workflows", "*.yaml").Where(file => !file.EndsWith(".test.yaml", StringComparison.Ordinal))
            .Select(file => new FlowSource(Path.GetFileName(file), File.ReadAllBytes(file)))
            .SelectMany(source => FlowCompiler.Check(source, plugins.Catalog, CancellationToken.None).Findings)
            .Select(finding => $"{finding}");

        Assert.Empty(findings);
    }

    [Fact]
    public void The_readme_shows_a_finding_as_it_is_printed()
    {
        var yaml = Example().Match(Text("README.md")).Groups["yaml"].Value.Replace("require: session.status is authenticated", "require: session.status is authentified", StringComparison.Ordinal);

        var check = FlowCompiler.Check(new FlowSource("my-telegram.yaml", Encoding.UTF8.GetBytes(yaml)), plugins.Catalog, CancellationToken.None);

        Assert.Contains($"```text\n{Assert.Single(check.Findings)}\n", Text("README.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_readme_names_files_and_pictures_that_are_there()
    {
        var missing = Link().Matches(Text("README.md")).Select(link => link.Groups[1].Value)
            .Where(target => !target.StartsWith("http", StringComparison.Ordinal) && !target.StartsWith('#'))
            .Where(target => !Path.Exists(Repository.Path(target.Split('#')[0])));

        Assert.Empty(missing);
    }

    [Fact]
    public void The_readme_names_projects_and_flows_that_are_there()
    {
        var readme = Text("README.md");

        Assert.All(ProjectName().Matches(readme).Select(match => match.Groups[1].Value), project => Assert.True(Directory.Exists(Repository.Path(project)), project));
        Assert.All(RunCommand().Matches(readme).Select(match => match.Groups[1].Value),
            flow => Assert.Contains($"flow: {flow}\n", readme + string.Concat(Repository.Files("workflows", "*.yaml").Select(File.ReadAllText))));
    }

    private static IEnumerable<string> Documents =>
        Repository.Files("engine/docs", "*.md").Select(file => Path.GetRelativePath(Repository.Root, file)).Prepend("README.md");

    private static string Text(string document) => File.ReadAllText(Repository.Path(document)).ReplaceLineEndings("\n");

    private static string Indented(string yaml) => string.Concat(yaml.Split('\n').Select(line => line.Length == 0 ? "" : $"  {line}\n"));

    private static int LineOf(string document, Match example) => Text(document).AsSpan(0, example.Index).Count('\n') + 1;

    [GeneratedRegex("^```yaml (?<kind>flow|steps|wrong)\n(?<yaml>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"--project (\S+)")]
    private static partial Regex ProjectName();

    [GeneratedRegex(@"engine run ([a-z][a-z0-9_-]*)")]
    private static partial Regex RunCommand();

    /// <summary>The plugins as the host has them beside itself.</summary>
    public sealed class ShippedPlugins : IDisposable
    {
        private readonly DirectoryInfo builds = Directory.CreateTempSubdirectory("engine-docs-");
        private readonly HttpMessageInvoker http = new(ProviderHttp.NewHandler());
        private readonly PluginCatalog plugins;

        public ShippedPlugins() =>
            plugins = PluginCatalog.Load([Path.Combine(AppContext.BaseDirectory, "plugins")], builds.FullName, http, TimeProvider.System);

        public Catalog Catalog => plugins.Catalog;

        public void Dispose()
        {
            plugins.Dispose();
            http.Dispose();
            builds.Delete(recursive: true);
        }
    }
}
