using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Engine.Benchmarks;
using Engine.Flows;
using Xunit;

namespace Engine.Tests;

/// <summary>What the security requirements say of expressions at run time. The separate process of R-50 is not built.</summary>
public sealed class EvaluationRequirementTests
{
    private static readonly Lazy<(IReadOnlyList<string> Texts, Compiled Flow)> Corpus = new(() =>
    {
        var path = Path.Combine(GoldenFlow.Folder, "..", "Flows", "Compiling", "harmless-expressions.txt");
        var own = typeof(EvaluationTests).GetMethod(nameof(EvaluationTests.An_expression_gives_its_value))!.GetCustomAttributes<InlineDataAttribute>()
            .Select(data => ((string)data.GetData(null!).Single()[0]).Replace("listing", "session", StringComparison.Ordinal));
        var made = Enumerable.Range(1, 150).Select(number => $"session.price * {number}m / 7 > {number} ? session.name.upper.lower : session.at.year % {number} == 0 ? 'I' : 'i'.upper");
        List<string> texts = [.. own, .. made];
        Assert.NotEmpty(File.ReadAllLines(path));
        return (texts, Of(texts));
    });

    [Theory]
    [InlineData("de-DE, tr-TR", ",", ".", "-", ".")]
    [InlineData("ru-RU", ",", "\u00A0", "-", ".")]
    [InlineData("sv-SE", ",", "\u00A0", "\u2212", "/")]
    [InlineData("ar-EG", "\u066B", "\u066C", "\u061C-", "\u200F/")]
    public void R49_two_hundred_expressions_give_the_same_in_every_culture(string like, string point, string group, string minus, string date)
    {
        // The engine runs without the cultures of the machine (its letters are those of no language, its digits Latin), so these are made.
        Assert.True(AppContext.TryGetSwitch("System.Globalization.Invariant", out var isInvariant) && isInvariant, like);
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat = new NumberFormatInfo { NumberDecimalSeparator = point, NumberGroupSeparator = group, NegativeSign = minus };
        culture.DateTimeFormat = new DateTimeFormatInfo { DateSeparator = date, TimeSeparator = date, ShortDatePattern = "d/M/yy", LongTimePattern = "H/m" };
        Assert.InRange(Corpus.Value.Texts.Count, 170, 400);
        var invariant = Evaluate(CultureInfo.InvariantCulture);

        Assert.Equal(invariant, Evaluate(culture));
    }

