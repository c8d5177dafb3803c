using System.Globalization;
using System.Text.Json;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Runs;

internal sealed partial class RunTurn
{
    /// <summary>What a poll adds to its pause for good when told to slow down (RFC 8628, 3.5).</summary>
    private static readonly TimeSpan SlowDownBy = TimeSpan.FromSeconds(5);

    private const string SlowDown = "slow_down";

    private void EnterPoll(CompiledStep.Poll step)
    {
        if (EndedByTime()) return;
        NoteEntered();
        var deadline = now + step.Timeout;
        if (step.DeadlineValue is { } index) deadline = Sooner(deadline, MomentOf(scope.Value(index)));
        Remember(Memory with { Deadline = deadline });
        Become(RunStatus.WaitingProvider);
        if (step.FromValue is { } from) Read(step, Evaluate(from), null);
        else if (step.IsFirstAfter)
        {
            Remember(Memory with { NextAt = now + step.Every });
            ShowBeforeFirstAnswer(step);
        }
        else BeginRound(step);
    }

    private void BeginRound(CompiledStep.Poll step)
    {
        var memory = Memory;
        Drift(run with
        {
            Memory = run.Memory.SetItem(run.Step, memory with { NextAt = null, Rounds = memory.Rounds + 1 }),
            Hints = step.WakeOn is { } hook ? run.Hints.Remove(hook, StringComparer.Ordinal) : run.Hints,
        });
        BeginCall(PendingKind.Poll, step.Site, null);
    }

    /// <summary>An answer: the poll ends, or shows what is to be shown and waits for the next round.</summary>
    /// <param name="pace">The provider may only make the pause longer, and never longer than the longest there is.</param>
    private void Read(CompiledStep.Poll step, object answer, TimeSpan? pace)
    {
        if (step.As is { } slot) Keep(slot, answer);
        if (scope.Condition(step.UntilCondition))
        {
            NoteRounds("poll_ended");
            Change(run with { Prompt = null });
            Become(RunStatus.Running);
            next = step.Next;
            return;
        }
        var memory = Memory;
        var pause = step.Every + memory.Slower;
        if (pace > pause) pause = Sooner(now + pace.Value, now + Pauses.LongestPace) - now;
        memory = memory with { Failures = 0, NextAt = IsHinted(step) ? now : now + pause };
        Drift(run with { Memory = run.Memory.SetItem(run.Step, memory) });
        ShowPoll(step);
    }

    /// <summary>Keeps the newest answer; one that equals the last is not worth a save.</summary>
    private void Keep(int slot, object answer)
    {
        if (scope.Get(slot) is { } last && IsSame(slot, last, answer)) return;
        SetSlot(slot, answer);
    }

    private bool IsSame(int slot, object last, object answer)
    {
        if (last.Equals(answer)) return true;
        var type = loaded.SlotType(slot);
        return JsonSerializer.SerializeToUtf8Bytes(last, type, loaded.Json).AsSpan()
            .SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(answer, type, loaded.Json));
    }

    private void FailRound(CompiledStep.Poll step, Failure failure)
    {
        var memory = Memory;
        var handler = step.Catch.FirstOrDefault(handler => handler.Code == failure.Code);
        var isSlowDown = failure.Code == SlowDown && handler is null;
        if (!IsLater(failure) && failure.Code != Failures.RateLimited && (handler is not null || IsEnd(failure.Code)))
        {
            NoteRoundFailure(failure);
            Become(RunStatus.Running);
            FailStep(step.Catch, failure);
            return;
        }
        if (memory.Failures == 0 || isSlowDown) NoteRoundFailure(failure);
        if (isSlowDown) memory = memory with { Slower = memory.Slower + SlowDownBy };
        var pause = step.Every + memory.Slower;
        var asked = failure.Code == Failures.RateLimited ? Pauses.AfterRateLimit(failure, memory.Failures) : failure.RetryAfter;
        if (asked > pause) pause = asked.Value;
        var waiting = run with { Memory = run.Memory.SetItem(run.Step, memory with { Failures = memory.Failures + 1, NextAt = now + pause }) };
        // What the provider asked for must hold after a crash too, when something else wakes the run before.
        if (asked is null) Drift(waiting);
        else Change(waiting);
    }

    /// <summary>
    /// Whether the run ends with a failure that is not caught: one of the engine's, or one the flow lists. The checker lets a flow leave
    /// out only those that the operation says may pass; on a poll they delay the next round.
    /// </summary>
    private bool IsEnd(string code) =>
        code is Failures.ProviderChanged or Failures.ConfigError or Failures.InDoubt or Failures.Internal
        || flow.Fails.Any(end => end.Code == code);

    /// <summary>The rounds themselves are not noted: a poll's end counts them.</summary>
    private void NoteRounds(string kind) => Note(kind, ("rounds", Memory.Rounds.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Noted once for failures in a row: rounds are many.</summary>
    private void NoteRoundFailure(Failure failure) =>
        Note("round_failed", ("code", failure.Code), ("provider_code", failure.ProviderCode));

    private DateTimeOffset? MomentOf(object? value) => value switch
    {
        null => null,
        DateTimeOffset at => at,
        TimeSpan after => now + after,
        _ => throw new ExpressionException($"step '{Here.Name}': a {value.GetType().Name} is neither a duration nor a moment"),
    };
}
