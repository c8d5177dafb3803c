using Engine.Flows;
using Engine.Runs;
using Engine.Sdk;

namespace Engine.Host;

/// <summary>Answers calls as a test says. A call that the test did not expect stops the test.</summary>
/// <param name="crash">Told that the engine is to die around the save that follows.</param>
internal sealed class ScriptedProvider(FlowTest test, TimeProvider time, Transcript transcript, Action<CrashPoint> crash) : IOperationCaller
{
    private readonly DateTimeOffset start = time.GetUtcNow();
    private readonly Dictionary<ScriptedAnswer, Given> given = new(ReferenceEqualityComparer.Instance);

    /// <summary>Every call so far, with the line of the transcript.</summary>
    public List<(OperationCall Call, int Line)> Calls { get; } = [];

    /// <summary>What the test did not expect; null while all is as it says.</summary>
    public Difference? Trouble { get; private set; }

    /// <summary>Answers that nobody asked for.</summary>
    public IEnumerable<Difference> Unused => test.Provider.Where(script => script is { IsOptional: false, IsByTime: false })
        .SelectMany(script => script.Answers.Select(answer => (Script: script, Answer: answer)))
        .Where(one => Left(one.Answer) > 0 && !(one.Answer.Times is null && given.ContainsKey(one.Answer)))
        .Select(one => new Difference(
            one.Answer.Place, $"'{one.Script.Provider}.{one.Script.Operation}' is asked for this answer",
            one.Answer.Times is > 1 and { } times && Left(one.Answer) < times ? $"{times - Left(one.Answer)} times of {times}" : "it is not", null));

    public async Task<Result<object>> CallAsync(OperationCall call, CancellationToken cancellation)
    {
        Calls.Add((call, transcript.AddCall(call)));
        if (Next(call) is not { } answer) return new Failure(Failures.Internal, "the test has no answer to this call");
        var isSilent = answer.Content is AnswerContent.Silence || time.GetUtcNow() + answer.Takes > call.Deadline;
        if (!await IsAwaitedAsync(isSilent ? call.Deadline - time.GetUtcNow() : answer.Takes, cancellation)) throw new OperationCanceledException(cancellation);

        var result = isSilent
            ? new Failure(Failures.ProviderTimeout, $"{call.Provider}.{call.Operation}: no answer before the call's deadline", IsInDoubt: true)
            : ResultOf(call, answer);
        transcript.AddAnswer(result);
        if (answer.Crash is { } point) crash(point);
        return result;
    }

    private async Task<bool> IsAwaitedAsync(TimeSpan span, CancellationToken cancellation)
    {
        if (span <= TimeSpan.Zero) return true;

        // Not Task.Delay: that may end by way of the thread pool, and virtual time must know when all is quiet.
        var ended = new TaskCompletionSource<bool>();
        await using var timer = time.CreateTimer(_ => ended.TrySetResult(true), null, span, Timeout.InfiniteTimeSpan);
        await using var registration = cancellation.Register(() => ended.TrySetResult(false));
        var isAwaited = await ended.Task;
        if (!isAwaited) transcript.Add("answer", "nobody waits for it any more");
        return isAwaited;
    }

    private ScriptedAnswer? Next(OperationCall call)
    {
        if (test.Provider.FirstOrDefault(script => script.Provider == call.Provider && script.Operation == call.Operation) is not { } script)
        {
            Trouble = new Difference(test.Place, "the test says what the provider answers", $"'{call.Provider}.{call.Operation}' is called, and it does not", transcript.Lines.Count - 1);
            return null;
        }

        var now = time.GetUtcNow();
        var answer = script.IsByTime
            ? script.Answers.LastOrDefault(one => start + one.From <= now)
            : script.Answers.FirstOrDefault(one => Left(one) > 0);
        if (answer is null)
        {
            var count = Calls.Count(one => one.Call.Provider == call.Provider && one.Call.Operation == call.Operation);
            Trouble = new Difference(
                script.Place, script.IsByTime ? "an answer for every moment" : $"no more than {Times(count - 1)}",
                $"'{call.Provider}.{call.Operation}' is called {(script.IsByTime ? "before the first" : Times(count))}", transcript.Lines.Count - 1);
            return null;
        }

        var known = given.GetValueOrDefault(answer) ?? new Given(script.IsByTime ? start + answer.From : now, 0);
        given[answer] = known with { Count = known.Count + 1 };
        return answer;
    }

    private Result<object> ResultOf(OperationCall call, ScriptedAnswer answer)
    {
        if (answer.Content is AnswerContent.Value value) return value.Record.Make(given[answer].First);
        if (answer.Content is not AnswerContent.Failed failed) throw new System.Diagnostics.UnreachableException();
        if (failed.Needs is { } argument && !HasArgument(call.Input, argument))
        {
            Trouble = new Difference(
                answer.Place, $"'{call.Provider}.{call.Operation}' is called with '{argument}': otherwise it cannot fail with '{failed.Failure.Code}'",
                "it is called without", transcript.Lines.Count - 1);
        }

        return failed.Failure;
    }

    private static bool HasArgument(object input, string argument) => input.GetType().GetProperties()
        .Any(property => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name) == argument && property.GetValue(input) is not null);

    private int Left(ScriptedAnswer answer) => (answer.Times ?? int.MaxValue) - (given.GetValueOrDefault(answer)?.Count ?? 0);

    private static string Times(int count) => count == 1 ? "once" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{count} times");

    /// <summary>When an answer was first given, from which its moments count, and how often.</summary>
    private sealed record Given(DateTimeOffset First, int Count);
}

/// <summary>Something that is not as a test says.</summary>
/// <param name="Place">What the test says, in its file.</param>
/// <param name="Line">The line of the transcript where it shows; null for none.</param>
internal sealed record Difference(Place Place, string Expected, string Was, int? Line);
