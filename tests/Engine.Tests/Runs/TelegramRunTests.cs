using System.Text.Json;
using Engine.Flows;
using Engine.Runs;
using Engine.Sdk;
using Engine.Tests.Lookalike;
using Xunit;

namespace Engine.Tests;

/// <summary>The shipped flows, from their text to their end, told what Telegram and the person do.</summary>
public sealed class TelegramRunTests
{
    private static readonly Lazy<LoadedFlow> Qr = new(() => Load("telegram-qr"));
    private static readonly Lazy<LoadedFlow> Code = new(() => Load("telegram-code"));

    [Fact]
    public void A_code_is_scanned_and_the_password_is_right_at_the_second_try()
    {
        var run = Start(Qr.Value).Answer(Session(SessionStatus.WaitingForQr, "tg://login?token=1", 30));
        Assert.Equal(("tg://login?token=1", LabRun.Start.AddSeconds(30)), (run.Prompt.Show?.Qr, run.Prompt.Show?.ExpiresAt));
        Assert.Contains("Link Desktop Device", run.Prompt.Text["en"], StringComparison.Ordinal);

        run.WakeWhenDue().Answer(Session(SessionStatus.Unknown, "tg://login?token=2", 30));
        Assert.Equal((2, "tg://login?token=2"), (run.Prompt.Rev, run.Prompt.Show?.Qr));
        run.WakeWhenDue().Answer(Session(SessionStatus.WaitingForPassword));
        Assert.Equal(("password", "secret", 3), (run.Prompt.Fields[0].Name, run.Prompt.Fields[0].Type, run.Prompt.Left));
        run.Submit(("password", "wrong")).Fail("wrong_password");
        Assert.Equal(("Неверный пароль. Осталось попыток: 2.", 2), (run.Prompt.Messages[0].Text["ru"], run.Prompt.Left));
        run.Submit(("password", "right")).Answer(Session(SessionStatus.Authenticated));
        Assert.Equal(("create_connection", "Telegram"), (run.Call.Operation, ((CreateConnection)run.Call.Input).Name));
        run.Answer(new CreatedConnection(71));

        Assert.Equal((RunStatus.Succeeded, """{"connection_id":71}"""), (run.Run.Status, run.Last.Connection?.Params.GetRawText()));
        Assert.Equal("con_draft", run.Last.Connection?.Id.Value);
    }

    [Fact]
    public void Authenticated_on_the_very_first_answer_shows_no_prompt()
    {
        var run = Start(Qr.Value).Answer(Session(SessionStatus.Authenticated)).Answer(new CreatedConnection(71));

        Assert.Equal((RunStatus.Succeeded, 0), (run.Run.Status, run.Count("prompted")));
    }

    [Fact]
    public void A_code_that_nobody_scans_ends_with_the_flows_own_text()
    {
        var run = Start(Qr.Value).Answer(Session(SessionStatus.WaitingForQr, "tg://login?token=1", 30));
        while (run.Run.Exit is null)
        {
            run.WakeWhenDue();
            if (run.Run.IsAsking) run.Answer(Session(SessionStatus.WaitingForQr, "tg://login?token=1", 0));
        }

        Assert.Equal(("qr_not_scanned", LabRun.Start.AddMinutes(10)), (run.ExitCode, run.Now));
        Assert.StartsWith("Nobody scanned the QR code in time.", run.Run.Exit.Text["en"], StringComparison.Ordinal);
        Assert.Equal(1, run.Count("prompted"));
    }

    [Fact]
    public void A_connection_whose_answer_was_lost_is_found_and_not_made_again()
    {
        var run = Start(Qr.Value).Answer(Session(SessionStatus.Authenticated)).Fail(Failures.ProviderTimeout, isInDoubt: true);

        Assert.Equal("find_connection", run.Call.Operation);
        Assert.Equal(RunStatus.Succeeded, run.Answer(new CreatedConnection(5)).Run.Status);
    }

