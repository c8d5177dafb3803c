using Engine.Flows;
using Engine.Sdk;

namespace Engine.Runs;

internal sealed partial class RunTurn
{
    /// <summary>Time passed: tests limits, then what is due.</summary>
    private void Wake()
    {
        if (!run.IsStarted)
        {
            Start();
            return;
        }
        if (run.Ending is not null || IsSettling)
        {
            if (run.Ending is null && now >= run.Deadline)
            {
                Change(run with { Ending = new Ending(RunStatus.Expired, EngineTexts.RunExpired, Here.Name) });
            }
            ResumeCall();
            return;
        }
        if (now >= run.Deadline) End(RunStatus.Expired, EngineTexts.RunExpired);
        else if (Memory.Deadline <= now && run.Pending is not { Kind: PendingKind.Submit, SendAt: null }) TimeOut();
        else
        {
            HideExpired();
            ResumeCall();
            ResumeWait();
        }
    }

    /// <summary>
    /// Ends the pause before the next call of this step. A call that waits to be sent has surely not happened, so that sending it sooner repeats
    /// nothing; one whose outcome is lost or in doubt is left alone, and so are a flow's own waits and a call that the provider's rate limit holds back.
    /// </summary>
    private void Hurry()
    {
        if (run.Pending is { SendAt: { } at, IsLost: false, ConfirmingSince: null, RateLimits: 0 } call && at > now)
        {
            Note("hurried");
            Change(run with { Pending = call with { SendAt = now } });
        }
        else if (run.Pending is null && run.Ending is null && Here is CompiledStep.Poll && Memory.NextAt > now)
        {
            Note("hurried");
            Remember(Memory with { NextAt = now });
        }
        Wake();
    }

    private void ResumeWait()
    {
        if (run.Pending is not null || !(Memory.NextAt <= now)) return;
        if (Here is CompiledStep.Poll poll) BeginRound(poll);
        else if (Here is CompiledStep.Wait wait) next = wait.Next;
    }

    /// <summary>Whether the run's own limit has passed. Asked only where it would wait: what takes no time may still be done.</summary>
    private bool EndedByTime()
    {
        if (now < run.Deadline) return false;
        End(RunStatus.Expired, EngineTexts.RunExpired);
        return true;
    }

    private void TimeOut()
    {
        if (Here is CompiledStep.Poll) NoteRounds("timed_out");
        else Note("timed_out");
        Change(run with { Pending = null, Prompt = null });
        var target = Here switch
        {
            CompiledStep.Call call => call.OnTimeout,
            CompiledStep.Poll poll => poll.OnTimeout,
            CompiledStep.Prompt prompt => prompt.OnTimeout,
            CompiledStep.Redirect redirect => redirect.OnTimeout,
            CompiledStep.Await wait => wait.OnTimeout,
            _ => null,
        };
        if (target is { } step) next = step;
        else if (Here is CompiledStep.Call or CompiledStep.Await or CompiledStep.Poll { Show: null }) End(RunStatus.Failed, Failures.ProviderTimeout);
        else End(RunStatus.Expired, EngineTexts.Expired);
    }

    private DateTimeOffset? WakeAt()
    {
        if (run.Status.IsFinal()) return null;
        if (run.Pending is { } call)
        {
            if (call.IsLost) return call.Deadline;
            if (run.Ending is not null || IsSettling) return call.SendAt;
        }
        var memory = Memory;
        var wake = run.Deadline;
        if (run.Pending is not { Kind: PendingKind.Submit, SendAt: null }) wake = Sooner(wake, memory.Deadline);
        if (run.Pending is { } pending) wake = Sooner(wake, pending.SendAt);
        else wake = Sooner(wake, memory.NextAt);
        return run.Prompt?.Show is { } shown && shown.HasValue() ? Sooner(wake, shown.ExpiresAt) : wake;
    }

    private static DateTimeOffset Sooner(DateTimeOffset one, DateTimeOffset? other) => other < one ? other.Value : one;
}
