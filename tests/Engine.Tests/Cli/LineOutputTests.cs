using Engine.Host;
using Engine.Runs;
using Xunit;

namespace Engine.Tests.Cli;

/// <summary>The output of a run that does not go to a terminal: it only grows.</summary>
public sealed class LineOutputTests : IDisposable
{
    private readonly SteppedTime time = new();
    private readonly VirtualScreen output = new(columns: 200);
    private readonly ScriptedRun run;

    public LineOutputTests() => run = new ScriptedRun(time);

    [Fact]
    public async Task Each_code_is_printed_once_and_seconds_are_not()
    {
        run.Prompt(Prompts.Qr("hello", In(30)));
        var driving = Drive("");
        await output.SeesAsync("Valid for 30 s");
        time.Step(TimeSpan.FromSeconds(1));
        run.Prompt(Prompts.Qr("world", In(30), rotation: 2));
        await output.SeesAsync("Valid for 30 s\n" + Drawn("world", isTrimmed: true));
        run.End(RunStatus.Succeeded, "succeeded");
        await driving;

        Assert.Equal(
            $"""
            Telegram by QR code · run stvwxyz0
            Scan it with your phone
            {Drawn("hello")}
            Ctrl-C stops it.
            Valid for 30 s
            {Drawn("world")}
            Valid for 30 s
            ✓ Telegram by QR code: connected.
              Connection: con_01jabcdefghjkmnpqrstvwxyz1

            """,
            output.Raw);
    }

    [Fact]
    public async Task Lines_of_the_input_answer_fields_in_their_order()
    {
        run.OnReply = _ => run.End(RunStatus.Succeeded, "succeeded");
        run.Prompt(Prompts.Form("p1", Prompts.Field("phone", "phone"), Prompts.Field("password", "secret")));

        await Drive("+7 900 123-45-67\nhunter2\n");

        Assert.Equal(
            [KeyValuePair.Create("password", "hunter2"), KeyValuePair.Create("phone", "+79001234567")],
            run.Replies[0].Values.OrderBy(pair => pair.Key));
        Assert.Equal(
            """
            Telegram by QR code · run stvwxyz0
            Your account is protected
            Ctrl-C stops it.
            phone:
            password:
            ✓ Telegram by QR code: connected.
              Connection: con_01jabcdefghjkmnpqrstvwxyz1

            """,
            output.Raw);
    }

    [Fact]
    public async Task An_input_at_its_end_stops_a_run_that_asks()
    {
        run.OnCancel = () => run.End(RunStatus.Cancelled, "cancelled");
        run.Prompt(Prompts.Form("p1", Prompts.Field("password", "secret")));

        var ended = await Drive("");

        Assert.Equal(RunStatus.Cancelled, ended.Status);
        Assert.EndsWith(
            """
            Nobody is there to answer 'password'. Give the answer with --answer password=…, or run it in a terminal.
            ✗ Stopped. Nothing was connected.
              Code: cancelled · step: ask · run: stvwxyz0

            """,
            output.Raw,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_input_at_its_end_does_not_stop_a_run_that_only_shows()
    {
        run.Prompt(Prompts.Qr("hello", In(30)));
        var driving = Drive("");
        await output.SeesAsync("Valid for 30 s");
        time.Step(TimeSpan.FromSeconds(1));

        run.End(RunStatus.Succeeded, "succeeded");

        Assert.Equal(RunStatus.Succeeded, (await driving).Status);
    }

    [Fact]
    public async Task Answers_of_the_command_line_are_used_in_order_and_each_once()
    {
        run.OnReply = _ => run.Prompt(Prompts.Form($"p{run.Replies.Count + 1}", Prompts.Field("password", "secret")).Refused("Wrong."));
        run.OnCancel = () => run.End(RunStatus.Cancelled, "cancelled");
        run.Prompt(Prompts.Form("p1", Prompts.Field("password", "secret")));

        await Drive("", ("password", "one"), ("password", "two"));

        Assert.Equal(["one", "two"], run.Replies.Select(reply => reply.Values["password"]));
        Assert.Contains("Nobody is there to answer 'password'.", output.Raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_the_field_does_not_take_is_named_at_the_end()
    {
        run.OnCancel = () => run.End(RunStatus.Cancelled, "cancelled");
        run.Prompt(Prompts.Form("p1", Prompts.Field("code", "code")));

        await Drive("", ("code", "abc"));

        Assert.Contains("The answer to 'code' cannot be taken: A code has only digits.\n", output.Raw, StringComparison.Ordinal);
    }

    public void Dispose() => output.Dispose();

    private async Task<StoredRun> Drive(string input, params (string Field, string Value)[] answers)
    {
        using var reader = new StringReader(input);
        var terminal = new Terminal(new StreamInput(reader), output, IsScreen: false, () => (120, int.MaxValue));
        var given = new GivenAnswers(answers.Select(answer => KeyValuePair.Create(answer.Field, answer.Value)));
        var text = new TextScreen(terminal, given, Phrases.English, time);
        text.Start(run.Started);
        return await new RunDriver(run, run.Changes, time, text).DriveAsync(ScriptedRun.Id, CancellationToken.None);
    }

    private DateTimeOffset In(int seconds) => time.GetUtcNow().AddSeconds(seconds);

    private static string Drawn(string payload, bool isTrimmed = false) =>
        string.Join('\n', QrBlocks.Find(payload)!.Lines(hasColours: false).Select(line => isTrimmed ? line.TrimEnd() : line));
}
