using System.CommandLine;
using Engine.Host;
using Xunit;

namespace Engine.Tests.Cli;

public sealed class AgainstTests : IDisposable
{
    private const string Present = """
        public record In(string Text, string? Note = null);
        public record Out(string Text, Mood Feeling, Part? Part);
        public record Part(string Old, int Number);
        public record Other(int X);
        public enum Mood { Unknown, Fine }
        [Provider("good")]
        public class GoodProvider
        {
            [Operation(Effect.Safe)]
            [Fails("gone", En = "Gone.", Ru = "Нет.")]
            public Task<Result<Out>> SayAsync(In input, CancellationToken cancellation) => throw null!;
            [Operation(Effect.Safe)]
            public Task<Result<Out>> RepeatAsync(In input, CancellationToken cancellation) => throw null!;
            [Operation(Effect.Safe)]
            public Task<Result<Other>> ForgetAsync(Other input, CancellationToken cancellation) => throw null!;
        }
        """;

    private readonly PluginFolders now = new();
    private readonly PluginFolders next = new();
    private readonly TestFolder folder = new();

    public void Dispose()
    {
        folder.Dispose();
        next.Dispose();
        now.Dispose();
    }

    [Fact]
    public async Task A_build_that_changes_nothing_breaks_nothing()
    {
        var (code, output) = await AgainstAsync(Present);

        Assert.Equal((0, "the new build offers flows what the present one does\n2 flows, none breaks\n"), (code, output));
    }

    [Fact]
    public async Task What_breaks_is_shown_with_its_findings_and_what_is_new_in_the_flows_words()
    {
        var (code, output) = await AgainstAsync(Present
            .Replace("string? Note = null", "string Reason", StringComparison.Ordinal)
            .Replace("Fine }", "Fine, Sad }", StringComparison.Ordinal)
            .Replace("string Old, int Number", "long Number, Part? Inner", StringComparison.Ordinal)
            .Replace("[Fails(\"gone\"", "[Fails(\"away\"", StringComparison.Ordinal)
            .Replace("ForgetAsync", "LearnAsync", StringComparison.Ordinal));

        Assert.Equal(1, code);
        Assert.Equal(
            """
            good.say: the failure 'gone' is removed
            good.say: the failure 'away' is added
            good.say, good.repeat: the argument 'note' is removed
            good.say, good.repeat: the argument 'reason' (string) is added, and required
            good.say, good.repeat: the result 'part.old' is removed
            good.say, good.repeat: the result 'part.inner' (part?) is added
            good.say, good.repeat: the result 'part.number' is long, was int
            good.say, good.repeat: the result 'feeling' may be 'sad' too
            good.forget: the operation is removed
            good.learn: the operation is added
            """.Split('\n').Order(StringComparer.Ordinal),
            output.Split('\n').Where(line => line.StartsWith("good.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Contains("says.yaml(", output, StringComparison.Ordinal);
        Assert.Contains("'say' needs 'reason'", output, StringComparison.Ordinal);
        Assert.DoesNotContain("asks.yaml", output, StringComparison.Ordinal);
        Assert.EndsWith("1 of 2 flows would break\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flow_that_is_wrong_already_is_left_out()
    {
        folder.Write("flows/bad.yaml", "flow: bad\nsteps: nonsense");

        var (code, output) = await AgainstAsync(Present);

        Assert.Equal(0, code);
        Assert.EndsWith("2 flows, none breaks; 1 flow with findings already left out\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_changes_and_findings()
    {
        var (_, output) = await AgainstAsync(Present.Replace("Fine }", "Sad }", StringComparison.Ordinal).Replace("In(string Text", "In(string Body", StringComparison.Ordinal), "--format", "json");

        var report = System.Text.Json.JsonElement.Parse(output);
        Assert.Equal(
            [
                "the argument 'text' is removed", "the argument 'body' (string) is added, and required",
                "the result 'feeling' is never 'fine' any more", "the result 'feeling' may be 'sad' too",
            ],
            report.GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("what").GetString()));
        Assert.Equal("says.yaml", Path.GetFileName(report.GetProperty("findings")[0].GetProperty("file").GetString()));
    }

    private async Task<(int Code, string Output)> AgainstAsync(string newSource, params string[] more)
    {
        now.Write("Good", Present);
        next.Write("Good", newSource);
        folder.Write("flows/says.yaml", """
            flow: says
            title: { en: Says }
            languages: [en]
            uses: { good: good }
            fails: { odd: { en: That is odd. } }
            steps:
              - call: good.say
                with: { text: hello }
                as: answer
                catch: { gone: { fail: odd } }
              - if: answer.part is null
                then: { done: }
              - fail: odd
            """);
        folder.Write("flows/asks.yaml", Host.Samples.Ask);
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var code = await CommandLine.RunAsync(
            new RootCommand { CheckCommand.Create() },
            ["check", "--no-cache", "--plugins", now.Plugins, "--against", Path.Combine(next.Plugins, "Good"), Path.Combine(folder.Path, "flows"), .. more],
            output, error, default);
        Assert.Equal("", error.ToString());
        return (code, output.ToString());
    }
}
