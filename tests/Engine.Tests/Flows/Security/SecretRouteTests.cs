using Engine.Flows;
using Xunit;

namespace Engine.Tests;

/// <summary>
/// Proof 5: every way out that a secret, or what is shown once, could take. Each route is one line of a flow that is right but for it.
/// </summary>
public sealed class SecretRouteTests
{
    /// <summary>The line is one of the steps after the call whose answer is <c>listing</c>.</summary>
    public static TheoryData<string, string> Hostile => new()
    {
        { "a hole in a text", Prompt("text: \"{{ listing.token }}\"") },
        { "a hole in a text, of what is shown once", Prompt("text: \"{{ listing.pairing }}\"") },
        { "a hole over the record that holds it", Prompt("text: \"{{ listing }}\"") },
        { "a hole that chooses", Prompt("text: \"{{ listing.ready ? listing.token : input.password }}\"") },
        { "a hole after a null test", Prompt("text: \"{{ input.key ?? listing.token }}\"") },
        { "a text that is an expression", Prompt("text: =listing.token") },
        { "the text of an action's steps", Prompt("actions: { more: { label: More, do: [ { prompt: {}, text: \"{{ listing.token }}\" } ] } }") },
        { "what is shown: a secret as qr", Prompt("show: { qr: =listing.token }") },
        { "what is shown: a secret as link", Prompt("show: { link: =input.password }") },
        { "what is shown: a secret within an address", Prompt("show: { link: \"https://x.example/{{ listing.token }}\" }") },
        { "what is shown once within an address", Prompt("show: { frame: \"https://x.example/{{ listing.pairing }}\" }") },
        { "what is shown: a secret as a moment", Prompt("show: { qr: x, expires_at: =listing.token }") },
        { "compared with itself", Test("listing.token == listing.token") },
        { "compared with a literal, as an oracle", Test("listing.token == 'hunter2'") },
        { "a literal compared with it", Test("'hunter2' == listing.token") },
        { "compared as unequal", Test("listing.token != input.password") },
        { "compared in order", Test("listing.token < input.password") },
        { "what is shown once, compared", Test("listing.pairing == listing.pairing") },
        { "matched with a literal", Test("listing.token is 'hunter2'") },
        { "what is shown once, matched with a literal", Test("listing.pairing is 'x'") },
        { "matched within its record", Test("listing is { token: 'x' }") },
        { "what is shown once, matched within its record", Test("listing is { pairing: 'x' }") },
        { "matched by its length", Test("listing is { token: { length: 8 } }") },
        { "switched over", "- set: { x: \"listing.token switch { 'a' => 1, _ => 2 }\" }\n- if: x > 1\n  then: []" },
        { "the records that hold it, compared", Test("listing == kept") },
        { "the records that hold it, compared as unequal", Test("kept != listing") },
        { "a record two levels above it, compared", Test("session.qr_login == session.qr_login") },
        { "compared in a function", Test("listing.names.any(n => listing.token == input.password)") },
        { "its records, compared in a function", Test("listing.devices.any(d => listing == kept)") },
        { "as the argument of a text's function", Test("listing.name.contains(listing.token)") },
        { "its length", Test("listing.token.length > 3") },
        { "its first characters", Test("listing.token.start(3) == 'abc'") },
        { "its text form", Test("listing.token.to_string() == 'x'") },
        { "its own way out", Test("listing.token.reveal() == 'x'") },
        { "its own way out, as a member", Test("listing.pairing.reveal == 'x'") },
        { "its hash", Test("listing.pairing.get_hash_code() > 0") },
        { "the equality that plugins use", Test("listing.pairing.equals(listing.pairing)") },
        { "the text form of its record", Test("listing.to_string() == 'x'") },
        { "as a condition", Test("listing.token") },
        { "as the subject of a branch", "- branch: listing.token\n  cases: { a: [] }\n  else: []" },
        { "what is shown once as the subject of a branch", "- branch: listing.pairing\n  cases: { a: [] }\n  else: []" },
        { "added to a text", "- set: { x: \"'a' + listing.token\" }\n- if: x == 'b'\n  then: []" },
        { "kept in a variable, then put into a text", "- set: { x: listing.token }\n" + Prompt("text: \"{{ x }}\"") },
        { "kept in a variable, then compared", "- set: { x: listing.token }\n" + Test("x == input.password") },
        { "into a variable declared as a text", "- set: { plain: listing.token }\n" + Prompt("text: \"{{ plain }}\"") },
        { "chosen, then put into a text", "- set: { x: \"listing.ready ? listing.token : null\" }\n- require: x is not null\n" + Prompt("text: \"{{ x }}\"") },
        { "typed into a form, then put into a text", "- prompt: { pin: secret }\n  as: form\n  timeout: 1m\n  on_timeout: { fail: expired }\n" + Prompt("text: \"{{ form.pin }}\"") },
        { "an ordinary argument", Call("text: =listing.token") },
        { "an ordinary argument as a text", Call("text: \"{{ listing.token }}\"") },
        { "an argument of any type", Call("anything: =listing.token") },
        { "what is shown once as an argument of any type", Call("anything: =listing.pairing") },
        { "its record as an argument of any type", Call("anything: =listing") },
        { "a secret for what may be shown", Call("shown: =listing.token") },
        { "an argument of a call that takes back", "- call: radist.list\n  undo: { call: radist.remove, with: { id: 1, reason: =listing.token } }" },
        { "what is left over", "- call: radist.list\n  leftover: { token: =listing.token }" },
        { "what is shown once as left over", "- call: radist.list\n  leftover: { token: =listing.pairing }" },
        { "its record as left over", "- call: radist.list\n  leftover: { all: =listing }" },
        { "the key of an identity", Connect("identity: { key: =listing.token }") },
        { "the key of an identity as a text", Connect("identity: { key: \"{{ listing.token }}\" }") },
        { "the label of an identity", Connect("identity: { key: =listing.count, label: =listing.token }") },
        { "the label of an identity that has no key", Connect("identity: { none: none, label: \"{{ listing.pairing }}\" }") },
        { "a parameter of the connection", Connect("identity: { none: none }, params: { a: =listing.token }") },
        { "what is shown once as a parameter", Connect("identity: { none: none }, params: { a: =listing.pairing }") },
        { "its record as a parameter", Connect("identity: { none: none }, params: { a: =listing }") },
        { "a parameter as a text", Connect("identity: { none: none }, params: { a: \"{{ listing.token }}\" }") },
        { "what is shown once, kept", Connect("identity: { none: none }, credentials: { a: =listing.pairing }") },
        { "the end of a poll", "- poll: radist.list\n  every: 5s\n  until: listing.token == input.password\n  timeout: 1m\n  on_timeout: { fail: expired }" },
        { "the deadline of a poll", "- poll: radist.list\n  every: 5s\n  until: listing.ready\n  deadline: =listing.token\n  timeout: 1m\n  on_timeout: { fail: expired }" },
        { "the end of a loop", "- repeat: { wait: 5s }\n  while: listing.token == input.password\n  max: 3\n  on_give_up: { fail: expired }" },
    };

