using System.CommandLine;
using Engine.Host;
using Xunit;

namespace Engine.Tests.Cli;

public sealed class ExplainCommandTests : IDisposable
{
    private readonly TestFolder folder = new();

    [Fact]
    public async Task A_shipped_flow_is_explained_by_its_name()
    {
        var golden = await File.ReadAllTextAsync(Path.Combine(GoldenFlow.Folder, "explain", "telegram-qr.txt"));

        Assert.Equal((0, golden, ""), await RunAsync("telegram-qr"));
        Assert.Equal((0, golden, ""), await RunAsync(Repository.Path("workflows/telegram-qr.yaml")));
    }

    [Fact]
    public async Task A_flow_of_ones_own_is_explained_by_its_path()
    {
        var file = folder.Write("pause.yaml", "flow: pause\ntitle: A pause\nlimits: { total: 2m }\nsteps:\n  - wait: 90s\n");

        Assert.Equal(
            (0,
                """
                pause: A pause
                for: connect

                What it does
                  wait 90s

                How it may end
                  succeeded
                  cancelled: the person may leave at any time
                  expired: after 2m at the latest
                  or with a failure that any call may meet: rate_limited, provider_timeout, provider_down, provider_changed, config_error, internal

                What it needs
                  nothing

                At the most
                  time: 1m30s (the run's limit: 2m)
                  prompts: 0

                """.ReplaceLineEndings("\n"),
                ""),
            await RunAsync(file));
    }

    [Theory]
    [InlineData("- repeat: [{ wait: 5s }]\n    while: input.go\n    on_give_up: done", "error FLOW003: the 'repeat' step needs the key 'max'")]
    [InlineData("- poll: radist.telegram_login\n    every: 5s\n    until: input.go", "error FLOW003: the 'poll' step needs the key 'timeout'")]
    [InlineData("- repeat: [{ wait: 5s }]\n    while: input.go\n    max: 5000\n    on_give_up: done", "error FLOW015: '5000' does not fit 'max'; write a whole number from 1 to 1000")]
    [InlineData("- wait: 40d", "error FLOW014: '40d' is not more than nothing and at most 30 days")]
    public async Task A_flow_without_a_bound_is_refused_with_a_finding(string step, string finding)
    {
        var file = folder.Write("endless.yaml", $"flow: endless\nuses: {{ radist: radist }}\ninput: {{ go: bool }}\nsteps:\n  {step}\n");

        var (code, output, error) = await RunAsync(file);

        Assert.Equal((1, ""), (code, output));
        Assert.Contains(finding, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_explanation_is_one_json_object_where_that_is_asked_for()
    {
        var (code, output, error) = await RunAsync("telegram-qr", "--json");
        var explained = System.Text.Json.JsonElement.Parse(output);

        Assert.Equal((0, ""), (code, error));
        Assert.Equal("telegram-qr", explained.GetProperty("flow").GetString());
        var golden = await File.ReadAllTextAsync(Path.Combine(GoldenFlow.Folder, "explain", "telegram-qr.txt"));
        Assert.All(explained.GetProperty("does").EnumerateArray(), line => Assert.Contains($"  {line.GetString()}\n", golden, StringComparison.Ordinal));
        Assert.Contains($"prompts: {explained.GetProperty("at_most").GetProperty("prompts").GetInt64()}\n", golden, StringComparison.Ordinal);
        Assert.Contains(explained.GetProperty("ends").EnumerateArray(), end => end.GetProperty("code").GetString() == "cancelled");
    }

    [Fact]
    public async Task Misuse_is_told_apart() => Assert.Equal(
        (2, "", "engine: 'no-such' is neither a flow file nor the name of a shipped flow\n"), await RunAsync("no-such"));

    public void Dispose() => folder.Dispose();

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] given)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await CommandLine.RunAsync(new RootCommand { ExplainCommand.Create() }, ["explain", .. given], output, error, default);
        return (code, output.ToString(), error.ToString());
    }
}
