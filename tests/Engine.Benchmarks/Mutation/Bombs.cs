namespace Engine.Benchmarks;

/// <summary>Short expressions that take the C# compiler minutes or overflow its stack, were it to see them; some are within the limits and harmless.</summary>
internal static class Bombs
{
    public static IReadOnlyList<(string Name, string Expression)> All { get; } =
    [
        ("parentheses", Nested("(", "1", ")", 900)),
        ("functions within functions", Nested("x.any(a => ", "true", ")", 100)),
        ("texts with holes within texts", Nested("$\"{", "1", "}\"", 40)),
        ("conditions within conditions", string.Concat(Enumerable.Repeat("a ? b : ", 240)) + "c"),
        ("negations", new string('!', 1_900) + "a"),
        ("minus signs", string.Concat(Enumerable.Repeat("- ", 900)) + "1"),
        ("patterns", "a is 1" + string.Concat(Enumerable.Repeat(" or 1", 190))),
        ("negated patterns", "a is " + string.Concat(Enumerable.Repeat("not ", 380)) + "null"),
        ("type arguments", string.Concat(Enumerable.Repeat("a<", 199)) + "a"),
        ("members", "a" + string.Concat(Enumerable.Repeat(".b", 190))),
        ("null tests", "a" + string.Concat(Enumerable.Repeat("?.b", 130))),
        ("sums", "1" + string.Concat(Enumerable.Repeat(" + 1", 199))),
        ("one very long name", new string('a', 30_000)),
        ("one very long text", "'" + new string('a', 30_000) + "'"),
        ("brackets of all kinds", Nested("({[", "1", "]})", 300)),
        ("lambdas", string.Concat(Enumerable.Repeat("a => ", 130)) + "1"),
        ("switches", Nested("a switch { _ => ", "1", " }", 60)),
        ("property patterns", "a is " + Nested("{ b: ", "1", " }", 60)),
    ];

    private static string Nested(string open, string inner, string close, int depth) =>
        string.Concat(Enumerable.Repeat(open, depth)) + inner + string.Concat(Enumerable.Repeat(close, depth));
}
