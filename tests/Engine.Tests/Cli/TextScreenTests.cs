using Engine.Host;
using Engine.Runs;
using Xunit;

namespace Engine.Tests.Cli;

public sealed class TextScreenTests : IDisposable
{
    private readonly SteppedTime time = new();
    private readonly VirtualScreen screen = new();
    private readonly TypedKeys keys = new();
    private readonly CancellationTokenSource stop = new();
    private readonly ScriptedRun run;

    public TextScreenTests() => run = new ScriptedRun(time);

    [Fact]
    public async Task A_code_stands_between_its_text_and_the_seconds_it_has_left()
    {
        run.Prompt(Prompts.Qr("hello", In(30)));
        var driving = Drive();

        await screen.SeesAsync("Valid for 30 s");

        Assert.Equal(
            $"""
            Telegram by QR code · run stvwxyz0
            Scan it with your phone
            {Drawn("hello")}
            Ctrl-C stops it.
            Valid for 30 s
            """,
            screen.Text);
        await EndAsync(driving);
    }

    [Fact]
    public async Task A_second_later_only_the_last_line_is_written_again()
    {
        run.Prompt(Prompts.Qr("hello", In(30)));
        var driving = Drive();
        await screen.SeesAsync("Valid for 30 s");
        var before = screen.Raw.Length;

        time.Step(TimeSpan.FromSeconds(1));

        await screen.SeesAsync("Valid for 29 s");
        Assert.Equal("\rValid for 29 s\u001b[K", screen.Raw[before..]);
        await EndAsync(driving);
    }

    [Fact]
    public async Task A_new_code_takes_the_place_of_the_old_one()
    {
        run.Prompt(Prompts.Qr("hello", In(30)));
        var driving = Drive();
        await screen.SeesAsync(Drawn("hello"));

        run.Prompt(Prompts.Qr("world", In(60), rotation: 2));

        await screen.SeesAsync(Drawn("world"));
        Assert.DoesNotContain(Drawn("hello"), screen.Text, StringComparison.Ordinal);
        Assert.Equal(1, Count(screen.Text, "Scan it with your phone"));
        Assert.Equal(1, Count(screen.Raw, "Scan it with your phone"));
        await EndAsync(driving);
    }

    [Fact]
    public async Task A_code_past_its_life_is_hidden_at_once()
    {
        run.Prompt(Prompts.Qr("hello", In(2)));
        var driving = Drive();
        await screen.SeesAsync("Valid for 2 s");

        time.Step(TimeSpan.FromSeconds(2));

        await screen.SeesAsync("This code is no longer valid. Getting a new one…");
        Assert.DoesNotContain("▀", screen.Text, StringComparison.Ordinal);
        await EndAsync(driving);
    }

    [Fact]
    public async Task A_window_too_small_for_the_code_says_so_and_shows_it_when_it_has_grown()
    {
        var payload = new string('x', 100);
        screen.Size = (36, 50);
        run.Prompt(Prompts.Qr(payload, In(30)));
        var driving = Drive();
        await screen.SeesAsync("The QR code needs 42 columns and 22");

        screen.Size = (80, 50);
        time.Step(TimeSpan.FromSeconds(1));

        await screen.SeesAsync(Drawn(payload));
        await EndAsync(driving);
    }

    [Fact]
    public async Task A_low_window_gets_the_code_with_a_narrower_frame()
    {
        screen.Size = (80, 16);
        run.Prompt(Prompts.Qr("hello", In(30)));
        var driving = Drive();

        await screen.SeesAsync(string.Join('\n', QrBlocks.Find("hello", QrBlocks.SmallQuietZone)!.Lines(false).Select(line => line.TrimEnd())));
        await EndAsync(driving);
    }

