using Engine.Host;
using Engine.Tests.Cli;
using Xunit;

namespace Engine.Tests.FlowTests;

public sealed class RehearsalTests : IDisposable
{
    private const string Flow =
        """
        flow: small
        title: Small
        languages: [en]
        uses: { radist: radist }
        fails: [session_lost, wrong_password]
        steps:
          - call: radist.telegram_init
            with: { auth_type: qr }
            as: session
            undo: none
            because: Radist has no call that ends a session; it lapses by itself
          - prompt: { password: { type: secret, label: Password } }
            text: Type it.
            as: form
            submit: { call: radist.telegram_login, with: { session_id: =session.session_id, password: =form.password }, as: session }
            again_when: session.status is waiting_for_password
            again_on: { wrong_password: [] }
            max: 2
            on_give_up: { fail: wrong_password }
            timeout: 5m
            on_timeout: { fail: expired }

        """;

    private readonly TestFolder folder = new();

    [Fact]
    public void A_test_that_fails_shows_what_happened_with_the_differences_marked()
    {
        folder.Write("small.yaml", Flow);
        folder.Write("small.test.yaml", File.ReadAllText(Golden("failing.test.yaml")));

        var text = ShippedPlugins.Run(folder.Path, withCoverage: false).Text;

        if (Environment.GetEnvironmentVariable(GoldenFlow.UpdateVariable) == "1") File.WriteAllText(Golden("failing.txt"), text);
        else Assert.Equal(File.ReadAllText(Golden("failing.txt")), text);
    }

    [Fact]
    public void A_call_without_an_answer_stops_the_test()
    {
        var difference = Assert.Single(Differences(
            """
            provider: { radist.telegram_init: [{ fail: provider_down, times: 2 }] }
            expect: { end: { failed: provider_down } }
            """));

        Assert.Equal(("no more than 2 times", "'radist.telegram_init' is called 3 times"), (difference.Expected, difference.Was));
    }

    [Fact]
    public void A_call_that_the_test_does_not_know_stops_the_test() =>
        Assert.Equal("'radist.telegram_init' is called, and it does not", Assert.Single(Differences("expect: { end: succeeded }")).Was);

    [Fact]
    public void A_failure_that_this_very_call_cannot_have_stops_the_test()
    {
        var difference = Assert.Single(Differences(
            """
            provider: { radist.telegram_init: [{ fail: phone_refused }] }
            expect: { end: { failed: session_lost } }
            """));

        Assert.Equal("'radist.telegram_init' is called with 'phone': otherwise it cannot fail with 'phone_refused'", difference.Expected);
    }

    [Fact]
    public void An_answer_that_nobody_asks_for_and_an_act_that_is_never_done_fail_the_test()
    {
        var differences = Differences(
            """
            provider:
              radist.telegram_init: [{ fail: config_error }, { session_id: s, status: unknown }]
            person: [{ reply: { password: x } }]
            expect: { end: { failed: config_error } }
            """);

        Assert.Equal(["it is not", "the run never came to it"], differences.Select(difference => difference.Was));
    }

    [Fact]
    public void A_reply_that_nothing_takes_at_its_time_fails_the_test()
    {
        var difference = Assert.Single(Differences(
            """
            provider: { radist.telegram_init: [{ answer: { session_id: s, status: unknown }, takes: 3s }] }
            person: [{ at: 2s, reply: { password: x } }]
            expect: { end: succeeded }
            """));

        Assert.Equal("nothing is shown", difference.Was);
    }

