using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Engine.Benchmarks;
using Engine.Flows;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;
using YamlDotNet.Core;

namespace Engine.Tests;

/// <summary>What the security requirements R-45 to R-48 say of the checking of expressions; R-49 to R-54 are in <see cref="EvaluationRequirementTests"/>.</summary>
public sealed partial class ExpressionRequirementTests
{
    private static readonly string Folder = Path.Combine(GoldenFlow.Folder, "..", "Flows");

    /// <summary>Syntax that stands within expressions of C#, and not within those of flows.</summary>
    private static readonly string[] Foreign =
    [
        "x.any(a => { int b = 1; b++; if (b > 2) { return true; } else { return false; } })", "x.any(a => { for (int i = 0; i < 3; i++) { continue; } })",
        "x.any(a => { foreach (var b in a) { break; } foreach (var (c, d) in a) ; })", "x.any(a => { while (true) ; do { } while (false); })",
        "x.any(a => { try { throw null; } catch (E e) when (true) { } finally { } })", "x.any(a => { switch (a) { case 1: break; case > 2 when true: break; default: goto case 1; } })",
        "x.any(a => { goto l; l: ; goto default; })", "x.any(a => { using (b) { } lock (b) { } fixed (int* p = b) { } })", "x.any(a => { unsafe { } checked { } unchecked { } })",
        "x.any(a => { yield return 1; yield break; })", "x.any(a => { int F(int b) => b; return F(1); })", "x.any(a => { const int b = 1; int[] c = { 1 }; })",
        "x.any((int a, ref int b) => a)", "x.any([A(1, B = 2)] (a) => a)", "x.any(delegate (int a) { return 1; })", "x.any(static async a => await a)",
        "from a in b join c in d on a equals c into e let f = a where f orderby a ascending, f descending group a by f into g select g", "from a in b from c in d select a",
        "new A(1) { B = 2, C = { D = 3 }, [4] = 5 }", "new A[1] { 2 }", "new[] { 1 }", "new() { A = 1 }", "new { A = 1 }", "new List<int> { 1, { 2, 3 } }",
        "stackalloc int[3]", "stackalloc[] { 1 }", "[1, ..a]", "[with(1), 2]", "(1, 2)", "(int a, int b) = c", "(a, b) is (1, var (c, _))", "a is int b", "a is { } b", "a is [1, ..]", "a is [.. var b]",
        "a is A { B: 1 }", "a is { B.C: 1 }", "a is > 1", "a is A(1)", "a as A", "(A)a", "a is A<B>", "a is A.B", "a is A::B", "typeof(A<>)", "typeof(A[,])", "typeof(A*)", "typeof(delegate*<int, void>)",
        "typeof(delegate* unmanaged[Cdecl]<int>)", "typeof((int, int))", "typeof(A?)", "sizeof(int)", "default", "default(int)", "nameof(a)", "checked(a)", "unchecked(a)", "a switch { 1 when b => 2, _ => 3 }",
        "throw a", "a ?? throw b", "ref a", "a = b", "a += b", "a -= b", "a *= b", "a /= b", "a %= b", "a &= b", "a |= b", "a ^= b", "a <<= b", "a >>= b", "a >>>= b", "a ??= b",
        "a << b", "a >> b", "a >>> b", "a & b", "a | b", "a ^ b", "~a", "+a", "++a", "--a", "a++", "a--", "&a", "*a", "a!", "^a", "a..b", "a->b", "await a", "a with { B = 1 }", "a::b.c", "$\"{a,1:f} b\"",
        "$@\"{a}\"", "'c'", "\"x\"u8", "__makeref(a)", "__reftype(a)", "__refvalue(a, int)", "__arglist(a)", "__arglist", "this", "base.a", "a<b>.c", "a.b<c>()", "a.b(c: 1)", "a.b(out var c)", "a.b(in c)",
        "(ref int a) => ref a", "a?[1]", "a?.b = 1", "global::a.b", "a[b: 1]", "async () => 1", "() => 1", "x => 1", "int.MaxValue", "a is not (1 or 2) and _", "(a)", "a is null", "x.any((a) => a)", "a is var b", "scoped.a", "field", "a ? ref b : ref c", "x.any((scoped ref int a) => 1)", "x.any((params int[] a) => 1)",
        "x.any(a => { { } ; ; })", "x.any(a => { using var b = c; await using var d = e; })", "x.any(a => { ref int b = ref c; scoped ref int d = ref c; })", "x.any(a => { var (b, c) = d; })",
        "x.any(a => { b: c(); })", "x.any(a => { static int F<T>(T b) where T : class, new() => 1; })", "x.any(a => { int F<T>() where T : struct, notnull, allows ref struct { return 1; } })", "x.any((int a = 1) => a)",
        "x.any(a => { int F<T>() where T : default => 1; })", "a is (1, 2)", "x.any([return: A] int (int a) => a)", "a is (> 1)", "a is int or string",
    ];

