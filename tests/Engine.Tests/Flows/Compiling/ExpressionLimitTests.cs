using System.Text;
using Engine.Flows;
using Xunit;

namespace Engine.Tests;

public sealed class ExpressionLimitTests
{
    /// <summary>Each of these takes the C# compiler minutes or overflows its stack, were it to see them.</summary>
    public static TheoryData<string, string> Bombs => new()
    {
        { "parentheses", Nested("(", "1", ")", 900) },
        { "functions within functions", Nested("x.any(a => ", "true", ")", 100) },
        { "texts with holes within texts", Nested("$\"{", "1", "}\"", 40) },
        { "conditions within conditions", string.Concat(Enumerable.Repeat("a ? b : ", 240)) + "c" },
        { "negations", new string('!', 1_900) + "a" },
        { "minus signs", string.Concat(Enumerable.Repeat("- ", 900)) + "1" },
        { "patterns", "a is 1" + string.Concat(Enumerable.Repeat(" or 1", 190)) },
        { "negated patterns", "a is " + string.Concat(Enumerable.Repeat("not ", 380)) + "null" },
        { "type arguments", string.Concat(Enumerable.Repeat("a<", 199)) + "a" },
        { "members", "a" + string.Concat(Enumerable.Repeat(".b", 190)) },
        { "null tests", "a" + string.Concat(Enumerable.Repeat("?.b", 130)) },
        { "sums", "1" + string.Concat(Enumerable.Repeat(" + 1", 199)) },
        { "one very long name", new string('a', 30_000) },
        { "one very long text", "'" + new string('a', 30_000) + "'" },
        { "brackets of all kinds", Nested("({[", "1", "]})", 300) },
        { "lambdas", string.Concat(Enumerable.Repeat("a => ", 130)) + "1" },
        { "switches", Nested("a switch { _ => ", "1", " }", 60) },
        { "property patterns", "a is " + Nested("{ b: ", "1", " }", 60) },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void A_bomb_is_refused_or_harmless_and_quick(string name, string expression)
    {
        var flow = $"flow: bomb\ninput: {{ a: int }}\nsteps:\n  - set:\n      result: |-\n        {expression}\n";
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));

        var check = FlowCompiler.Check(new FlowSource("bomb.yaml", Encoding.UTF8.GetBytes(flow)), Catalog.Empty, deadline.Token);

        if (name != "sums" && name != "patterns") Assert.Contains(check.Findings, found => found.Severity == Severity.Error);
    }

    [Fact]
    public void Each_limit_has_its_own_finding()
    {
        Assert.Equal("FLOW202", CodeOf("'" + new string('a', ExpressionScanner.MaxCharacters) + "'"));
        Assert.Equal("FLOW202", CodeOf("1" + string.Concat(Enumerable.Repeat("+1", 200))));
        Assert.Equal("FLOW203", CodeOf(Nested("(", "1", ")", 33)));
        Assert.Null(CodeOf(Nested("(", "1", ")", 32)));
        Assert.Null(CodeOf("1" + string.Concat(Enumerable.Repeat("+1", 199))));
    }

    private static string? CodeOf(string expression)
    {
        _ = ExpressionScanner.Scan(expression, 0, isHole: false, out var problem);
        return problem?.Code.Code;
    }

    private static string Nested(string open, string inner, string close, int depth) =>
        string.Concat(Enumerable.Repeat(open, depth)) + inner + string.Concat(Enumerable.Repeat(close, depth));
}
