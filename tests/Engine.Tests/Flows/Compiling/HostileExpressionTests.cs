using System.Text;
using Engine.Flows;
using Xunit;

namespace Engine.Tests;

public sealed class HostileExpressionTests
{
    private static readonly Lazy<(List<string> Texts, FlowCheck Check)> Hostile = new(() => CheckAll("hostile-expressions.txt"));
    private static readonly Lazy<(List<string> Texts, FlowCheck Check)> Harmless = new(() => CheckAll("harmless-expressions.txt"));

    public static TheoryData<string> HostileTexts => [.. Hostile.Value.Texts];

    public static TheoryData<string> HarmlessTexts => [.. Harmless.Value.Texts];

    [Theory]
    [MemberData(nameof(HostileTexts))]
    public void A_hostile_expression_is_refused(string expression)
    {
        var number = Hostile.Value.Texts.IndexOf(expression);

        Assert.Contains(Hostile.Value.Check.Findings, found => found.Severity == Severity.Error && IsAbout(found, number));
    }

    [Theory]
    [MemberData(nameof(HarmlessTexts))]
    public void A_harmless_expression_is_accepted(string expression)
    {
        var number = Harmless.Value.Texts.IndexOf(expression);

        Assert.DoesNotContain(Harmless.Value.Check.Findings, found => found.Severity == Severity.Error && IsAbout(found, number));
    }

    [Fact]
    public void The_harmless_expressions_compile_together() => Assert.NotNull(Harmless.Value.Check.Flow);

    [Fact]
    public void No_finding_names_generated_code()
    {
        string[] generated = ["global::", "Generated.", "'p_", "Engine."];
        var messages = Hostile.Value.Check.Findings.Select(found => found.Message).Where(message => generated.Any(message.Contains));

        Assert.Empty(messages);
    }

    private static bool IsAbout(Finding found, int number) => found.Place.Line == LineOf(number);

    /// <summary>Each expression stands on a line of its own, below its name.</summary>
    private static int LineOf(int number) => Head.Count('\n') + 2 + (number * 2);

    private static (List<string> Texts, FlowCheck Check) CheckAll(string file)
    {
        var path = Path.Combine(GoldenFlow.Folder, "..", "Flows", "Compiling", file);
        var texts = File.ReadAllLines(path).Where(line => !line.StartsWith("# ", StringComparison.Ordinal)).ToList();
        var flow = Head + string.Concat(texts.Select((text, number) => $"      r{number}: |-\n        {text}\n"));
        var source = new FlowSource("expressions.yaml", Encoding.UTF8.GetBytes(flow));
        return (texts, FlowCompiler.Check(source, RadistLookalike.Catalog, CancellationToken.None));
    }

    private const string Head = """
        flow: expressions
        uses: { radist: radist }
        input: { phone: string }
        steps:
          - call: radist.list
            as: session
          - set: { phone: input.phone, left: session.left }
          - set:

        """;
}