    /// <summary>A kind of syntax that Roslyn gains is in none of the lists, and fails this.</summary>
    [Fact]
    public void R45_every_kind_of_syntax_is_allowed_with_a_sample_refused_with_a_sample_or_no_part_of_any_expression()
    {
        var evaluated = typeof(EvaluationTests).GetMethods().SelectMany(method => method.GetCustomAttributes<InlineDataAttribute>())
            .SelectMany(data => data.GetData(null!)).Select(row => row[0]).OfType<string>();
        var right = Lines("harmless-expressions.txt").Concat(evaluated).Where(text => Errors(text) == 0).ToList();
        var allowed = right.SelectMany(KindsOf).ToHashSet();
        var refused = new HashSet<SyntaxKind>();
        foreach (var text in Lines("hostile-expressions.txt").Concat(Foreign))
        {
            var kinds = KindsOf(text).ToHashSet();
            if (kinds.IsSubsetOf(AllowedSyntax.Kinds)) continue;
            Assert.True(Errors(text) > 0, text);
            refused.UnionWith(kinds.Except(AllowedSyntax.Kinds));
        }

        var open = Enum.GetValues<SyntaxKind>().Where(kind => kind >= SyntaxKind.QualifiedCref)
            .Except(AllowedSyntax.Kinds).Except(refused).Select(kind => $"{kind}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var file = Path.Combine(Folder, "Security", "syntax-outside-expressions.txt");
        if (Environment.GetEnvironmentVariable(GoldenFlow.UpdateVariable) == "1") File.WriteAllLines(file, open);

        Assert.Empty(AllowedSyntax.Kinds.Except(allowed));
        Assert.Equal(File.ReadAllLines(file), open);
    }

    [Theory]
    [MemberData(nameof(ExpressionLimitTests.All), MemberType = typeof(ExpressionLimitTests))]
    public void R46_a_bomb_is_measured_before_it_is_bound_and_takes_no_memory(string name, string expression)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        var errors = Errors(expression);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20 * 1024 * 1024);
        Assert.True(errors > 0 || name is "sums" or "patterns" or "members" or "null tests" or "negated patterns" or "type arguments", name);
    }

    /// <summary>The limit is 20 ms, which "limits" of the benchmarks measures; here the fastest of many tries is given ten times that, however busy the machine is.</summary>
    [Theory]
    [MemberData(nameof(ExpressionLimitTests.All), MemberType = typeof(ExpressionLimitTests))]
    public void R46_a_bomb_is_judged_in_an_instant(string name, string expression)
    {
        var limit = TimeSpan.FromMilliseconds(200);

        Assert.True(Measurement.Fastest(limit, tries: 50, () => Errors(expression)) <= limit, name);
    }

    [Theory]
    [InlineData(2_000, 32, 2, 400)]
    public void R46_the_limits_are_these(int characters, int brackets, int functions, int words)
    {
        Assert.Equal((characters, brackets, functions, words),
            (ExpressionScanner.MaxCharacters, ExpressionScanner.MaxBrackets, AllowedSyntax.MaxLambdas, ExpressionScanner.MaxTokens));
    }

    /// <summary>Each public type of the platform, by one of its members: with its namespace, and by turns as a value or a call without it.</summary>
    [Fact]
    public void R47_nothing_of_the_platform_can_be_reached_by_name()
    {
        var members = typeof(object).Assembly.GetExportedTypes().Concat(typeof(Uri).Assembly.GetExportedTypes()).Concat(typeof(Enumerable).Assembly.GetExportedTypes())
            .Where(type => type is { IsNested: false, IsGenericType: false } && type.Namespace is not null)
            .Select(type => (type.Namespace, Type: type.Name, Member: type.GetMembers(BindingFlags.Public | BindingFlags.Static).FirstOrDefault(member => !member.Name.Contains('_'))?.Name ?? "X"))
            .SelectMany((one, index) => new[] { $"{one.Namespace}.{one.Type}.{one.Member}", $"{one.Type}.{one.Member}{(index % 2 == 0 ? "" : "()")}" })
            .Distinct(StringComparer.Ordinal).Where(text => PlainName().IsMatch(text)).ToList();

        Assert.True(members.Count > 2_000, $"{members.Count}");
        Assert.Empty(members.Chunk(120).AsParallel().SelectMany(Accepted));
    }

    [Fact]
    public void R47_every_member_that_all_objects_have_is_refused_on_every_kind_of_value()
    {
        string[] values = ["session", "session.name", "session.count", "session.price", "session.ready", "session.left", "session.at", "session.status", "session.devices", "session.first",
            "session.token", "session.pairing", "session.key", "run", "input", "now", "session.maybe", "session.until", "session.total", "session.names"];
        string[] members = ["get_type()", "GetType()", "get_type", "to_string()", "ToString()", "get_hash_code()", "equals(null)", "GetHashCode", "memberwise_clone()", "finalize()",
            "get_enumerator()", "GetTypeCode()", "get_type_code", "CompareTo(null)", "try_format()", "AsSpan()", "to_array()", "PrintMembers", "EqualityContract", "deconstruct()", "reveal()", "Reveal()",
            "get_awaiter()", "dispose()", "add(1)", "clone()", "Select(x => x)", "cast()", "of_type()", "aggregate(x => x)", "Invoke()", "method", "target", "type_handle", "assembly", "to_list()"];

        Assert.Empty(Accepted([.. values.SelectMany(value => members.Select(member => $"{value}.{member}"))]));
    }

    /// <summary>The last wall: what is not in the small platform does not exist for an expression, whatever the walls before it let through.</summary>
    [Fact]
    public void R47_the_small_platform_holds_these_types_and_no_others()
    {
        using var image = new MemoryStream([.. Corlib.Image]);
        using var file = new System.Reflection.PortableExecutable.PEReader(image);
        var metadata = System.Reflection.Metadata.PEReaderExtensions.GetMetadataReader(file);
        var types = metadata.TypeDefinitions.Select(metadata.GetTypeDefinition)
            .Where(type => (type.Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.Public)
            .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}").Order(StringComparer.Ordinal).ToList();
        var list = Path.Combine(Folder, "Security", "small-platform.txt");
        if (Environment.GetEnvironmentVariable(GoldenFlow.UpdateVariable) == "1") File.WriteAllLines(list, types);

        Assert.Equal(File.ReadAllLines(list), types);
        Assert.DoesNotContain(types, type => type.StartsWith("System.IO", StringComparison.Ordinal) || type.StartsWith("System.Net", StringComparison.Ordinal)
            || type is "System.Environment" or "System.Activator" or "System.AppDomain" or "System.Console" or "System.Random" or "System.GC" or "System.Reflection.Assembly");
    }

    [Theory]
    [InlineData(@"\u0045nvironment.exit(1)")]
    [InlineData(@"\U00000045nvironment.MachineName")]
    [InlineData("@Environment.MachineName")]
    [InlineData("@session.name")]
    [InlineData("global::System.Environment.MachineName")]
    [InlineData("session./**/name")]
    [InlineData("session.//x")]
    [InlineData("session/* */.name")]
    [InlineData("session.\u200Bname")]
    [InlineData("session.na\u00ADme")]
    [InlineData("s\u0435ssion.name")]
    [InlineData("sessio\uFF4E.name")]
    [InlineData("session\u2024name")]
    [InlineData("session.\u0301name")]
    [InlineData("alias::Environment.MachineName")]
    [InlineData("S.Environment.MachineName")]
    [InlineData("session.@token.@reveal()")]
    [InlineData("session.nam\\u0065")]
    [InlineData("session.$name")]
    [InlineData("#if true\nsession.name\n#endif")]
    public void R48_a_name_in_disguise_is_refused(string expression) => Assert.Empty(Accepted([expression]));

    /// <summary>The expressions in which no finding stands.</summary>
    private static List<string> Accepted(IReadOnlyList<string> expressions)
    {
        const string Head = "flow: e\nuses: { radist: radist }\nsteps:\n  - call: radist.list\n    as: session\n  - set:\n";
        var flow = new StringBuilder(Head);
        var lines = new List<int>();
        foreach (var expression in expressions)
        {
            lines.Add(flow.ToString().AsSpan().Count('\n') + 2);
            flow.Append("      r").Append(lines.Count).Append(": |-\n        ").Append(expression.Replace("\n", "\n        ", StringComparison.Ordinal)).Append('\n');
        }

        var findings = FlowCompiler.Check(new FlowSource("e.yaml", Encoding.UTF8.GetBytes(flow.ToString())), RadistLookalike.Catalog, CancellationToken.None).Findings;
        var wrong = findings.Where(found => found.Severity == Severity.Error).Select(found => found.Place.Line).ToHashSet();
        return [.. expressions.Where((expression, index) => !Enumerable.Range(lines[index], expression.AsSpan().Count('\n') + 1).Any(wrong.Contains))];
    }

    private static IEnumerable<string> Lines(string file) =>
        File.ReadAllLines(Path.Combine(Folder, "Compiling", file)).Where(line => !line.StartsWith("# ", StringComparison.Ordinal));

    /// <summary>How many findings reading the expression alone gives, before anything is bound.</summary>
    private static int Errors(string expression)
    {
        var findings = new FindingList();
        var scalar = new Scalar(new FlowText("e", expression), expression, ScalarStyle.Plain, 0, expression.Length);
        new ExpressionParser(findings).Parse(new ValueNode.Expression(scalar, 0));
        return findings.ErrorCount;
    }

    private static IEnumerable<SyntaxKind> KindsOf(string expression)
    {
        var code = ExpressionScanner.Scan(expression, 0, isHole: false, out _)?.Code ?? expression;
        return SyntaxFactory.ParseExpression(code, options: ExpressionParser.Options).DescendantNodesAndSelf().Select(node => node.Kind());
    }

    [GeneratedRegex(@"^[A-Za-z_.()]+$")]
    private static partial Regex PlainName();
}
