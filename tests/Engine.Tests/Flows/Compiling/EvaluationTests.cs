using System.Collections.Immutable;
using Engine.Flows;
using Engine.Sdk;
using Engine.Tests.Lookalike;
using Xunit;

namespace Engine.Tests;

public sealed class EvaluationTests
{
    [Theory]
    [InlineData("listing.count + 2 * 3", 13)]
    [InlineData("listing.name == 'desk' && listing.devices.any(d => d.trusted)", true)]
    [InlineData("listing.devices.all(d => d.age > 3 || d.name.starts_with('o'))", true)]
    [InlineData("listing.devices.count_of(d => d.trusted)", 1)]
    [InlineData("listing.devices.first(d => !d.trusted)?.name ?? 'none'", "old")]
    [InlineData("listing.devices[1].name.upper()", "OLD")]
    [InlineData("listing.devices.count", 2)]
    [InlineData("listing.note ?? 'nothing'", "nothing")]
    [InlineData("listing.note?.length ?? 0", 0)]
    [InlineData("listing.status is waiting_for_password or waiting_for_code", true)]
    [InlineData("listing.other is waiting_for_password", false)]
    [InlineData("listing.other == waiting_for_password || listing.status == waiting_for_password", true)]
    [InlineData("listing.maybe is not null && listing.maybe is authenticated", false)]
    [InlineData("listing.status is session_status.waiting_for_password", true)]
    [InlineData("listing.qr_url", "tg://x")]
    [InlineData("listing.QRUrl.length", 6)]
    [InlineData("listing.left.total_seconds", 90.0)]
    [InlineData("listing.left > 1.minutes && 90.seconds == listing.left", true)]
    [InlineData("(now - now).total_days", 0.0)]
    [InlineData("listing is { count: > 3, first: { trusted: true } }", true)]
    [InlineData("listing.count switch { 7 => 'seven', _ => 'other' }", "seven")]
    [InlineData("listing.name.contains('es') ? listing.name.start(2) : listing.name.end(2)", "de")]
    [InlineData("'a \"b\" c'", "a \"b\" c")]
    [InlineData("\"it's\".length", 4)]
    [InlineData("-listing.count % 4 * 2", -6)]
    [InlineData("listing.name.is_empty || listing.name.trim.is_empty", false)]
    [InlineData("listing.price > 1.5m && listing.share < 0.5", true)]
    public void An_expression_gives_its_value(string expression, object expected)
    {
        Assert.Equal(expected, Compiled.OfExpression(expression).Result());
    }

    [Theory]
    [InlineData("1 / (listing.count - 7)", "flow.yaml:7: the expression divides by zero")]
    [InlineData("2147483647 * listing.count", "flow.yaml:7: the expression gives a number that is too large")]
    [InlineData("listing.devices[listing.count].name", "flow.yaml:7: the expression asks for an element that is not there")]
    public void A_fault_names_the_place_and_no_value(string expression, string message)
    {
        var fault = Assert.Throws<ExpressionException>(() => Compiled.OfExpression(expression).Result());

        Assert.Equal(message, fault.Message);
        Assert.Null(fault.InnerException);
    }

    [Fact]
    public void An_expression_that_loops_too_long_runs_out_of_fuel()
    {
        var compiled = Compiled.OfExpression("listing.names.any(a => listing.names.any(b => a != b))");
        var names = Enumerable.Repeat("x", 1_000).ToImmutableArray();
        compiled.Set("listing", RadistLookalike.Listing() with { Names = names });

        var fault = Assert.Throws<ExpressionException>(() => compiled.Scope.Value(Value(compiled)));
        Assert.Equal("flow.yaml:7: the expression takes too many steps", fault.Message);
    }

    [Fact]
    public void An_expression_that_makes_too_long_a_text_runs_out_of_fuel()
    {
        var compiled = Compiled.OfExpression("listing.name.upper().length");
        compiled.Set("listing", RadistLookalike.Listing() with { Name = new string('x', 70_000) });

        var fault = Assert.Throws<ExpressionException>(() => compiled.Scope.Value(Value(compiled)));
        Assert.Equal("flow.yaml:7: the expression makes too long a text", fault.Message);
    }

    [Fact]
    public void Fuel_is_new_for_each_evaluation()
    {
        var compiled = Compiled.OfExpression("listing.name.upper().length");
        compiled.Set("listing", RadistLookalike.Listing() with { Name = new string('x', 40_000) });

        for (var i = 0; i < 5; i++) Assert.Equal(40_000, compiled.Scope.Value(Value(compiled)));
    }

    [Fact]
    public void A_text_with_holes_is_put_together_in_the_invariant_culture()
    {
        var compiled = Compiled.Of(
            """
            flow: texts
            uses: { radist: radist }
            steps:
              - call: radist.list
                as: listing
              - prompt: {}
                text:
                  en: "{{ listing.name }} {{ listing.count }} {{ listing.price }} {{ listing.ready }} {{ listing.status }} {{ listing.left }} {{ listing.at }}"
                  ru: Без пропусков
            """);
        compiled.Set("listing", RadistLookalike.Listing());
        var text = compiled.Flow.Steps.OfType<CompiledStep.Prompt>().Single().Text!.ByLanguage;

        Assert.Equal("desk 7 2.5 true waiting_for_password 00:01:30 1970-01-01 00:00:00Z", compiled.Scope.Value(text["en"]));
        Assert.Equal("Без пропусков", compiled.Scope.Value(text["ru"]));
    }

    [Fact]
    public void The_scope_of_the_sketch_evaluates_as_the_flow_says()
    {
        var flow = Compiled.OfGolden("telegram-qr.yaml");
        var poll = flow.Step<CompiledStep.Poll>("session_17");
        flow.Set("session", RadistLookalike.Session(SessionStatus.WaitingForQr, "tg://1"));

        var init = Assert.IsType<TelegramInit>(flow.Scope.Value(flow.Flow.Calls[0].Arguments));
        Assert.Equal(new TelegramInit(AuthType.Qr), init);
        Assert.False(flow.Scope.Condition(poll.UntilCondition));
        Assert.Equal(new ShowOnce("tg://1"), flow.Scope.Value(poll.Show!.Qr!.Value));
        Assert.Equal(-1, flow.Scope.Choice(flow.Step<CompiledStep.Branch>("branch_30").Choice));

        flow.Set("session", RadistLookalike.Session(SessionStatus.WaitingForPassword));
        Assert.True(flow.Scope.Condition(poll.UntilCondition));
        Assert.Null(flow.Scope.Value(poll.Show!.Qr!.Value));
        Assert.Equal(0, flow.Scope.Choice(flow.Step<CompiledStep.Branch>("branch_30").Choice));

        flow.Set("connection", flow.Make("Generated.Connection", """{"id":"c1","params":{"connection_id":77}}"""));
        var again = Assert.IsType<TelegramInit>(flow.Scope.Value(flow.Flow.Calls[0].Arguments));
        Assert.Equal(77, again.ConnectionId);

        flow.Set("form", flow.Make("Generated.Form1", """{"password":"hunter2","left":3}"""));
        var login = Assert.IsType<TelegramLogin>(flow.Scope.Value(flow.Flow.Calls[2].Arguments));
        Assert.Equal("hunter2", login.Password!.Reveal());
        Assert.Null(login.Code);
    }

    private static int Value(Compiled compiled) => compiled.Flow.Steps.OfType<CompiledStep.Set>().Single().Assignments[0].Value;
}
