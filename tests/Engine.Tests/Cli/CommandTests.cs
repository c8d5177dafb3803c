using System.CommandLine;
using Engine.Host;
using Xunit;

namespace Engine.Tests.Cli;

/// <summary>The commands as they are typed, with the whole engine behind them.</summary>
public sealed class CommandTests : IDisposable
{
    private const string Hello = """
        flow: hello
        title: { en: Hello, ru: Привет }
        languages: [en, ru]
        purpose: [connect]
        input:
          greeting: { type: string, max_length: 10, label: { en: Greeting, ru: Приветствие } }
        fails:
          refused: { en: You said no., ru: Вы сказали нет. }
        limits: { total: 5m }
        steps:
          - prompt:
              word: { type: string, label: { en: Word, ru: Слово } }
            text: { en: "{{ input.greeting }}! Say a word.", ru: "{{ input.greeting }}! Скажите слово." }
            as: said
            timeout: 1m
            on_timeout: { fail: expired }
          - if: said.word == "no"
            then:
              - fail: refused
          - done

        """;

    private readonly TestFolder folder = new();
    private readonly VirtualScreen output = new(columns: 2000);

    public CommandTests()
    {
        folder.Write("flows/hello.yaml", Hello);
        Directory.CreateDirectory(Path.Combine(folder.Path, "plugins"));
    }

    [Fact]
    public async Task A_flow_that_succeeds_gives_0()
    {
        Assert.Equal((0, ""), await RunAsync("hello", "--input", "greeting=Hi", "--answer", "word=yes"));
        Assert.Contains("Hi! Say a word.", output.Raw, StringComparison.Ordinal);
        Assert.EndsWith("✓ Hello: done.\n", output.Raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flow_that_fails_gives_1()
    {
        Assert.Equal((1, ""), await RunAsync("hello", "--input", "greeting=Hi", "--answer", "word=no", "--lang", "ru"));
        Assert.Contains("✗ Не подключено: Вы сказали нет.\n  Код: refused · шаг: ", output.Raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_that_nobody_answers_gives_130()
    {
        Assert.Equal((130, ""), await RunAsync("hello", "--input", "greeting=Hi", "--json"));
        Assert.Contains("""{"type":"run.ended","status":"cancelled","code":"cancelled",""", output.Raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_run_is_cancelled_and_gives_130()
    {
        using var interrupt = new CancellationTokenSource();
        var running = RunAsync(["hello", "--input", "greeting=Hi"], new TypedKeys(), interrupt.Token);
        await output.SeesAsync("Word:");

        await interrupt.CancelAsync();

        Assert.Equal((130, ""), await running);
        Assert.Contains("✗ Stopped. Nothing was connected.\n  Code: cancelled · ", output.Raw, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("engine: there is no flow 'helo'; there is 'hello'; did you mean 'hello'?", "helo")]
    [InlineData("engine: --input 'greeting': This is needed.", "hello")]
    [InlineData("engine: --input 'greeting': This is too long.", "hello", "--input", "greeting=12345678901")]
    [InlineData("engine: the flow has no input 'x'", "hello", "--input", "greeting=Hi", "--input", "x=1")]
    [InlineData("engine: --input gives 'a' twice", "hello", "--input", "a=1", "--input", "a=2")]
    [InlineData("engine: --input must be name=value", "hello", "--input", "greeting")]
    [InlineData("engine: --answer must be field=value", "hello", "--answer", "=secret")]
    [InlineData("engine: the sandbox cannot play flow 'hello': leave --scenario out", "hello", "--input", "greeting=Hi", "--scenario", "x")]
    [InlineData("engine: flow 'hello' is not made for 'reauth'; it is for 'connect'", "hello", "--connection", "con_1")]
    public async Task What_cannot_be_meant_so_gives_2_and_says_what_would_be_right(string message, params string[] arguments) =>
        Assert.Equal((2, message + "\n"), await RunAsync(arguments));

    [Fact]
    public async Task A_scenario_is_for_the_sandbox() =>
        Assert.Equal(
            (2, "engine: --scenario is for the sandbox: add --sandbox\n"), await InvokeAsync("run", "hello", "--scenario", "scan"));

    [Theory]
    [InlineData("engine: Required argument 'FLOW' missing for command: 'run'.", "run")]
    [InlineData("engine: Required argument 'PATH' missing for command: 'check'.", "check")]
    [InlineData("engine: 'no/such' does not exist", "check", "no/such")]
    [InlineData("engine: '--froamt' is neither an option nor a path that exists", "check", "--froamt", "json")]
    [InlineData("engine: --plugins: the folder 'no/such' does not exist", "check", ".", "--plugins", "no/such")]
    public async Task A_command_line_that_cannot_be_meant_so_gives_2(string firstLine, params string[] arguments)
    {
        folder.Write("here.yaml", Hello);
        var (code, error) = await InvokeAsync([.. arguments.Select(argument => argument == "." ? folder.Path : argument)]);

        Assert.Equal((2, firstLine), (code, error.Split('\n')[0]));
    }

    [Fact]
    public async Task Checking_a_flow_without_findings_gives_0()
    {
        Assert.Equal((0, ""), await CheckAsync("flows"));
        Assert.Equal("1 flow, no findings\n", output.Raw);
    }

    [Fact]
    public async Task Checking_a_flow_with_findings_gives_1()
    {
        var file = folder.Write("bad.yaml", Hello.Replace("said.word", "said.wort", StringComparison.Ordinal));

        Assert.Equal((1, ""), await CheckAsync("bad.yaml"));
        Assert.StartsWith($"{file}(17,14): error FLOW", output.Raw, StringComparison.Ordinal);
        Assert.EndsWith("\n  - if: said.wort == \"no\"\n             ^^^^\n1 finding in 1 of 1 flow\n", output.Raw, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        output.Dispose();
        folder.Dispose();
    }

    private Task<(int Code, string Error)> CheckAsync(string path) =>
        InvokeAsync("check", Path.Combine(folder.Path, path), "--no-cache", "--plugins", Path.Combine(folder.Path, "plugins"));

    private Task<(int Code, string Error)> RunAsync(params string[] arguments) =>
        RunAsync(arguments, new StreamInput(TextReader.Null), CancellationToken.None);

    private Task<(int Code, string Error)> RunAsync(string[] arguments, ILineInput input, CancellationToken interrupt) => InvokeAsync(
        ["run", .. arguments, "--sandbox", "--flows", Path.Combine(folder.Path, "flows"), "--plugins", Path.Combine(folder.Path, "plugins"),
            .. arguments.Contains("--lang") ? [] : (string[])["--lang", "en"]],
        input,
        interrupt);

    private Task<(int Code, string Error)> InvokeAsync(params string[] arguments) =>
        InvokeAsync(arguments, new StreamInput(TextReader.Null), CancellationToken.None);

    private async Task<(int Code, string Error)> InvokeAsync(string[] arguments, ILineInput input, CancellationToken interrupt)
    {
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(input, output, IsScreen: false, () => (120, int.MaxValue));
        var root = new RootCommand { CheckCommand.Create(), RunCommand.Create(TimeProvider.System, () => terminal) };
        var code = await CommandLine.RunAsync(root, arguments, output, error, interrupt);
        return (code, error.ToString());
    }
}