    [Fact]
    public void R49_nothing_reads_a_clock_chance_or_the_surroundings()
    {
        var names = typeof(Engine.Flows.Expressions.Functions).GetMethods(BindingFlags.Public | BindingFlags.Static).Select(method => method.Name);

        Assert.Equal(
            "All Any Contains CountOf Days EndsWith End First Hours IsEmpty Lower Minutes Seconds StartsWith Start Trim Upper".Split(' ').Order(StringComparer.Ordinal),
            names.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(EndlessExpressions.All), MemberType = typeof(EndlessExpressions))]
    public void R50_an_expression_without_end_is_stopped_at_a_few_megabytes(string expression)
    {
        var flow = Of([expression]);
        flow.Set("session", EndlessExpressions.Listing);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<ExpressionException>(() => flow.Scope.Value(ValueOf(flow, 0)));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024 * 1024);
    }

    /// <summary>The limit is 100 ms, which "limits" of the benchmarks measures; here the fastest of many tries is given ten times that, however busy the machine is.</summary>
    [Theory]
    [MemberData(nameof(EndlessExpressions.All), MemberType = typeof(EndlessExpressions))]
    public void R50_an_expression_without_end_is_stopped_in_an_instant(string expression)
    {
        var limit = TimeSpan.FromSeconds(1);
        var flow = Of([expression]);
        flow.Set("session", EndlessExpressions.Listing);

        Assert.True(Measurement.Fastest(limit, tries: 20, () => Assert.Throws<ExpressionException>(() => flow.Scope.Value(ValueOf(flow, 0)))) <= limit, expression);
    }

    [Fact]
    public void R50_a_run_whose_expression_has_no_end_fails_with_a_code_and_says_where()
    {
        var flow = Of([EndlessExpressions.Texts[0]]);
        flow.Set("session", EndlessExpressions.Listing);

        var fault = Assert.Throws<ExpressionException>(() => flow.Scope.Value(ValueOf(flow, 0)));

        // CallTests shows that a run ends as 'internal' with such a message in its journal.
        Assert.Equal("flow.yaml:7: the expression takes too many steps", fault.Message);
    }

    [Fact]
    public void R50_no_text_is_longer_than_64_thousand_characters()
    {
        var flow = Of(["session.name.upper"]);
        flow.Set("session", RadistLookalike.Listing() with { Name = new string('x', 64 * 1024) });
        Assert.Equal(64 * 1024, ((string)flow.Scope.Value(ValueOf(flow, 0))!).Length);

        flow.Set("session", RadistLookalike.Listing() with { Name = new string('x', (64 * 1024) + 1) });
        Assert.Throws<ExpressionException>(() => flow.Scope.Value(ValueOf(flow, 0)));
    }

    [Theory]
    [InlineData("${1+1}")]
    [InlineData("{{7*7}}")]
    [InlineData("{{ run.id }}")]
    [InlineData("=1+1")]
    [InlineData("$\"{1+1}\"")]
    [InlineData("\"); System.Environment.Exit(1); (\"")]
    [InlineData("{0}")]
    [InlineData("<%= 7*7 %>")]
    public void R51_what_a_person_or_a_provider_says_comes_back_as_it_was_said(string said)
    {
        var flow = Compiled.Of(
            """
            flow: said
            uses: { radist: radist }
            languages: [en]
            steps:
              - call: radist.list
                as: listing
              - prompt: { word: string }
                as: form
                timeout: 5m
                on_timeout: { fail: expired }
                text: "{{ listing.name }}"
              - set: { word: form.word, both: "listing.names[0]" }
              - prompt: {}
                timeout: 5m
                on_timeout: { fail: expired }
                text: "<{{ form.word }}{{ word }}{{ both }}>"
            """);
        flow.Set("listing", RadistLookalike.Listing() with { Name = said, Names = [said] });
        flow.Set("form", flow.Make("Generated.Form1", System.Text.Json.JsonSerializer.Serialize(new { word = said, left = 1 })));
        flow.Set("word", said);
        flow.Set("both", said);

        var texts = flow.Flow.Steps.OfType<CompiledStep.Prompt>().Select(prompt => flow.Scope.Value(prompt.Text!.ByLanguage["en"]));

        Assert.Equal([said, $"<{said}{said}{said}>"], texts);
    }

    /// <summary>A thousand; ten thousand with <c>ENGINE_LONG_TESTS=1</c>, and in "limits" of the benchmarks, which measures the memory too.</summary>
    [Fact]
    public void R52_distinct_expressions_leave_no_assembly_behind()
    {
        var parts = Environment.GetEnvironmentVariable("ENGINE_LONG_TESTS") == "1" ? 40 : 4;
        var gone = Enumerable.Range(0, parts).Select(part => Use([.. Enumerable.Range(0, 250).Select(number => $"session.count + {(part * 1000) + number}")])).ToList();

        for (var i = 0; i < 20 && gone.Exists(one => one.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.All(gone, one => Assert.False(one.IsAlive));
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "1 / zero", "divides by zero" },
        { "1 % zero", "divides by zero" },
        { "session.total / (session.total - session.total)", "divides by zero" },
        { "session.price / (session.price - session.price)", "divides by zero" },
        { "session.price % (session.price - session.price)", "divides by zero" },
        { "1m / zero", "divides by zero" },
        { "session.devices.count_of(d => d.age / zero > 1)", "divides by zero" },
        { "2147483647 + session.count", "gives a number that is too large" },
        { "-2147483647 - session.count", "gives a number that is too large" },
        { "2147483647 * session.count", "gives a number that is too large" },
        { "-(-2147483647 - 1 + zero)", "gives a number that is too large" },
        { "9223372036854775807 + session.total", "gives a number that is too large" },
        { "-9223372036854775807 - session.total", "gives a number that is too large" },
        { "9223372036854775807 * session.total", "gives a number that is too large" },
        { "79228162514264337593543950335m * session.price", "gives a number that is too large" },
        { "79228162514264337593543950335m + session.price", "gives a number that is too large" },
        { "(2147483647 - zero).days", "gives a number that is too large" },
        { "session.devices[session.count].name", "asks for an element that is not there" },
        { "session.devices[-1 - zero].name", "asks for an element that is not there" },
        { "session.devices[2147483647 - zero].name", "asks for an element that is not there" },
        { "session.names[session.names.count]", "asks for an element that is not there" },
        { "now + 10000000.days", "gives a number that is too large" },
        { "now - 10000000.days", "gives a number that is too large" },
        { "session.note.length", "uses a value that is not there" },
        { "session.note.upper", "uses a value that is not there" },
        { "session.note.start(1)", "uses a value that is not there" },
        { "session.note.contains('x')", "uses a value that is not there" },
        { "session.last.name", "uses a value that is not there" },
        { "session.until.year", "uses a value that is not there" },
        { "session.maybe.value is unknown", "uses a value that is not there" },
        { "session.names.any(n => session.last.trusted)", "uses a value that is not there" },
        { "session.devices.first(d => d.age > 100).name", "uses a value that is not there" },
    };

    /// <summary>The proof keeps nulls out; here it is left out, as where a plugin breaks its own annotations.</summary>
    [Fact]
    public void R53_a_fault_says_where_it_is_and_nothing_else()
    {
        var faults = Faults.Select(row => (Expression: (string)row[0], Reason: (string)row[1])).ToList();
        Assert.True(faults.Count >= 30);
        var source = new FlowSource("faults.yaml", Encoding.UTF8.GetBytes(Flow(["session.count - 7", .. faults.Select(fault => fault.Expression)]).Replace("r0:", "zero:", StringComparison.Ordinal)));
        var loaded = LoadedFlow.Load(FlowCompiler.Recompile(source, RadistLookalike.Catalog, CancellationToken.None), RadistLookalike.Find);
        var scope = loaded.NewScope();
        scope.Set(loaded.Flow.Slots.IndexOf("session"), RadistLookalike.Listing());
        scope.Set(loaded.Flow.Slots.IndexOf("zero"), 0);
        scope.Set(RootSlots.Now, DateTimeOffset.UnixEpoch);
        var values = loaded.Flow.Steps.OfType<CompiledStep.Set>().Single().Assignments;

        for (var i = 0; i < faults.Count; i++)
        {
            var fault = Record.Exception(() => scope.Value(values[i + 1].Value));

            Assert.True(fault is ExpressionException, $"{faults[i].Expression}: {fault}");
            Assert.Equal($"faults.yaml:{9 + (2 * i)}: the expression {faults[i].Reason}", fault.Message);
            Assert.Null(fault.InnerException);
        }
    }

    /// <summary>
    /// A flow is read, checked, listed and explained as data. All of its expressions are in the assembly that it is compiled to, which is never
    /// loaded: that is the counter, at 0.
    /// </summary>
    [Fact]
    public void R54_checking_listing_and_previewing_a_flow_evaluates_nothing_of_it()
    {
        const string name = "never-loaded-though-it-was-checked-listed-and-explained";
        var text = $"flow: {name}\nuses: {{ radist: radist }}\nsteps:\n  - call: radist.list\n    as: session\n  - if: {EndlessExpressions.Texts[0]}\n    then: []\n  - set: {{ zero: 1 / (session.count - session.count) }}\n";
        using var folder = new Cli.TestFolder();
        folder.Write("hostile.yaml", text);

        Assert.NotNull(Compiled.Check(text).Flow);
        Assert.Single(Engine.Host.FlowFiles.Find([folder.Path]));
        Assert.NotNull(FlowExplanation.Of(new FlowSource("hostile.yaml", Encoding.UTF8.GetBytes(text)), RadistLookalike.Catalog, CancellationToken.None).Explained);
        Assert.DoesNotContain(AppDomain.CurrentDomain.GetAssemblies(), assembly => assembly.GetName().Name == $"flow-{name}");
    }

    internal static List<string> Evaluate(CultureInfo culture)
    {
        var (before, ui) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, culture);
        try
        {
            var flow = Corpus.Value.Flow;
            lock (flow)
            {
                flow.Set("session", RadistLookalike.Listing());
                return [.. Enumerable.Range(0, Corpus.Value.Texts.Count).Select(number =>
                    Convert.ToString(flow.Scope.Value(ValueOf(flow, number)), CultureInfo.InvariantCulture) ?? "null")];
            }
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (before, ui);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Use(IReadOnlyList<string> expressions)
    {
        var flow = Of(expressions);
        flow.Set("session", RadistLookalike.Listing());
        Assert.NotNull(flow.Scope.Value(ValueOf(flow, 0)));
        return new WeakReference(flow.Scope.GetType().Assembly);
    }

    private static int ValueOf(Compiled flow, int number) => flow.Flow.Steps.OfType<CompiledStep.Set>().Single().Assignments[number].Value;

    private static Compiled Of(IReadOnlyList<string> expressions) => Compiled.Of(Flow(expressions));

    private static string Flow(IReadOnlyList<string> expressions) =>
        "flow: many\nuses: { radist: radist }\nsteps:\n  - call: radist.list\n    as: session\n  - set:\n"
        + string.Concat(expressions.Select((text, number) => $"      r{number}: |-\n        {text}\n"));
}
