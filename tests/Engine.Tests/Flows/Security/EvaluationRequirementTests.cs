using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
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
    [InlineData(",", ".", "-", ".")]
    [InlineData(",", "\u00A0", "\u2212", "/")]
    [InlineData("\u066B", "\u066C", "\u061C-", "\u200F/")]
    public void R49_two_hundred_expressions_give_the_same_in_every_culture(string point, string group, string minus, string date)
    {
        // The engine runs without the cultures of the machine, so these are made.
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
    [InlineData("session.names.any(a => session.names.any(b => a.upper.contains(b.lower)))")]
    [InlineData("session.names.any(a => session.names.all(b => a.trim.upper == b))")]
    [InlineData("session.names.count_of(a => a.upper.lower.trim.start(5000).is_empty)")]
    public void R50_an_expression_without_end_is_stopped_at_a_few_megabytes(string expression)
    {
        var flow = Of([expression]);
        flow.Set("session", RadistLookalike.Listing() with { Names = [.. Enumerable.Repeat(new string('x', 10_000), 10_000)] });
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<ExpressionException>(() => flow.Scope.Value(ValueOf(flow, 0)));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024 * 1024);
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

    [Fact]
    public void R52_a_thousand_expressions_leave_no_assembly_behind()
    {
        var gone = Enumerable.Range(0, 4).Select(part => Use([.. Enumerable.Range(0, 250).Select(number => $"session.count + {(part * 1000) + number}")])).ToList();

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

    /// <summary>A flow is read and checked as data: nothing of it, nor of the plugin it names, is loaded or run.</summary>
    [Fact]
    public void R54_checking_a_flow_evaluates_nothing_of_it()
    {
        var name = $"never-loaded-{nameof(R54_checking_a_flow_evaluates_nothing_of_it)}".Replace("_", "-", StringComparison.Ordinal).ToLowerInvariant();
        var check = Compiled.Check($"flow: {name}\nuses: {{ radist: radist }}\nsteps:\n  - call: radist.list\n    as: listing\n  - if: listing.ready\n    then: []\n");

        Assert.NotNull(check.Flow);
        Assert.DoesNotContain(AppDomain.CurrentDomain.GetAssemblies(), assembly => assembly.GetName().Name == $"flow-{name}");
    }

    private static List<string> Evaluate(CultureInfo culture)
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
