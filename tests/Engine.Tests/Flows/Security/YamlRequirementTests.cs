using System.Text;
using Engine.Benchmarks;
using Engine.Flows;
using Xunit;

namespace Engine.Tests;

/// <summary>What the security requirements say of flow files; R-64 is in <c>ReloadTests</c>.</summary>
public sealed class YamlRequirementTests
{
    [Fact]
    public void R55_a_file_is_one_document_of_utf8_of_at_most_256_kB()
    {
        var flow = "flow: f\nsteps: []\n"u8.ToArray();

        Assert.Empty(Codes(flow));
        Assert.Empty(Codes([0xEF, 0xBB, 0xBF, .. flow]));
        Assert.Empty(Codes([.. flow, .. Enumerable.Repeat((byte)'\n', (256 * 1024) - flow.Length)]));
        Assert.Equal(["YAML002"], Codes([.. flow, .. Enumerable.Repeat((byte)'\n', (256 * 1024) - flow.Length + 1)]));
        Assert.Equal(["YAML001"], Codes([.. flow, 0xC3, 0x28]));
        Assert.Equal(["YAML001"], Codes([.. flow, 0xED, 0xA0, 0x80]));
        Assert.Equal(["YAML001"], Codes([.. flow, 0xF8, 0x88, 0x80, 0x80, 0x80]));
        Assert.Equal(["YAML001"], Codes([0xC0, 0xAF, .. flow]));
        Assert.Equal(["YAML001"], Codes(Encoding.BigEndianUnicode.GetPreamble().Concat(Encoding.BigEndianUnicode.GetBytes("flow: f")).ToArray()));
        Assert.Equal(["YAML004"], Codes([.. flow, .. "---\nflow: g\nsteps: []\n"u8]));
    }

    [Theory]
    [InlineData("no")]
    [InlineData("on")]
    [InlineData("yes")]
    [InlineData("off")]
    [InlineData("NO")]
    [InlineData("017")]
    [InlineData("0o17")]
    [InlineData("0x1F")]
    [InlineData("12:30:45")]
    [InlineData("2026-01-02")]
    [InlineData("2026-01-02T03:04:05Z")]
    [InlineData("007123")]
    [InlineData("+79990001122")]
    [InlineData("1e3")]
    [InlineData("1_000")]
    [InlineData("1.10")]
    [InlineData(".inf")]
    [InlineData(".nan")]
    [InlineData("true")]
    [InlineData("190:20:30")]
    public void R56_a_value_keeps_its_text(string written)
    {
        var flow = Compiled.Of($"flow: f\nuses: {{ radist: radist }}\nsteps:\n  - call: radist.keep\n    with: {{ text: {written} }}\n");

        Assert.Equal(new Lookalike.Keep(Text: written), flow.Scope.Value(flow.Flow.Calls[0].Arguments));
    }

