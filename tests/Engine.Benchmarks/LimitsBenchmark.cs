using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using Engine.Flows;
using Engine.Flows.Expressions;

namespace Engine.Benchmarks;

/// <summary>
/// The limits of expressions as of the security requirements set them: the time to judge each bomb before anything is
/// bound, the time until an evaluation without end is stopped, and what ten thousand different expressions leave behind.
/// </summary>
internal static class LimitsBenchmark
{
    private const int Times = 50;
    private const int Flows = 40;
    private const int ExpressionsOfFlow = 250;

    public static Task<bool> RunAsync()
    {
        Console.WriteLine($"limits: hostile expressions, and {Flows * ExpressionsOfFlow} different ones");
        var judged = Bombs.All.Select(bomb => (bomb.Name, Taken: Median(() => Judge(bomb.Expression)))).MaxBy(bomb => bomb.Taken);
        var names = Enumerable.Repeat(new string('x', 10_000), 10_000).ToArray();
        var stopped = Median(() => Stop(() => names.Any(one => names.Any(other => one == other && other == "y"))));
        var charged = Median(() => Stop(() => names.Any(one => one.Upper().Lower().Trim().IsEmpty())));
        Console.WriteLine($"  slowest of {Bombs.All.Count} bombs: {judged.Name}");
        return Task.FromResult(
            Measurement.Report("a bomb is judged after, median of the slowest", judged.Taken, "ms", 20)
            & Measurement.Report("an evaluation without end is stopped after", Math.Max(stopped, charged), "ms", 100)
            & Distinct());
    }

    private static bool Distinct()
    {
        for (var i = 0; i < Flows / 10; i++) Use(i);
        var before = Settled();
        for (var i = 0; i < Flows; i++) Use(1000 + i);
        var after = Settled();
        return Measurement.Report("growth of resident memory", (after.Bytes - before.Bytes) / 1024.0 / 1024, "MB", 50)
            & Measurement.Report("assemblies more than before", after.Assemblies - before.Assemblies, "", 0);
    }

    private static double Median(Action act)
    {
        var taken = Enumerable.Range(0, Times).Select(_ =>
        {
            var began = Stopwatch.GetTimestamp();
            act();
            return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        });
        return Measurement.Percentile([.. taken], 0.5);
    }

    private static void Judge(string expression)
    {
        var scalar = new Scalar(new FlowText("bomb", expression), expression, YamlDotNet.Core.ScalarStyle.Plain, 0, expression.Length);
        new ExpressionParser(new FindingList()).Parse(new ValueNode.Expression(scalar, 0));
    }

    private static void Stop(Func<bool> evaluate)
    {
        Fuel.Reset();
        try
        {
            evaluate();
        }
        catch (FuelException)
        {
            return;
        }

        throw new InvalidOperationException("it was not stopped");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Use(int number)
    {
        var text = new StringBuilder("flow: many\ninput: { a: int }\nsteps:\n  - set:\n");
        for (var i = 0; i < ExpressionsOfFlow; i++) text.Append($"      r{i}: input.a + {(number * ExpressionsOfFlow) + i}\n");
        var check = FlowCompiler.Check(new FlowSource("many.yaml", Encoding.UTF8.GetBytes(text.ToString())), Catalog.Empty, CancellationToken.None);
        var flow = check.Flow ?? throw new InvalidOperationException(check.Findings[0].ToString());
        LoadedFlow.Load(flow, _ => null).NewScope();
    }

    private static (long Bytes, int Assemblies) Settled()
    {
        for (var i = 0; i < 10; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        using var own = Process.GetCurrentProcess();
        return (own.WorkingSet64, AppDomain.CurrentDomain.GetAssemblies().Length);
    }
}
