using System.Runtime.CompilerServices;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Benchmarks;

/// <summary>A condition of a compiled flow beside the same condition as a plain C# lambda over the same values.</summary>
internal static class ConditionBenchmark
{
    private const int Operations = 2_000_000;

    private static bool sink;

    public static Task<bool> RunAsync()
    {
        var loaded = BenchProvider.Load();
        var session = new Session(
            new Secret("s"), SessionStatus.WaitingForQr, new Code(new ShowOnce("tg://login?token=x"), DateTimeOffset.UnixEpoch));
        var scope = loaded.NewScope();
        scope.Set(SlotOf(loaded, "session"), session);
        scope.Set(SlotOf(loaded, "tries"), 1);
        var plain = new Plain { Session = session, Tries = 1 };
        var poll = loaded.Flow.Steps.OfType<CompiledStep.Poll>().Single();
        var choice = loaded.Flow.Steps.OfType<CompiledStep.If>().Single();

        // Not inlined: whoever holds a lambda calls it. (Left to itself, the JIT inlines one of the two into its loop of two million.)
        Console.WriteLine("condition: a compiled flow's condition against the same C# lambda");
        return Task.FromResult(Compare(scope, plain,
        [
            new("until: session.status is waiting_for_password or authenticated", poll.UntilCondition,
                [MethodImpl(MethodImplOptions.NoInlining)] (at) => at.Session.Status is SessionStatus.WaitingForPassword or SessionStatus.Authenticated),
            new("if: tries < 3 && session.qr is not null", choice.Condition,
                [MethodImpl(MethodImplOptions.NoInlining)] (at) => at.Tries < 3 && at.Session.Qr is not null),
        ]));
    }

    private static bool Compare(FlowScope scope, Plain plain, Pair[] pairs)
    {
        foreach (var pair in pairs)
        {
            if (scope.Condition(pair.Condition) != pair.Lambda(plain)) throw new InvalidOperationException($"'{pair.Name}' differs from its lambda");
        }

        var costs = Measurement.Compare(Operations, [.. pairs.SelectMany(pair => (Action<int>[])
            [count => EvaluateLambda(pair.Lambda, plain, count), count => EvaluateCompiled(scope, pair.Condition, count)])]);
        var isGood = true;
        for (var index = 0; index < pairs.Length; index++)
        {
            var (lambda, compiled) = (costs[2 * index], costs[(2 * index) + 1]);
            Console.WriteLine($"  {pairs[index].Name}: lambda {lambda.Nanoseconds:0.00} ns, compiled {compiled.Nanoseconds:0.00} ns");
            isGood &= Measurement.Report("compiled beside lambda", compiled.Nanoseconds / lambda.Nanoseconds, "×", 5);
            isGood &= Measurement.Report("allocated by one evaluation", Math.Round(compiled.Bytes, 2), "B", 0);
        }

        return isGood;
    }

    private static void EvaluateLambda(Func<Plain, bool> lambda, Plain plain, int count)
    {
        var all = true;
        for (var i = 0; i < count; i++) all &= lambda(plain);
        sink ^= all;
    }

    private static void EvaluateCompiled(FlowScope scope, int condition, int count)
    {
        var all = true;
        for (var i = 0; i < count; i++) all &= scope.Condition(condition);
        sink ^= all;
    }

    private static int SlotOf(LoadedFlow loaded, string name) => loaded.Flow.Slots.IndexOf(name);

    private sealed record Pair(string Name, int Condition, Func<Plain, bool> Lambda);

    private sealed class Plain
    {
        public required Session Session { get; set; }

        public required int? Tries { get; set; }
    }
}
