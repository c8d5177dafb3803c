using System.Text;
using Engine.Benchmarks;
using Engine.Flows;
using Xunit;

namespace Engine.Tests;

public sealed class ExpressionLimitTests
{
    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var (name, expression) in Bombs.All) all.Add(name, expression);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_bomb_is_refused_or_harmless_and_quick(string name, string expression)
    {
        var flow = $"flow: bomb\ninput: {{ a: int }}\nsteps:\n  - set:\n      result: |-\n        {expression}\n";
        using var deadline = new CancellationTokenSource(Patience.Limit);

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
