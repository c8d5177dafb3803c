using System.Collections.Immutable;
using System.Text;
using Engine.Flows;
using Engine.Host;
using Xunit;

namespace Engine.Tests.Cli;

public sealed class CheckReportTests : IDisposable
{
    private readonly TestFolder folder = new();

    [Fact]
    public async Task Flows_without_findings_are_counted()
    {
        folder.Write("a.yaml", "flow: a");
        folder.Write("below/b.yml", "flow: b");

        Assert.Equal((0, "2 flows, no findings\n", ""), await CheckAsync(folder.Path));
    }

    [Fact]
    public async Task A_flow_test_a_hidden_file_and_another_kind_of_file_are_skipped()
    {
        folder.Write("a.yaml", "flow: a");
        folder.Write("a.test.yaml", "bad");
        folder.Write(".hidden/b.yaml", "bad");
        folder.Write("notes.txt", "bad");

        Assert.Equal((0, "1 flow, no findings\n", ""), await CheckAsync(folder.Path));
    }

    [Fact]
    public async Task A_file_named_twice_is_checked_once()
    {
        var file = folder.Write("a.yaml", "flow: a");

        Assert.Equal((0, "1 flow, no findings\n", ""), await CheckAsync(file, folder.Path));
    }

    [Fact]
    public async Task Findings_come_with_their_lines_and_a_summary()
    {
        var bad = folder.Write("bad.yaml", "flow: b\nbad: 1\n");
        folder.Write("good.yaml", "flow: a");

        Assert.Equal(
            (1, $"{bad}(2,1): error FLOW002: key 'bad' is not known\nbad: 1\n^^^\n1 finding in 1 of 2 flows\n", ""),
            await CheckAsync(folder.Path));
    }

    [Fact]
    public async Task Warnings_alone_are_fine()
    {
        var file = folder.Write("a.yaml", "flow: a\nodd: 1");

        Assert.Equal(
            (0, $"{file}(2,1): warning FLOW900: key 'odd' is odd\nodd: 1\n^^^\n1 finding in 1 of 1 flow\n", ""),
            await CheckAsync(file));
    }

    [Fact]
    public async Task The_same_flow_name_in_two_files_is_a_finding_at_the_second_name()
    {
        var first = folder.Write("a.yaml", "flow: same");
        var second = folder.Write("b.yaml", "# note\nflow: same\n");

        Assert.Equal(
            (1,
                $"{second}(2,7): error FILE003: flow 'same' is also defined in '{first}'; give each flow a name of its own\n" +
                "flow: same\n      ^^^^\n1 finding in 1 of 2 flows\n",
                ""),
            await CheckAsync(folder.Path));
    }

    [Fact]
    public async Task Json_is_an_array_of_findings_and_nothing_else()
    {
        var file = folder.Write("a.yaml", "flow: a\nbad: 1\n");

        var (code, output, error) = await CheckAsync(isJson: true, file);

        Assert.Equal(1, code);
        Assert.Equal("", error);
        Assert.Equal(
            $$"""
            [
              {
                "code": "FLOW002",
                "severity": "error",
                "message": "key 'bad' is not known",
                "file": "{{file}}",
                "line": 2,
                "column": 1,
                "end_line": 2,
                "end_column": 4
              }
            ]

            """,
            output);
    }

    [Fact]
    public async Task Json_without_findings_is_an_empty_array() =>
        Assert.Equal((0, "[]\n", ""), await CheckAsync(isJson: true, folder.Write("a.yaml", "flow: a")));

    [Fact]
    public async Task A_file_beyond_the_limit_is_not_read()
    {
        var file = folder.Write("big.yaml", new string('#', FlowFileReader.LimitBytes + 1));

        Assert.Equal(
            (1,
                $"{file}(1,1): error FILE002: the file is larger than 1048576 bytes, too large for a flow; it was not read\n" +
                "1 finding in 1 of 1 flow\n",
                ""),
            await CheckAsync(file));
    }

    [Fact]
    public async Task A_link_that_leads_nowhere_is_a_finding()
    {
        var link = Path.Combine(folder.Path, "a.yaml");
        File.CreateSymbolicLink(link, Path.Combine(folder.Path, "gone"));

        Assert.Equal(
            (1, $"{link}(1,1): error FILE001: the file cannot be read: it is no longer there\n1 finding in 1 of 1 flow\n", ""),
            await CheckAsync(folder.Path));
    }

    [Fact]
    public void A_path_that_does_not_exist_is_misuse() =>
        Assert.Equal("'no/such' does not exist", Assert.Throws<MisuseException>(() => FlowFiles.Find(["no/such"])).Message);

    [Fact]
    public void A_folder_without_flows_is_misuse() =>
        Assert.Equal(
            $"no flow is in '{folder.Path}': no file is named *.yaml or *.yml",
            Assert.Throws<MisuseException>(() => FlowFiles.Find([folder.Path])).Message);

    [Fact]
    public void A_link_to_a_folder_is_not_followed()
    {
        var file = folder.Write("a/a.yaml", "flow: a");
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "a", "up"), folder.Path);

        Assert.Equal([file], FlowFiles.Find([folder.Path]));
    }

    public void Dispose() => folder.Dispose();

    private static Task<(int Code, string Output, string Error)> CheckAsync(params string[] paths) => CheckAsync(isJson: false, paths);

    private static async Task<(int Code, string Output, string Error)> CheckAsync(bool isJson, params string[] paths)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var code = await new CheckReport(Check, output, isJson).RunAsync(FlowFiles.Find(paths), CancellationToken.None);
        return (code, output.ToString(), "");
    }

    /// <summary>Stands in for the compiler: <c>bad</c> is an error, <c>odd</c> a warning.</summary>
    private static FlowCheck Check(FlowSource source, CancellationToken cancellation)
    {
        var text = Encoding.UTF8.GetString(source.Content.Span);
        var findings = ImmutableArray.CreateBuilder<Finding>();
        foreach (var (line, number) in text.Split('\n').Select((line, index) => (line, index + 1)))
        {
            var place = new Place(source.Path, number, 1, number, 4);
            if (line.StartsWith("bad", StringComparison.Ordinal)) findings.Add(new("FLOW002", Severity.Error, place, "key 'bad' is not known"));
            if (line.StartsWith("odd", StringComparison.Ordinal)) findings.Add(new("FLOW900", Severity.Warning, place, "key 'odd' is odd"));
        }

        var name = text.Split('\n').FirstOrDefault(line => line.StartsWith("flow: ", StringComparison.Ordinal))?["flow: ".Length..];
        return new FlowCheck(name is null ? null : Flow(name), text, findings.ToImmutable());
    }

    private static CompiledFlow Flow(string name) => new(
        name, "v", "", LocalText.Empty, [], [], ImmutableDictionary<string, string>.Empty, [], [], new Limits(TimeSpan.FromMinutes(1), 0), [], [], [], []);
}
