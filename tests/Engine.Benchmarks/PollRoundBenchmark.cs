using System.Text;
using System.Text.Json;
using Engine.Flows;
using Engine.Runs;
using Engine.Sdk;

namespace Engine.Benchmarks;

/// <summary>
/// One round of a poll whose answer is the same as before: the wake-up that asks for the call, the answer decoded from its JSON as the
/// plugin's HTTP client does it, and the answer told to the machine, which finds that nothing changed.
/// </summary>
internal static class PollRoundBenchmark
{
    private const int Operations = 5_000;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Task<bool> RunAsync()
    {
        var loaded = BenchProvider.Load();
        var options = WireJson.NewOptions();
        var answer = Encoding.UTF8.GetBytes(
            """{"session_id":"7f0b","status":"waiting_for_qr","qr":{"url":"tg://login?token=AQIDBAUGBwg","expires":"2026-01-02T00:00:00Z"}}""");
        var (run, now) = ReachPoll(loaded);
        long rounds = 0;

        Console.WriteLine("round: one unchanged poll round through the machine, answer decoded");
        var cost = Measurement.Compare(Operations, count =>
        {
            for (var i = 0; i < count; i++)
            {
                // Every round begins at the same saved state, as a claimed run does; only the moment is its own.
                var asked = RunMachine.Advance(loaded, run, new RunEvent.Woke(), now);
                if (asked.Effects is not [Engine.Runs.Effect.Call call]) throw new InvalidOperationException("the round made no call");
                var value = JsonSerializer.Deserialize<Session>(answer, options) ?? throw new InvalidOperationException("no answer");
                var told = RunMachine.Advance(loaded, asked.Run, new RunEvent.CallAnswered(call.Id, value), now);
                if (!told.IsQuiet) throw new InvalidOperationException("the same answer is not quiet");
                rounds++;
            }
        })[0];
        Console.WriteLine($"  {rounds} rounds; {cost.Bytes:0} B allocated by each");
        return Task.FromResult(Measurement.Report("one unchanged round", cost.Nanoseconds / 1000, "µs", 20));
    }

    /// <summary>A run that waits in the poll and has shown its QR code, at the moment when its next round is due.</summary>
    private static (Run Run, DateTimeOffset Now) ReachPoll(LoadedFlow loaded)
    {
        var code = new Code(new ShowOnce("tg://login?token=AQIDBAUGBwg"), Start.AddDays(1));
        var session = new Session(new Secret("7f0b"), SessionStatus.WaitingForQr, code);
        var run = new Run
        {
            Id = new RunId("run_00000000000000000000000001"),
            Purpose = Purpose.Connect,
            Subject = "bench",
            World = null,
            CreatedAt = Start,
            Deadline = Start.AddMinutes(30),
            Draft = new ConnectionId("con_00000000000000000000000001"),
            Slots = [.. new object?[loaded.Flow.Slots.Length]],
        };
        var now = Start;
        RunEvent happened = new RunEvent.Started();
        for (var step = 0; step < 20; step++)
        {
            var next = RunMachine.Advance(loaded, run, happened, now);
            run = next.Run;
            if (next.Effects is [Engine.Runs.Effect.Call call])
            {
                happened = new RunEvent.CallAnswered(call.Id, session);
                continue;
            }

            if (run is { WakeAt: { } at, Prompt: not null }) return (run, at);
            happened = new RunEvent.Woke();
        }

        throw new InvalidOperationException($"the run does not reach its poll; it stands at step {run.Step}, {run.Exit}");
    }
}
