using System.Globalization;
using Engine.Benchmarks;

// Figures are printed the same on every machine.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

if (args is [RefreshWorker.Word, .. var rest]) return await RefreshWorker.RunAsync(rest);

(string Name, Func<Task<bool>> RunAsync)[] all =
[
    ("condition", ConditionBenchmark.RunAsync),
    ("round", PollRoundBenchmark.RunAsync),
    ("lateness", LatenessBenchmark.RunAsync),
    ("mutation", MutationBenchmark.RunAsync),
    ("check", CheckBenchmark.RunAsync),
    ("start", StartBenchmark.RunAsync),
    ("reload", ReloadBenchmark.RunAsync),
    ("scenarios", ScenariosBenchmark.RunAsync),
    ("proofs", ProofsBenchmark.RunAsync),
    ("limits", LimitsBenchmark.RunAsync),
    ("hook", HookBenchmark.RunAsync),
    ("flood", FloodBenchmark.RunAsync),
    ("refresh", RefreshBenchmark.RunAsync),
    ("pump", PumpBenchmark.RunAsync),
    ("polling", LatenessBenchmark.OverPostgresAsync),
    ("hangfire", HangfireBenchmark.RunAsync),
    ("runs", ThroughputBenchmark.RunAsync),
    ("waiting", WaitingBenchmark.RunAsync),
    ("replies", RepliesBenchmark.RunAsync),
    ("takeover", TakeoverBenchmark.RunAsync),
    ("outage", OutageBenchmark.RunAsync),
    ("publish", PublishBenchmark.RunAsync),
];
var chosen = args is [] ? all : [.. all.Where(one => args.Contains(one.Name))];
if (chosen is [])
{
    Console.Error.WriteLine($"there is no such benchmark; there are: {string.Join(", ", all.Select(one => one.Name))}");
    return 2;
}

#if DEBUG
Console.Error.WriteLine("figures of a debug build mean nothing: add -c Release");
#endif
Console.WriteLine($"{Environment.ProcessorCount} cores, .NET {Environment.Version}");
var isGood = true;
foreach (var (_, runAsync) in chosen) isGood &= await runAsync();
return isGood ? 0 : 1;