    public static TheoryData<string, string> Honest => new()
    {
        { "a secret for a secret", Call("hidden: =listing.token") },
        { "a secret of a form for a secret", "- prompt: { pin: secret }\n  as: form\n  submit: { call: radist.keep, with: { hidden: =form.pin } }\n  timeout: 1m\n  on_timeout: { fail: expired }" },
        { "what is shown once, back to an operation", Call("shown: =listing.pairing") },
        { "its record, back to an operation that knows it", Call("whole: =listing") },
        { "what is shown once in a prompt", Prompt("show: { qr: =listing.pairing, code: =listing.pairing, link: =listing.pairing, frame: =listing.pairing, image: =listing.pairing }") },
        { "tested for null", Test("listing.token is not null && listing.pairing != null && listing is { token: not null }") },
        { "kept in a variable, then passed on", "- set: { x: listing.token }\n" + Call("hidden: =x") },
        { "kept", Connect("identity: { none: none }, credentials: { a: =listing.token, b: =input.password }") },
        { "records without any, compared", Test("listing.first == listing.devices[0]") },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_way_out_for_a_secret_is_refused(string route, string steps)
    {
        var check = Compiled.Check(Flow(steps));

        var errors = check.Findings.Where(found => found.Severity == Severity.Error).ToList();
        Assert.True(errors.Count > 0, route);
        Assert.All(errors, error => Assert.True(error.Place.Line > Flow("").Count('\n'), $"{route}: {error}"));
        Assert.Null(check.Flow);
    }

    [Theory]
    [MemberData(nameof(Honest))]
    public void A_secret_may_go_where_it_belongs(string route, string steps)
    {
        var errors = Compiled.Check(Flow(steps)).Findings.Where(found => found.Severity == Severity.Error).Select(found => $"{route}: {found}");

        Assert.Empty(errors);
    }

    /// <summary>A finding may stand in a log: it never says what a literal beside a secret was.</summary>
    [Fact]
    public void A_refusal_does_not_repeat_what_was_compared()
    {
        var findings = Compiled.Check(Flow(Test("listing.token == 'hunter2'"))).Findings;

        Assert.DoesNotContain(findings, found => found.Message.Contains("hunter2", StringComparison.Ordinal));
    }

    private static string Flow(string steps) =>
        $$"""
        flow: routes
        uses: { radist: radist }
        languages: [en]
        purpose: [connect]
        input: { password: secret, key: string? }
        fails: [session_lost]
        vars: { plain: string, kept: radist.list? }
        steps:
          - call: radist.list
            as: listing
          - call: radist.list
            as: kept
          - call: radist.telegram_init
            with: { auth_type: qr }
            as: session
            undo: none
            because: it lapses

        """ + string.Concat(steps.Split('\n').Select(line => line.Length == 0 ? "" : $"  {line}\n"));

    private static string Prompt(string key) => $"- prompt: {{}}\n  timeout: 1m\n  on_timeout: {{ fail: expired }}\n  {key}";

    private static string Test(string condition) => $"- if: \"{condition}\"\n  then: []";

    private static string Call(string argument) => $"- call: radist.keep\n  with: {{ {argument} }}";

    private static string Connect(string keys) => $"- connect: {{ {keys}, swapped_by: provider, on_duplicate: allow }}";
}