    [Fact]
    public void A_secret_that_is_shown_fails_the_test_and_is_not_repeated()
    {
        var (outcome, text) = Run(
            """
            provider:
              radist.telegram_init: [{ session_id: s, status: unknown }]
              radist.telegram_login: [{ session_id: s, status: authenticated }]
            person: [{ reply: { password: "Type it." } }]
            expect: { end: succeeded }
            """);

        var difference = Assert.Single(Assert.Single(Assert.Single(outcome.Files).Results).Differences);
        Assert.Equal("one stands in what 'form' shows", difference.Was);
        Assert.DoesNotContain("Type it.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_test_names_as_never_shown_is_looked_for_however_short_it_is()
    {
        var differences = Differences(
            """
            provider: { radist.telegram_init: [{ fail: config_error }] }
            expect: { end: { failed: config_error }, never_shown: [fig] }
            """);

        Assert.Equal(
            ["one stands in the journal's 'call_failed'", "one stands in the journal's 'ended'", "one stands in the end's text"],
            differences.Select(difference => difference.Was));
    }

    [Fact]
    public void The_time_is_virtual_and_counts_the_calls()
    {
        var differences = Differences(
            """
            provider:
              radist.telegram_init: [{ answer: { session_id: s, status: unknown }, takes: 3s }]
              radist.telegram_login: [{ answer: { session_id: s, status: authenticated }, takes: 4s }]
            person: [{ after: 10s, reply: { password: abcd } }]
            expect: { end: succeeded, after: 17s }
            """);

        Assert.Empty(differences);
    }

    [Fact]
    public void A_call_that_lasts_too_long_is_ended_by_the_engines_own_deadline() => Assert.Empty(Differences(
        """
        provider: { radist.telegram_init: [{ answer: { session_id: s, status: unknown }, takes: 20s }, silence, silence] }
        expect: { end: { failed: provider_timeout }, after: 48s }
        """));

    [Fact]
    public void Cancelling_while_a_call_is_under_way_abandons_it() => Assert.Empty(Differences(
        """
        provider: { radist.telegram_init: [{ answer: { session_id: s, status: unknown }, takes: 9s }] }
        person: [{ at: 4s, cancel: true }]
        expect: { end: cancelled, after: 4s }
        """));

    [Fact]
    public void After_a_crash_the_run_goes_on_from_what_was_stored_once_the_lease_has_passed() => Assert.Empty(Differences(
        """
        provider:
          radist.telegram_init:
            - { answer: { session_id: s, status: unknown }, crash: before_save }
            - { session_id: s, status: unknown }
          radist.telegram_login: [{ answer: { session_id: s, status: authenticated }, crash: after_save }]
        person: [{ reply: { password: abcd }, crash: before_save }]
        expect: { end: succeeded, after: 12s, journal: [call_repeated, prompted, replied] }
        """));

    [Fact]
    public void Coverage_names_what_no_test_reached_with_its_line()
    {
        var (_, text) = Run(
            """
            provider: { radist.telegram_init: [{ fail: config_error }] }
            expect: { end: { failed: config_error } }
            """);

        Assert.Equal(
            """
            small.yaml(5): not reached: end 'session_lost'
            small.yaml(5): not reached: end 'wrong_password'
            small.yaml(15): not reached: failure 'session_lost' of radist.telegram_login
            small.yaml(16): not reached: again_when
            small.yaml(17): not reached: again_on wrong_password
            small.yaml(19): not reached: on_give_up
            small.yaml(20): not reached: timeout
            small.yaml: 0 of 7 branches, ends and failure paths reached
            1 test passed

            """,
            text);
    }

    public void Dispose() => folder.Dispose();

    private IReadOnlyList<Difference> Differences(string test) => [.. Run(test).Outcome.Files.SelectMany(file => file.Results).Single().Differences];

    private (FlowTestOutcome Outcome, string Text) Run(string test)
    {
        var indented = string.Concat(test.Split('\n').Select(line => $"    {line}\n"));
        folder.Write("small.yaml", Flow);
        folder.Write("small.test.yaml", $"flow: small\ntests:\n  it:\n{indented}");
        var (outcome, text) = ShippedPlugins.Run(folder.Path);
        Assert.True(outcome.Files.All(file => file.Findings.IsEmpty), text);
        return (outcome, text);
    }

    private static string Golden(string file) => Repository.Path(Path.Combine("tests", "Engine.Tests", "FlowTests", "Golden", file));
}
