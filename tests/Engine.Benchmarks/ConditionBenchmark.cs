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

        Console.WriteLine("condition: a compiled flow's condition against the same C# lambda");
        var isGood = Compare("until: session.status is waiting_for_password or authenticated", scope, poll.UntilCondition, plain,
            at => at.Session.Status is SessionStatus.WaitingForPassword or SessionStatus.Authenticated);
        return Task.FromResult(isGood & Compare("if: tries < 3 && session.qr is not null", scope, choice.Condition, plain,
            at => at.Tries < 3 && at.Session.Qr is not null));
    }

    private static bool Compare(string name, FlowScope scope, int condition, Plain plain, Func<Plain, bool> lambda)
    {
        if (scope.Condition(condition) != lambda(plain)) throw new InvalidOperationException($"'{name}' differs from its lambda");

        var costs = Measurement.Compare(
            Operations,
            count =>
            {
                var all = true;
                for (var i = 0; i < count; i++) all &= lambda(plain);
                sink ^= all;
            },
            count =>
            {
                var all = true;
                for (var i = 0; i < count; i++) all &= scope.Condition(condition);
                sink ^= all;
            });
        Console.WriteLine($"  {name}: lambda {costs[0].Nanoseconds:0.00} ns, compiled {costs[1].Nanoseconds:0.00} ns");
        var isFast = Measurement.Report("compiled beside lambda", costs[1].Nanoseconds / costs[0].Nanoseconds, "×", 5);
        return Measurement.Report("allocated by one evaluation", Math.Round(costs[1].Bytes, 2), "B", 0) && isFast;
    }

    private static int SlotOf(LoadedFlow loaded, string name) => loaded.Flow.Slots.IndexOf(name);

    private sealed class Plain
    {
        public required Session Session { get; set; }

        public required int? Tries { get; set; }
    }
}