    [Fact]
    public void Reauthorization_signs_in_to_the_stored_connection_and_creates_none()
    {
        var stored = new Connection(
            new ConnectionId("con_old"), "telegram-qr", "radist", "anna", null, null, JsonSerializer.SerializeToElement(new { connection_id = 71 }),
            null, ConnectionHealth.NeedsReauth, "session_ended", LabRun.Start, LabRun.Start, 4);
        var run = new LabRun(Qr.Value, stored, Purpose.Reauth, InputOf(Qr.Value), ConnectionOf(Qr.Value, stored));
        Assert.Equal(71, ((TelegramInit)run.Call.Input).ConnectionId);

        run.Answer(Session(SessionStatus.Authenticated));

        Assert.Equal(("con_old", 5, ConnectionHealth.Active), (run.Last.Connection?.Id.Value, run.Last.Connection?.Revision, run.Last.Connection?.Health));
        Assert.Equal(RunStatus.Succeeded, run.Run.Status);
    }

    [Fact]
    public void A_code_is_sent_again_and_the_old_sessions_late_answer_is_dropped()
    {
        var run = Start(Code.Value).Submit(("number", "+7 (900) 123-45-67"));
        Assert.Equal("+79001234567", ((TelegramInit)run.Call.Input).Phone);
        run.Answer(Session(SessionStatus.WaitingForCode));
        Assert.Contains("+79001234567", run.Prompt.Text["en"], StringComparison.Ordinal);
        Assert.Equal(run.Now.AddSeconds(60), run.Prompt.Actions[0].AvailableAt);

        run.Wake(60).Reply("resend");
        var resent = run.Call.Id;
        run.Answer(Session(SessionStatus.WaitingForCode));
        run.Tell(new RunEvent.CallAnswered(resent, Session(SessionStatus.Authenticated)));
        Assert.True(run.Last.IsQuiet);

        run.Submit(("code", "01 234")).Fail("code_expired");
        Assert.Equal("telegram_init", run.Call.Operation);
        run.Answer(Session(SessionStatus.WaitingForCode));
        Assert.Equal((4, "code_expired"), (run.Prompt.Left, run.Prompt.Messages[0].Code));
        run.Submit(("code", "01234"));
        Assert.Equal("01234", ((TelegramLogin)run.Call.Input).Code);
        run.Answer(Session(SessionStatus.Authenticated)).Answer(new CreatedConnection(9));

        Assert.Equal("+79001234567", run.Last.Connection?.Params.GetProperty("phone").GetString());
    }

    [Fact]
    public void Five_wrong_codes_are_too_many()
    {
        var run = Start(Code.Value).Submit(("number", "+79001234567")).Answer(Session(SessionStatus.WaitingForCode));

        for (var attempt = 0; attempt < 5; attempt++) run.Submit(("code", "00000")).Answer(Session(SessionStatus.WaitingForCode));

        Assert.Equal("too_many_attempts", run.ExitCode);
    }

    private static LabRun Start(LoadedFlow flow) => new(flow, null, Purpose.Connect, InputOf(flow), null);

    private static TelegramSession Session(SessionStatus status, string? url = null, int expiresIn = 0) => new(
        new Secret("session-1"), status, url is null ? null : new QrLogin(new ShowOnce(url), LabRun.Start.AddSeconds(expiresIn)));

    private static object? InputOf(LoadedFlow flow) => JsonSerializer.Deserialize("""{"name":"Telegram"}""", flow.SlotType(RootSlots.Input), flow.Json);

    private static object? ConnectionOf(LoadedFlow flow, Connection stored) => JsonSerializer.Deserialize(
        $$"""{"id":"{{stored.Id}}","params":{{stored.Params.GetRawText()}}}""", flow.SlotType(RootSlots.Connection), flow.Json);

    private static LoadedFlow Load(string name)
    {
        var path = Repository.Path($"workflows/{name}.yaml");
        var check = FlowCompiler.Check(new FlowSource(path, File.ReadAllBytes(path)), RadistLookalike.CatalogForShippedFlows, default);
        Assert.True(check.Flow is not null, string.Join('\n', check.Findings));
        return LoadedFlow.Load(check.Flow, RadistLookalike.Find);
    }
}
