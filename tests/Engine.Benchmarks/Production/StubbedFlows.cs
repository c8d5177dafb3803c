using Engine.Flows;
using Engine.Runs;
using Engine.Sdk;

namespace Engine.Benchmarks;

/// <summary>Flows over <see cref="BenchProvider"/>, whose calls <see cref="StubbedCaller"/> answers without leaving the process.</summary>
internal sealed class StubbedFlows : IFlowVersions
{
    /// <summary>Waits in a poll for a scan that never comes.</summary>
    public const string Waiting = "bench";

    /// <summary>The same, asking each second.</summary>
    public const string Hurried = "hurried";

    /// <summary>Five calls, each kept before the next.</summary>
    public const string FiveSteps = "five-steps";

    private const string FiveStepsText = """
        flow: five-steps
        title: { en: Benchmark }
        languages: [en]
        uses: { bench: bench }
        fails: [no_answer]
        steps:
          - call: bench.begin
            with: { name: one }
            as: one
          - call: bench.ask
            with: { session_id: =one.session_id }
            as: two
          - call: bench.ask
            with: { session_id: =two.session_id }
            as: three
          - call: bench.ask
            with: { session_id: =three.session_id }
            as: four
          - call: bench.ask
            with: { session_id: =four.session_id }
            as: five
          - if: five.status is authenticated
            then: [{ done: }]
          - fail: no_answer
        """;

    private readonly Dictionary<string, LoadedFlow> loaded = new(StringComparer.Ordinal)
    {
        [Waiting] = BenchProvider.Load(BenchProvider.FlowText),
        [Hurried] = BenchProvider.Load(BenchProvider.FlowText.Replace("flow: bench", "flow: hurried", StringComparison.Ordinal).Replace("every: 5s", "every: 1s", StringComparison.Ordinal)),
        [FiveSteps] = BenchProvider.Load(FiveStepsText),
    };

    public LoadedFlow? FindCurrent(string flow) => loaded.GetValueOrDefault(flow);

    public Task<LoadedFlow?> FindAsync(string flow, string version, CancellationToken cancellation) => Task.FromResult(FindCurrent(flow));
}

/// <summary>Answers at once, always the same.</summary>
internal sealed class StubbedCaller(Action<RunId> called) : IOperationCaller
{
    private static readonly Result<object> Unscanned = new Session(
        new Secret("7f0b"), SessionStatus.WaitingForQr, new Code(new ShowOnce("tg://login?token=AQIDBAUGBwg"), new DateTimeOffset(2036, 1, 1, 0, 0, 0, TimeSpan.Zero)));

    public Task<Result<object>> CallAsync(OperationCall call, CancellationToken cancellation)
    {
        called(call.Run);
        return Task.FromResult(Unscanned);
    }
}
