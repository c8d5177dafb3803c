using Engine.Flows;
using Engine.History;
using Engine.Runs;
using Engine.Sdk;

namespace Engine.Tests.History;

/// <summary>
/// A provider that a scenario describes, and that goes on where the engine dies: a call made again under the same name gets the answer it
/// got before, and what confirms a call tells the truth about whether it came. Writes down every call.
/// </summary>
internal sealed class PlayedProvider(Scenario scenario, TimeProvider time) : IOperationCaller
{
    private readonly DateTimeOffset start = time.GetUtcNow();
    private readonly Dictionary<ScriptedAnswer, (DateTimeOffset First, int Count)> given = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(string Operation, EffectId Effect), Result<object>> done = [];
    private readonly HashSet<string> polled = [.. scenario.Flow.Loaded.Flow.Steps.OfType<CompiledStep.Poll>().Select(poll => scenario.Flow.Loaded.Flow.Calls[poll.Site].Operation)];

    public List<ProviderCall> Calls { get; } = [];

    /// <summary>Breaks calls, for tests of the checker. Default: each is made once.</summary>
    public Func<OperationCall, int> Times { get; set; } = _ => 1;

    public async Task<Result<object>> CallAsync(OperationCall call, CancellationToken cancellation)
    {
        for (var time = Times(call); time > 1; time--) Note(call);
        Note(call);
        if (done.TryGetValue((call.Operation, call.Effect), out var before)) return before;
        var answer = Next(call);
        if (answer is null) return Unscripted(call);
        var isSilent = answer.Content is AnswerContent.Silence || time.GetUtcNow() + answer.Takes > call.Deadline;
        if (!await IsAwaitedAsync(isSilent ? call.Deadline - time.GetUtcNow() : answer.Takes, cancellation)) throw new OperationCanceledException(cancellation);
        if (isSilent) return new Failure(Failures.ProviderTimeout, $"{call.Operation}: no answer", IsInDoubt: true);
        if (answer.Content is AnswerContent.Failed failed) return failed.Failure;
        var value = ((AnswerContent.Value)answer.Content).Record.Make(given[answer].First);
        if (!polled.Contains(call.Operation)) done[(call.Operation, call.Effect)] = value;
        return value;
    }

    private void Note(OperationCall call) => Calls.Add(new ProviderCall(call.Operation, call.Effect.Value, time.GetUtcNow()));

    private Result<object> Unscripted(OperationCall call)
    {
        var flow = scenario.Flow.Loaded.Flow;
        var confirmed = flow.Steps.Select(step => step switch
        {
            CompiledStep.Call { Confirm: { } confirm, Site: var site } when flow.Calls[confirm].Operation == call.Operation => flow.Calls[site].Operation,
            CompiledStep.Prompt { SubmitConfirm: { } confirm, Submit: { } site } when flow.Calls[confirm].Operation == call.Operation => flow.Calls[site].Operation,
            _ => null,
        }).OfType<string>().ToHashSet();
        var hasCome = confirmed.Count == 0 || Calls.Any(made => confirmed.Contains(made.Operation));

        // Statements, since the arms of one expression would share the type object, and a failure would pass for an answer.
        if (hasCome && scenario.AnyAnswer(call.Provider, call.Operation) is { } value) return value.Make(time.GetUtcNow());
        return new Failure("not_found", "nothing of the kind happened");
    }

    private ScriptedAnswer? Next(OperationCall call)
    {
        if (scenario.Test.Provider.FirstOrDefault(script => script.Provider == call.Provider && script.Operation == call.Operation) is not { } script) return null;
        var now = time.GetUtcNow();
        var answer = script.IsByTime
            ? script.Answers.LastOrDefault(one => start + one.From <= now) ?? script.Answers[0]
            : script.Answers.FirstOrDefault(one => (one.Times ?? int.MaxValue) > given.GetValueOrDefault(one).Count) ?? script.Answers[^1];
        var known = given.TryGetValue(answer, out var before) ? before : (First: script.IsByTime ? start + answer.From : now, Count: 0);
        given[answer] = known with { Count = known.Count + 1 };
        return answer;
    }

    private async Task<bool> IsAwaitedAsync(TimeSpan span, CancellationToken cancellation)
    {
        if (span <= TimeSpan.Zero) return true;

        // Not Task.Delay: that may end by way of the thread pool, and virtual time must know when all is quiet.
        var ended = new TaskCompletionSource<bool>();
        await using var timer = time.CreateTimer(_ => ended.TrySetResult(true), null, span, Timeout.InfiniteTimeSpan);
        await using var registration = cancellation.Register(() => ended.TrySetResult(false));
        return await ended.Task;
    }
}
