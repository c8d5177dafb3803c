using Engine.Host;
using Engine.Runs;
using Xunit;

namespace Engine.Tests.Cli;

public sealed class FormAnswersTests
{
    private static readonly TimeProvider time = new SteppedTime();

    [Theory]
    [InlineData("select", "2", "b")]
    [InlineData("select", "b", "b")]
    [InlineData("boolean", "Y", "true")]
    [InlineData("boolean", "нет", "false")]
    [InlineData("number", "12", "12")]
    [InlineData("text", "resend", "resend")]
    [InlineData("text", "/other", "/other")]
    public async Task A_line_becomes_the_fields_value(string type, string line, string expected)
    {
        var prompt = Prompts.Form("p1", Prompts.Field("x", type, options: type == "select" ? ["a", "b"] : []))
            .With(Prompts.Action("resend", time.GetUtcNow()));

        Assert.Equal(expected, Given(await FillAsync(prompt, ("x", line))).Values["x"]);
    }

    [Fact]
    public async Task An_optional_field_without_an_answer_is_left_out() =>
        Assert.Empty(Given(await FillAsync(Prompts.Form("p1", Prompts.Field("x", "text", isRequired: false)))).Values);

    [Fact]
    public async Task A_field_without_an_answer_keeps_the_value_it_began_with() =>
        Assert.Equal("Telegram", Given(await FillAsync(Prompts.Form("p1", Prompts.Field("x", "text", value: "Telegram")))).Values["x"]);

    [Fact]
    public async Task A_required_field_without_an_answer_is_missing() =>
        Assert.Equal(
            new AskOutcome.Missing("y", null),
            await FillAsync(Prompts.Form("p1", Prompts.Field("x", "text"), Prompts.Field("y", "text")), ("x", "1")));

    [Fact]
    public async Task A_button_is_pressed_by_an_answer_to_submit()
    {
        Assert.Equal("submit", Given(await FillAsync(Prompts.Button("p1"), ("submit", ""))).Action);
        Assert.Equal(new AskOutcome.Missing("submit", null), await FillAsync(Prompts.Button("p1")));
    }

    [Fact]
    public async Task An_answer_with_a_slash_takes_an_action() =>
        Assert.Equal(
            "resend",
            Given(await FillAsync(
                Prompts.Form("p1", Prompts.Field("x", "secret")).With(Prompts.Action("resend", time.GetUtcNow())), ("x", "/resend"))).Action);

    [Fact]
    public async Task Every_prompt_can_be_cancelled() =>
        Assert.Equal("cancel", Given(await FillAsync(Prompts.Form("p1", Prompts.Field("x", "code")), ("x", "cancel"))).Action);

    private static AskOutcome.Given Given(AskOutcome outcome) => Assert.IsType<AskOutcome.Given>(outcome);

    private static Task<AskOutcome> FillAsync(PromptView prompt, params (string Field, string Value)[] answers) => new FormAnswers(
        new GivenAnswers(answers.Select(answer => KeyValuePair.Create(answer.Field, answer.Value))),
        time,
        (_, _) => Task.FromResult<string?>(null)).FillAsync(prompt, CancellationToken.None);
}
