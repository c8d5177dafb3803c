using Engine.Host;
using Engine.Runs;
using Xunit;

namespace Engine.Tests.Cli;

public sealed class JsonScreenTests : IDisposable
{
    private readonly SteppedTime time = new();
    private readonly VirtualScreen output = new(columns: 2000);
    private readonly ScriptedRun run;

    public JsonScreenTests() => run = new ScriptedRun(time);

    [Fact]
    public async Task Every_change_is_one_line()
    {
        var start = time.GetUtcNow();
        var driving = Drive();
        await output.SeesAsync("run.progress");
        run.Prompt(Prompts.Qr("tg://login?token=1", start.AddSeconds(30)));
        await output.SeesAsync("token=1");
        time.Step(TimeSpan.FromSeconds(1));
        run.Prompt(Prompts.Qr("tg://login?token=2", start.AddSeconds(60), rotation: 2));
        await output.SeesAsync("token=2");
        run.End(RunStatus.Succeeded, "succeeded");
        await driving;

        Assert.Equal(
            """
            {"type":"run.started","run":"run_01jabcdefghjkmnpqrstvwxyz0","flow":"telegram-qr","version":"v1","purpose":"connect","title":{"en":"Telegram by QR code","ru":"Telegram по QR-коду"},"phone":null,"at":"2031-02-03T04:05:00+00:00"}
            {"type":"run.progress","run":"run_01jabcdefghjkmnpqrstvwxyz0","status":"running","step":"session","at":"2031-02-03T04:05:00+00:00"}
            {"type":"run.prompted","run":"run_01jabcdefghjkmnpqrstvwxyz0","status":"waiting_user","prompt":{"id":"p1","rev":1,"step":"scan","is_busy":false,"text":{"en":"Scan it with your phone","ru":"Отсканируйте телефоном"},"fields":[],"can_submit":false,"button":{},"show":{"qr":"tg://login?token=1","image":null,"code":null,"link":null,"frame":null,"expires_at":"2031-02-03T04:05:30+00:00","rotation":1,"rotations_left":null},"actions":[],"messages":[],"left":null,"expires_at":null,"frame_says":[],"redirect":null},"at":"2031-02-03T04:05:00+00:00"}
            {"type":"run.prompted","run":"run_01jabcdefghjkmnpqrstvwxyz0","status":"waiting_user","prompt":{"id":"p1","rev":2,"step":"scan","is_busy":false,"text":{"en":"Scan it with your phone","ru":"Отсканируйте телефоном"},"fields":[],"can_submit":false,"button":{},"show":{"qr":"tg://login?token=2","image":null,"code":null,"link":null,"frame":null,"expires_at":"2031-02-03T04:06:00+00:00","rotation":2,"rotations_left":null},"actions":[],"messages":[],"left":null,"expires_at":null,"frame_says":[],"redirect":null},"at":"2031-02-03T04:05:01+00:00"}
            {"type":"run.ended","status":"succeeded","code":"succeeded","run":"run_01jabcdefghjkmnpqrstvwxyz0","connection":"con_01jabcdefghjkmnpqrstvwxyz1","step":"scan","text":{},"missing":null,"refusal":null,"at":"2031-02-03T04:05:01+00:00"}

            """,
            output.Raw);
    }

    [Fact]
    public async Task A_prompt_without_an_answer_ends_the_run_and_the_last_line_says_so()
    {
        run.OnCancel = () => run.End(RunStatus.Cancelled, "cancelled");
        run.Prompt(Prompts.Form("p1", Prompts.Field("password", "secret")));

        var ended = await Drive();

        Assert.Equal(RunStatus.Cancelled, ended.Status);
        Assert.Equal(
            """{"type":"run.ended","status":"cancelled","code":"cancelled","run":"run_01jabcdefghjkmnpqrstvwxyz0","connection":null,"step":"ask","text":{},"missing":"password","refusal":null,"at":"2031-02-03T04:05:00+00:00"}""",
            LastLine);
    }

    [Fact]
    public async Task An_answer_the_field_does_not_take_is_explained_in_the_last_line()
    {
        run.OnCancel = () => run.End(RunStatus.Cancelled, "cancelled");
        run.Prompt(Prompts.Form("p1", Prompts.Field("code", "code")));

        await Drive(("code", "abc"));

        Assert.Contains(
            """ "missing":"code","refusal":{"en":"A code has only digits.","ru":"Код состоит только из цифр."} """.Trim(),
            LastLine,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_given_answer_is_in_no_line()
    {
        run.OnReply = _ => run.End(RunStatus.Succeeded, "succeeded");
        run.Prompt(Prompts.Form("p1", Prompts.Field("password", "secret")));

        await Drive(("password", "hunter2"));

        Assert.Equal("hunter2", run.Replies[0].Values["password"]);
        Assert.DoesNotContain("hunter2", output.Raw, StringComparison.Ordinal);
    }

    public void Dispose() => output.Dispose();

    private string LastLine => output.Raw.TrimEnd('\n').Split('\n')[^1];

    private Task<StoredRun> Drive(params (string Field, string Value)[] answers)
    {
        var screen = new JsonScreen(output, new GivenAnswers(answers.Select(answer => KeyValuePair.Create(answer.Field, answer.Value))), time);
        screen.Start(run.Started);
        return new RunDriver(run, run.Changes, time, screen).DriveAsync(ScriptedRun.Id, CancellationToken.None);
    }
}
