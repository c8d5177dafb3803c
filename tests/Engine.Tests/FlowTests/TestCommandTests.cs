using System.CommandLine;
using System.Text.Json;
using Engine.Host;
using Engine.Tests.Cli;
using Xunit;

namespace Engine.Tests.FlowTests;

public sealed class TestCommandTests : IDisposable
{
    private readonly TestFolder folder = new();

    public TestCommandTests() => folder.Write("done.yaml", "flow: done\ntitle: Done\ninput: { name: string? }\nsteps:\n  - if: input.name is not null\n    then: done\n");

    [Fact]
    public async Task Tests_that_pass_are_counted()
    {
        Expect("succeeded");

        Assert.Equal((0, "1 test passed\n", ""), await RunAsync(folder.Path));
    }

    [Fact]
    public async Task A_test_that_fails_makes_the_command_fail()
    {
        Expect("cancelled");

        Assert.Equal(1, (await RunAsync(folder.Path)).Code);
    }

    [Fact]
    public async Task What_no_test_reached_fails_only_where_all_is_required()
    {
        Expect("succeeded");

        Assert.Equal(0, (await RunAsync(folder.Path, "--coverage")).Code);
        Assert.Equal(1, (await RunAsync(folder.Path, "--require-full")).Code);
    }

    [Fact]
    public async Task Misuse_is_told_apart()
    {
        Assert.Equal((2, "", $"engine: no test is in '{folder.Path}': no file is named *.test.yaml\n"), await RunAsync(folder.Path));
        Assert.Equal((2, "", $"engine: '{folder.Path}/done.yaml' is no test of a flow; tests are named *.test.yaml\n"), await RunAsync(folder.Path + "/done.yaml"));
        Assert.Equal((2, "", "engine: 'no/such' does not exist\n"), await RunAsync("no/such"));
    }

    [Fact]
    public async Task Json_has_the_differences_the_transcript_and_what_was_missed()
    {
        Expect("cancelled");

        var (code, output, _) = await RunAsync(folder.Path, "--format", "json", "--coverage");

        Assert.Equal(1, code);
        using var json = JsonDocument.Parse(output);
        var test = json.RootElement.GetProperty("files")[0].GetProperty("tests")[0];
        Assert.False(test.GetProperty("passed").GetBoolean());
        Assert.Equal(("end: cancelled", "succeeded"), (Text(test, "expected"), Text(test, "was")));
        Assert.Equal("end", test.GetProperty("transcript")[1].GetProperty("kind").GetString());
        Assert.Equal("if: then", json.RootElement.GetProperty("coverage")[0].GetProperty("missed")[0].GetProperty("what").GetString());

        static string? Text(JsonElement test, string name) => test.GetProperty("differences")[0].GetProperty(name).GetString();
    }

    public void Dispose() => folder.Dispose();

    private void Expect(string end) => folder.Write("done.test.yaml", $"flow: done\ntests:\n  it ends:\n    expect: {{ end: {end} }}\n");

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var root = new RootCommand { TestCommand.Create() };
        var code = await CommandLine.RunAsync(root, ["test", .. args], output, error, default);
        return (code, output.ToString(), error.ToString());
    }
}