    [Fact]
    public async Task A_secret_is_typed_unseen()
    {
        run.Prompt(Prompts.Form("p1", Prompts.Field("password", "secret")));
        var driving = Drive();
        await screen.SeesAsync("password:");

        keys.Type("hunter2");
        await screen.SeesAsync("password: •••••••");
        keys.Type("\n");
        await screen.SeesAsync("Checking…");

        Assert.Equal("hunter2", Assert.Single(run.Replies).Values["password"]);
        await EndAsync(driving);
        Assert.DoesNotContain("hunter2", screen.Raw, StringComparison.Ordinal);
        Assert.DoesNotContain("h", screen.Raw[screen.Raw.IndexOf("password:", StringComparison.Ordinal)..screen.Raw.IndexOf("Checking…", StringComparison.Ordinal)]
            .Replace("password", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_answer_is_asked_again_with_the_reason()
    {
        run.OnReply = reply =>
        {
            if (run.Replies.Count == 1) run.Prompt(Prompts.Form("p2", Prompts.Field("password", "secret")).Refused("That password is wrong."));
            else run.End(RunStatus.Succeeded, "succeeded");
        };
        run.Prompt(Prompts.Form("p1", Prompts.Field("password", "secret")));
        var driving = Drive();
        keys.Type("one\n");

        await screen.SeesAsync("That password is wrong.");
        keys.Type("two\n");

        Assert.Equal(RunStatus.Succeeded, (await driving).Status);
        Assert.Equal(["p1", "p2"], run.Replies.Select(reply => reply.Prompt.Value));
        Assert.Equal(
            """
            Telegram by QR code · run stvwxyz0
            ✓ Telegram by QR code: connected.
              Connection: con_01jabcdefghjkmnpqrstvwxyz1
            """,
            screen.Text);
    }

    [Fact]
    public async Task A_value_the_field_does_not_take_is_asked_again_without_a_reply()
    {
        run.Prompt(Prompts.Form("p1", Prompts.Field("code", "code")));
        var driving = Drive();
        keys.Type("abc\n");
        await screen.SeesAsync("A code has only digits.");
        Assert.Empty(run.Replies);

        keys.Type("123-45\n");

        await screen.SeesAsync("Checking…");
        Assert.Equal("12345", Assert.Single(run.Replies).Values["code"]);
        await EndAsync(driving);
    }

    [Fact]
    public async Task An_action_is_taken_by_its_name()
    {
        run.Prompt(Prompts.Form("p1", Prompts.Field("code", "code")).With(Prompts.Action("resend", In(0))));
        var driving = Drive();
        await screen.SeesAsync("  resend  do resend");

        keys.Type("resend\n");

        await screen.SeesAsync("Checking…");
        Assert.Equal(("resend", 0), (run.Replies[0].Action, run.Replies[0].Values.Count));
        await EndAsync(driving);
    }

    [Fact]
    public async Task An_action_beside_a_secret_has_a_slash_so_that_any_password_can_be_typed()
    {
        run.OnReply = reply => run.Prompt(reply.Action != "submit" ? Prompts.Form("p3") with { IsBusy = true } : Prompts.Form("p2", Prompts.Field("password", "secret")).With(Prompts.Action("resend", In(0))));
        run.Prompt(Prompts.Form("p1", Prompts.Field("password", "secret")).With(Prompts.Action("resend", In(0))));
        var driving = Drive();
        await screen.SeesAsync("  /resend  do resend");

        keys.Type("resend\n/resend\n");

        await screen.SeesAsync("Checking…");
        Assert.Equal(["submit", "resend"], run.Replies.Select(reply => reply.Action));
        await EndAsync(driving);
    }

    [Fact]
    public async Task An_action_that_is_not_yet_to_be_had_says_when()
    {
        run.Prompt(Prompts.Form("p1", Prompts.Field("code", "code")).With(Prompts.Action("resend", In(42))));
        var driving = Drive();
        await screen.SeesAsync("  resend  do resend (in a while)");

        keys.Type("resend\n");

        await screen.SeesAsync("'resend' can be chosen in 42 s.");
        Assert.Empty(run.Replies);
        await EndAsync(driving);
    }

    [Fact]
    public async Task An_action_can_be_taken_while_a_code_is_shown()
    {
        run.Prompt(Prompts.Qr("hello", In(30)).With(Prompts.Action("new_code", In(0))));
        var driving = Drive();
        keys.Type("nothing\n");
        await screen.SeesAsync("'nothing' is not one of the choices.");

        keys.Type("new_code\n");

        await screen.SeesAsync("Checking…");
        Assert.Equal("new_code", Assert.Single(run.Replies).Action);
        await EndAsync(driving);
    }

    [Fact]
    public async Task A_prompt_that_changes_while_somebody_types_is_asked_anew()
    {
        run.Prompt(Prompts.Form("p1", Prompts.Field("code", "code")));
        var driving = Drive();
        keys.Type("12");
        await screen.SeesAsync("code: 12");

        run.Prompt(Prompts.Form("p2", Prompts.Field("phone", "phone")));
        await screen.SeesAsync("phone:");
        keys.Type("+79001234567\n");

        await screen.SeesAsync("Checking…");
        Assert.Equal(("p2", "+79001234567"), (run.Replies[0].Prompt.Value, run.Replies[0].Values["phone"]));
        await EndAsync(driving);
    }

    [Fact]
    public async Task Stopping_waits_for_what_is_taken_back()
    {
        run.OnCancel = () => run.Work("undo");
        run.Prompt(Prompts.Qr("hello", In(30)));
        var driving = Drive();
        await screen.SeesAsync("Valid for 30 s");

        await stop.CancelAsync();
        await screen.SeesAsync("Stopping; what was begun is taken back. Ctrl-C again quits at once.");
        Assert.DoesNotContain("▀", screen.Text, StringComparison.Ordinal);
        run.End(RunStatus.Cancelled, "cancelled");

        Assert.Equal(RunStatus.Cancelled, (await driving).Status);
        Assert.Equal(
            """
            Telegram by QR code · run stvwxyz0
            ✗ Stopped. Nothing was connected.
              Code: cancelled · step: undo · run: stvwxyz0
            """,
            screen.Text);
    }

    [Fact]
    public async Task A_failure_says_the_flows_own_text_and_what_support_needs()
    {
        run.Prompt(Prompts.Qr("hello", In(30)));
        var driving = Drive();
        await screen.SeesAsync("Valid for 30 s");

        run.End(RunStatus.Failed, "qr_not_scanned", ScriptedRun.Text("Nobody scanned the code.", "Код никто не отсканировал."));

        Assert.Equal(RunStatus.Failed, (await driving).Status);
        Assert.Equal(
            """
            Telegram by QR code · run stvwxyz0
            ✗ Not connected: Nobody scanned the code.
              Code: qr_not_scanned · step: scan · run: stvwxyz0
            """,
            screen.Text);
    }

    [Fact]
    public async Task Everything_can_be_said_in_Russian()
    {
        run.Prompt(Prompts.Form("p1", Prompts.Field("code", "code")).With(Prompts.Action("resend", In(42))));
        var driving = Drive("ru");
        keys.Type("код\n");
        await screen.SeesAsync("Код состоит только из цифр.");

        Assert.Equal(
            """
            Telegram по QR-коду · запуск stvwxyz0
            Ваш аккаунт защищён
            Код состоит только из цифр.
              resend  сделать resend (чуть позже)
            Прекратить: Ctrl-C.
            code (ru):
            """,
            screen.Text);
        run.End(RunStatus.Expired, "expired");
        await driving;
        Assert.Contains("✗ Время вышло. Ничего не подключено.", screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_provider_says_cannot_steer_the_terminal()
    {
        run.Prompt(Prompts.Qr("hello", In(30)) with { Text = Prompts.Text("a\u001b[2Jb\rc", "") });
        var driving = Drive();

        await screen.SeesAsync("a\uFFFD[2Jb\uFFFDc");
        await EndAsync(driving);
    }

    public void Dispose()
    {
        stop.Dispose();
        screen.Dispose();
    }

    private Task<StoredRun> Drive(string language = "en")
    {
        var terminal = new Terminal(keys, screen, IsScreen: true, () => screen.Size);
        var text = new TextScreen(terminal, new GivenAnswers([]), Phrases.In(language), time);
        text.Start(run.Started);
        return Task.Run(() => new RunDriver(run, run.Changes, time, text).DriveAsync(ScriptedRun.Id, stop.Token));
    }

    private async Task EndAsync(Task<StoredRun> driving)
    {
        run.End(RunStatus.Succeeded, "succeeded");
        await driving;
    }

    private DateTimeOffset In(int seconds) => time.GetUtcNow().AddSeconds(seconds);

    private static string Drawn(string payload) =>
        string.Join('\n', QrBlocks.Find(payload)!.Lines(hasColours: false).Select(line => line.TrimEnd()));

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
