using System.Text;
using Engine.Flows;
using Xunit;

namespace Engine.Tests;

public sealed class FlowReaderTests
{
    public static TheoryData<string> ShippedFlows =>
        [.. Directory.EnumerateFiles(Workflows, "*.yaml").Select(path => Path.GetFileName(path)).Where(name => !name.EndsWith(".test.yaml", StringComparison.Ordinal))];

    private static string Workflows => Path.Combine(GoldenFlow.Folder, "..", "..", "..", "workflows");

    [Theory]
    [MemberData(nameof(ShippedFlows))]
    public void A_shipped_flow_has_no_finding(string name) =>
        Assert.Empty(FlowReader.Read(new FlowSource(name, File.ReadAllBytes(Path.Combine(Workflows, name)))).Findings);

    [Fact]
    public void What_is_left_out_takes_its_default()
    {
        var flow = Read("flow: f\nsteps: []");

        Assert.Equal(["en", "ru"], flow.Languages.AsEnumerable());
        Assert.Equal([Purpose.Connect], flow.Purposes.AsEnumerable());
        Assert.Null(flow.Title);
        Assert.Null(flow.Total);
        Assert.Empty(flow.Steps.Steps);
    }

    [Fact]
    public void One_step_needs_no_dash()
    {
        var flow = Read("flow: f\nsteps: { if: ready, then: { fail: expired }, else: done }");

        var step = Assert.IsType<StepNode.If>(Assert.Single(flow.Steps.Steps));
        Assert.Equal("expired", Assert.IsType<StepNode.Fail>(Assert.Single(step.Then.Steps)).Code.Value);
        Assert.IsType<StepNode.Done>(Assert.Single(step.Else!.Steps));
    }

    [Fact]
    public void A_value_with_an_equals_sign_is_an_expression_however_it_is_quoted()
    {
        var flow = Read("flow: f\nsteps:\n  - call: p.o\n    with: { a: =x, b: \"=y\", c: \" =z\", d: '{{ v }}', e: 5 }");

        var arguments = Assert.IsType<StepNode.Call>(Assert.Single(flow.Steps.Steps)).Operation.Arguments;
        Assert.Equal(
            ["expression x", "expression y", "text  =z", "holes {{ v }}", "text 5"],
            arguments.Select(argument => argument.Value switch
            {
                ValueNode.Expression expression => $"expression {expression.Scalar.Value[expression.Start..]}",
                ValueNode.Text { IsLiteral: true } text => $"text {text.Scalar.Value}",
                var other => $"holes {other.Scalar.Value}",
            }));
    }

    [Fact]
    public void A_case_may_name_several_values_each_with_its_place()
    {
        var flow = Read("flow: f\nsteps:\n  - branch: x\n    cases:\n      aa or bb: []");

        var words = Assert.Single(Assert.IsType<StepNode.Branch>(Assert.Single(flow.Steps.Steps)).Cases).Names;
        Assert.Equal(["aa", "bb"], words.Select(word => word.Value));
        Assert.Equal(new Place("f.yaml", 5, 13, 5, 15), words[1].Place);
    }

    [Fact]
    public void A_text_written_once_serves_all_languages()
    {
        var flow = Read("flow: f\ntitle: F\nlanguages: [de, en]\nsteps: []");

        Assert.Equal(["de", "en"], Assert.Single(flow.Title!.Parts).Languages.AsEnumerable());
    }

    [Fact]
    public void A_step_that_cannot_be_read_still_tells_what_it_would_have_set()
    {
        var reading = FlowReader.Read(Source("flow: f\nsteps:\n  - prompt: {}\n  - fetch: p.o\n    as: x\n  - observe: p.o\n    as: y"));

        Assert.Equal(2, reading.Findings.Length);
        Assert.Equal(["x", "y"], reading.Document!.Steps.Steps.OfType<StepNode.Broken>().SelectMany(step => step.Names));
    }

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("5m", 300)]
    [InlineData("1h30m", 5400)]
    [InlineData("2d", 172_800)]
    [InlineData("1d1h1m1s", 90_061)]
    public void A_duration_is_written_with_its_units(string written, int seconds)
    {
        var step = Assert.IsType<StepNode.Wait>(Assert.Single(Read($"flow: f\nsteps: {{ wait: {written} }}").Steps.Steps));

        Assert.Equal(TimeSpan.FromSeconds(seconds), step.For.Value);
    }

    /// <summary>Mutations of a real flow and of every golden one: any outcome but an exception.</summary>
    [Fact]
    public void No_input_makes_the_reader_throw()
    {
        var random = new Random(20260714);
        var seeds = GoldenFlow.Files.Select(file => File.ReadAllBytes(Path.Combine(GoldenFlow.Folder, file)))
            .Append(File.ReadAllBytes(Path.Combine(Workflows, "telegram-qr.yaml"))).ToList();
        var pieces = new[] { "{", "}", "[", "]", ": ", "- ", "\n", "\t", "#", "|", ">", "'", "\"", "&a", "*a", "!", "?", "\0", "---\n", "{{", "}}", "=", " or " };
        for (var i = 0; i < 4_000; i++)
        {
            var bytes = seeds[random.Next(seeds.Count)].ToList();
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                var at = random.Next(bytes.Count + 1);
                if (random.Next(3) == 0 && at < bytes.Count) bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                else if (random.Next(4) == 0) bytes.Insert(at, (byte)random.Next(256));
                else bytes.InsertRange(at, Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)]));
            }

            var reading = FlowReader.Read(new FlowSource("f.yaml", bytes.ToArray()));

            Assert.True(reading.Document is not null || reading.Findings.Any(finding => finding.Severity == Severity.Error),
                Encoding.UTF8.GetString([.. bytes]));
        }
    }

    private static FlowSource Source(string flow) => new("f.yaml", Encoding.UTF8.GetBytes(flow));

    private static FlowDocument Read(string flow)
    {
        var reading = FlowReader.Read(Source(flow));
        Assert.Empty(reading.Findings);
        return reading.Document!;
    }
}