    [Theory]
    [InlineData("with: { id: no, wait: 5s }", "int")]
    [InlineData("with: { id: 12:30, wait: 5s }", "int")]
    [InlineData("with: { id: 1_000, wait: 5s }", "int")]
    [InlineData("with: { id: 5, wait: 017 }", "duration")]
    public void R56_the_place_decides_the_type_and_says_what_it_wants(string arguments, string wanted)
    {
        var found = Assert.Single(Compiled.Check($"flow: f\nuses: {{ radist: radist }}\nsteps:\n  - call: radist.remove\n    {arguments}\n").Findings);

        Assert.Equal(("FLOW220", 5), (found.Code, found.Place.Line));
        Assert.Contains(wanted, found.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("[{a: [")]
    [InlineData("- - ? ")]
    public void R57_depth_is_bounded_before_anything_is_built(string level)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(level, 250_000 / level.Length)));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(["YAML006"], Codes(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 * 1024 * 1024);
    }

    [Fact]
    public void R57_events_and_lengths_are_bounded()
    {
        Assert.Equal(["YAML007"], Codes(Encoding.UTF8.GetBytes("x: [" + string.Concat(Enumerable.Repeat("a,", 20_000)) + "]")));
        Assert.Contains("YAML008", Codes(Encoding.UTF8.GetBytes($"flow: f\ntitle: {new string('x', (32 * 1024) + 1)}\nsteps: []")));
    }

    [Theory]
    [InlineData("a: &x 1\nb: *x", "YAML009")]
    [InlineData("a: &x [1]\nb: [*x, *x]", "YAML009")]
    [InlineData("a: &x { b: 1 }\nc: { <<: *x }", "YAML009")]
    [InlineData("a: { <<: { b: 1 } }", "YAML009")]
    [InlineData("a: &a [*a]", "YAML009")]
    [InlineData("a: !!str 1", "YAML010")]
    [InlineData("a: !!python/object/apply:os.system [ls]", "YAML010")]
    [InlineData("a: !<tag:yaml.org,2002:binary> aGk=", "YAML010")]
    [InlineData("a: !include other.yaml", "YAML010")]
    [InlineData("%TAG ! tag:x,2000:\n---\na: 1", "YAML014")]
    [InlineData("%YAML 1.1\n---\na: 1", "YAML014")]
    public void R58_anchors_aliases_merges_tags_and_directives_are_refused(string yaml, string code) =>
        Assert.Contains(code, Codes(Encoding.UTF8.GetBytes(yaml)));

    [Theory]
    [InlineData("flow: f\nflow: g\nsteps: []", "YAML011")]
    [InlineData("flow: f\n\"flow\": g\nsteps: []", "YAML011")]
    [InlineData("flow: f\n'fl\u006fw': g\nsteps: []", "YAML011")]
    [InlineData("flow: f\n\"\\u0066low\": g\nsteps: []", "YAML011")]
    [InlineData("flow: f\ncaf\u00E9: 1\ncafe\u0301: 1\nsteps: []", "FLOW002")]
    [InlineData("flow: f\nFlow: g\nsteps: []", "FLOW002")]
    [InlineData("flow: f\ninput: { Name: string }\nsteps: []", "FLOW012")]
    [InlineData("flow: f\ninput: { 1st: string }\nsteps: []", "FLOW012")]
    [InlineData("flow: f\ninput: { a-b: string }\nsteps: []", "FLOW012")]
    [InlineData("flow: f\ninput: { n\u0430me: string }\nsteps: []", "FLOW012")]
    public void R59_a_key_stands_once_and_a_name_is_written_as_names_are(string yaml, string code) =>
        Assert.Contains(code, Codes(Encoding.UTF8.GetBytes(yaml)));

    [Theory]
    [InlineData(64, 0)]
    [InlineData(65, 1)]
    public void R59_a_name_has_at_most_64_letters(int length, int findings) =>
        Assert.Equal(findings, Codes(Encoding.UTF8.GetBytes($"flow: f\ninput: {{ {new string('a', length)}: string }}\nsteps: []")).Count(code => code == "FLOW012"));

    /// <summary>Every different key and verb of the flow that has most of them, each misspelt where it first stands.</summary>
    [Fact]
    public void R60_a_misspelt_key_is_located_and_the_right_one_named()
    {
        var text = File.ReadAllText(Repository.Path("workflows/telegram-code.yaml")) + File.ReadAllText(Repository.Path("tests/Corpus/desk-hook.yaml")).Split("steps:")[1];
        var parts = FlowParts.Of(YamlReader.Read(new FlowText("f.yaml", text), new FindingList())!).All;
        var keys = parts.Where(part => part.KeyRole is KeyRole.Verb or KeyRole.Key && part.Value is not null && part.Key.Value.Length > 2)
            .DistinctBy(part => (part.Key.Value, part.Owner?.Key.Value)).ToList();
        var (located, named) = (0, 0);
        foreach (var key in keys)
        {
            var wrong = MutationOperators.Misspelling(key.Key.Value);
            var at = key.Key.OffsetOf(0);
            var findings = FlowReader.Read(new FlowSource("f.yaml", Encoding.UTF8.GetBytes(text.Remove(at, key.Key.Value.Length).Insert(at, wrong)))).Findings;
            var found = findings.Where(one => one.Severity == Severity.Error && one.Place.Line == key.Key.Place.Line && one.Place.Column == key.Key.Place.Column).ToList();
            if (found.Count > 0) located++;
            if (found.Exists(one => one.Message.EndsWith($"did you mean '{key.Key.Value}'?", StringComparison.Ordinal))) named++;
        }

        Assert.True(keys.Count >= 50, $"{keys.Count} keys");
        Assert.Equal(keys.Count, located);
        Assert.InRange(named, keys.Count * 0.9, keys.Count);
    }

    [Theory]
    [InlineData("input: { na\u200Bme: string }", "FLOW012")]
    [InlineData("input: { \"na\\u200Bme\": string }", "FLOW012")]
    [InlineData("input: { \"na\\u202Eme\": string }", "FLOW012")]
    [InlineData("title: \"a\\u0007b\"", "YAML013")]
    [InlineData("title: \"a\\0b\"", "YAML013")]
    [InlineData("title: a\u202Eb", "YAML013")]
    [InlineData("title: a\u2066b", "YAML013")]
    [InlineData("title: a\u2028b", "YAML013")]
    [InlineData("input: { page: { type: url, default: \"https://exam\\u200Bple.org\" } }", "FLOW028")]
    public void R61_what_no_one_can_see_is_refused_in_names_and_values(string line, string code) =>
        Assert.Contains(code, Codes(Encoding.UTF8.GetBytes($"flow: f\n{line}\nsteps: []")));

    [Theory]
    [InlineData("if: \"a\\u200B == b\"", "FLOW023")]
    [InlineData("if: \"a == 'x\\u202E'\"", "FLOW023")]
    [InlineData("prompt: {}\n    text: \"{{ a\\u200B }}\"", "FLOW023")]
    [InlineData("prompt: {}\n    show: { link: \"https://exam\\u200Bple.org/x\" }", "FLOW023")]
    [InlineData("prompt: {}\n    show: { frame: \"https://exam\\u00ADple.org/{{ a }}\" }", "FLOW023")]
    public void R61_what_no_one_can_see_is_refused_in_expressions_and_addresses(string step, string code) =>
        Assert.Contains(code, Codes(Encoding.UTF8.GetBytes($"flow: f\nsteps:\n  - {step}\n    then: []\n")));

    [Fact]
    public void R61_a_finding_shows_such_a_character_by_its_number()
    {
        var findings = FlowReader.Read(Source("flow: f\ninput: { \"na\\u200Bme\\u202E\": string }\nsteps: []")).Findings;

        Assert.Contains("<U+200B>", Assert.Single(findings).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(findings[0].Message, Characters.IsHidden);
    }

    [Fact]
    public void R61_a_text_for_people_may_join_its_letters() =>
        Assert.Empty(Codes(Encoding.UTF8.GetBytes("flow: f\ntitle: \"\U0001F468\u200D\U0001F469\u200D\U0001F467 see https://x.org\"\nsteps: []")));

    [Theory]
    [InlineData("include: other.yaml")]
    [InlineData("extends: ../../etc/passwd")]
    [InlineData("import: [https://x.example/flow.yaml]")]
    [InlineData("$ref: \"#/flow\"")]
    [InlineData("uses: { radist: https://x.example/plugin }")]
    [InlineData("uses: { radist: ../plugin }")]
    [InlineData("uses: { radist: file:///plugin }")]
    [InlineData("steps: [ { run: ../other } ]")]
    [InlineData("steps: [ { include: other } ]")]
    public void R62_a_flow_takes_nothing_from_elsewhere(string line)
    {
        var yaml = line.StartsWith("steps", StringComparison.Ordinal) ? $"flow: f\n{line}" : $"flow: f\n{line}\nsteps: []";

        Assert.NotEmpty(Codes(Encoding.UTF8.GetBytes(yaml)));
    }

    [Theory]
    [InlineData("- done\n  - wait: 5s", "FLOW250")]
    [InlineData("- { fail: session_lost }\n  - wait: 5s", "FLOW250")]
    [InlineData("- { fail: nowhere }", "FLOW243")]
    [InlineData("- goto: other", "FLOW004")]
    [InlineData("- repeat: { wait: 5s }\n    while: 1 == run.id.length", "FLOW003")]
    [InlineData("- repeat: { wait: 5s }\n    while: 1 == run.id.length\n    max: 1001\n    on_give_up: []", "FLOW015")]
    [InlineData("- poll: radist.list\n    every: 5s\n    until: 1 == run.id.length", "FLOW003")]
    [InlineData("- poll: radist.list\n    every: 0s\n    until: 1 == run.id.length\n    timeout: 1m", "FLOW014")]
    [InlineData("- call: radist.list\n    retry: { max: 100 }", "FLOW015")]
    [InlineData("- call: radist.list\n    retry: { max: 3, every: 0s }", "FLOW014")]
    [InlineData("- call: radist.list\n    as: l\n  - prompt: {}\n    text: \"{{ l.token }}\"", "FLOW223")]
    [InlineData("- call: radist.list\n    as: l\n  - if: l.token == 'x'\n    then: []", "FLOW224")]
    [InlineData("- prompt: {}\n    actions: { again: { label: Again, restart: true, max: 101 } }", "FLOW015")]
    public void R63_what_never_ends_leads_nowhere_or_lets_a_secret_out_is_refused(string steps, string code)
    {
        var flow = $"flow: f\nlanguages: [en]\nuses: {{ radist: radist }}\nfails: [session_lost]\nsteps:\n  {steps}\n";

        Assert.Contains(Compiled.Check(flow).Findings, found => found.Code == code && found.Severity == Severity.Error);
    }

    private static List<string> Codes(byte[] content) =>
        [.. FlowReader.Read(new FlowSource("f.yaml", content)).Findings.Where(found => found.Severity == Severity.Error).Select(found => found.Code).Distinct(StringComparer.Ordinal)];

    private static FlowSource Source(string flow) => new("f.yaml", Encoding.UTF8.GetBytes(flow));
}
