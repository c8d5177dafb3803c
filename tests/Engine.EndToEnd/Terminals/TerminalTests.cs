using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Engine.EndToEnd;

/// <summary><c>engine run</c> through its streams.</summary>
public sealed partial class TerminalTests : IDisposable
{
    private readonly TempFolder home = new();

    [ToolFact(Tool.Zbar)]
    public async Task A_run_shows_codes_that_an_independent_reader_reads_and_draws_one_only_when_it_changed()
    {
        await using var engine = Run("telegram-qr", "--sandbox", "--lang", "en");

        Assert.Equal(0, await engine.ExitCodeAsync());

        var payloads = new List<string>();
        foreach (var picture in TerminalQr.FindAll(engine.Output))
        {
            picture.Save(home.File("qr.pgm"));
            payloads.Add(Assert.Single(await QrReader.ReadAsync(home.File("qr.pgm"))));
        }

        Assert.InRange(payloads.Count, 2, 3);
        Assert.Equal(payloads.Count, payloads.Distinct().Count());
        Assert.All(payloads, payload => Assert.StartsWith("tg://login?token=", payload, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_password_is_typed_once_wrong_and_once_right_and_is_never_shown()
    {
        await using var engine = Run("telegram-code", "--sandbox", "--scenario", "two-step", "--lang", "en", "--input", "phone=+79001234567");
        await engine.LineAsync(CodeAsked());
        await engine.TypeAsync("12345");
        await engine.LineAsync(PasswordAsked());
        await engine.TypeAsync("wrong battery");
        await engine.LineAsync(PasswordRefused());
        await engine.TypeAsync("correct horse");

        Assert.Equal(0, await engine.ExitCodeAsync());
        Assert.DoesNotContain("battery", engine.Output + engine.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("horse", engine.Output + engine.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_json_every_line_is_an_object_and_the_last_says_how_it_ended()
    {
        await using var engine = Run(
            "telegram-code", "--sandbox", "--scenario", "two-step", "--json", "--input", "phone=+79001234567",
            "--answer", "code=12345", "--answer", "password=correct horse");

        Assert.Equal(0, await engine.ExitCodeAsync());
        var lines = engine.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal("run.ended", lines[^1].GetProperty("type").GetString());
        Assert.Equal("succeeded", lines[^1].GetProperty("status").GetString());
        Assert.DoesNotContain("horse", engine.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("whatsapp-radist", "several-scans")]
    [InlineData("whatsapp-radist", "state-not-told")]
    [InlineData("max", "scan", "--input", "phone=+79001234567", "--answer", "code=12345")]
    [InlineData("max", "scan", "--input", "phone=+79990000002", "--answer", "code=12345", "--answer", "code=12345")]
    [InlineData("telegram-bot", "key-in-use", "--answer", "key=1234:first", "--answer", "key=1234:second")]
    [InlineData("odnoklassniki", "create-lost", "--answer", "key=good-key")]
    [InlineData("telegram-code", "scan", "--input", "phone=+79990000003", "--answer", "code=12345", "--answer", "password=correct horse")]
    public async Task Each_of_radists_channels_is_connected_in_the_terminal(string flow, string scenario, params string[] arguments)
    {
        await using var engine = Run([flow, "--sandbox", "--json", "--scenario", scenario, .. arguments]);

        Assert.Equal(0, await engine.ExitCodeAsync());
        Assert.DoesNotContain("good-key", engine.Output + engine.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_of_the_provider_is_printed_and_no_code_is_drawn_for_it()
    {
        await using var engine = Run("whatsapp-radist", "--sandbox", "--scenario", "scan", "--lang", "en", "--input", "way=page");

        Assert.Equal(0, await engine.ExitCodeAsync());
        Assert.Matches(@"http://127\.0\.0\.1:\d+/\S+/qr", engine.Output);
        Assert.Empty(TerminalQr.FindAll(engine.Output));
    }

    [Theory]
    [InlineData(1, "telegram-code", "--scenario", "wrong-password-twice", "--input", "phone=+79001234567", "--answer", "code=12345",
        "--answer", "password=a", "--answer", "password=b", "--answer", "password=c")]
    [InlineData(1, "telegram-qr", "--scenario", "unauthorized")]
    [InlineData(2, "telegram-qt")]
    [InlineData(2, "telegram-qr", "--scenario", "no-such")]
    [InlineData(130, "telegram-code", "--input", "phone=+79001234567")]
    public async Task The_exit_code_says_how_it_went(int code, string flow, params string[] arguments)
    {
        await using var engine = Run([flow, "--sandbox", "--json", .. arguments]);

        Assert.Equal(code, await engine.ExitCodeAsync());
    }

    public void Dispose() => home.Dispose();

    private EngineProcess Run(params string[] arguments) =>
        EngineProcess.Start(home.Path, ["run", .. arguments, "--flows", QuickFlows.Write(home.Path)]);

    [GeneratedRegex("Code from Telegram:")]
    private static partial Regex CodeAsked();

    [GeneratedRegex("Two-step verification password:")]
    private static partial Regex PasswordAsked();

    [GeneratedRegex("That password is wrong")]
    private static partial Regex PasswordRefused();
}
