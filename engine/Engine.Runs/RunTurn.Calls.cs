using System.Globalization;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Runs;

internal sealed partial class RunTurn
{
    /// <summary>The longest that one attempt may take.</summary>
    private static readonly TimeSpan AttemptLimit = CallLimits.Attempt;

    /// <summary>Whether a call is under way that must happen once, or that is looked up: it cannot be abandoned.</summary>
    private bool IsSettling => run.Pending is { Kind: PendingKind.Call or PendingKind.Submit } call
        && (call.ConfirmingSince is not null || (call.SendAt is null && flow.Calls[call.Site].Effect == Sdk.Effect.Once));

    private PendingCall? AwaitedCall(EffectId id) => run.Pending is { SendAt: null } call && call.Effect == id ? call : null;

    private void EnterCall(CompiledStep.Call step)
    {
        if (EndedByTime()) return;
        NoteEntered();
        Remember(Memory with { Deadline = now + step.Timeout });
        BeginCall(PendingKind.Call, step.Site, step.Confirm);
    }

    private void BeginCall(PendingKind kind, int siteIndex, int? confirmSite)
    {
        var site = flow.Calls[siteIndex];
        var confirm = confirmSite is { } index && site.Effect == Sdk.Effect.Once
            ? new ConfirmCall(index, Evaluate(flow.Calls[index].Arguments), now)
            : null;
        Send(new PendingCall(kind, default, siteIndex, Evaluate(site.Arguments), 1, now) { Confirm = confirm });
    }

    private void Send(PendingCall call)
    {
        var id = new EffectId("e" + (run.Effects + 1).ToString(CultureInfo.InvariantCulture));
        call = call with { Effect = id, SendAt = null, IsLost = false, Deadline = DeadlineOf(call) };
        var sent = run with { Pending = call, Effects = run.Effects + 1 };
        if (call.Kind == PendingKind.Poll) Drift(sent);
        else
        {
            Change(sent with { Status = RunStatus.Running });
            NoteCall(call.ConfirmingSince is null ? "call_sent" : "confirm_sent", call);
        }
        Perform(call);
    }

    private void Perform(PendingCall call)
    {
        var (siteIndex, input) = call is { ConfirmingSince: not null, Confirm: { } confirm }
            ? (confirm.Site, confirm.Input)
            : (call.Site, call.Input);
        var site = flow.Calls[siteIndex];
        effect = new Effect.Call(call.Effect, site.Provider, site.Operation, input, call.Deadline);
    }

    /// <summary>A call that may be abandoned ends with its step; one that may not, or that takes back, has its own time.</summary>
    private DateTimeOffset DeadlineOf(PendingCall call)
    {
        var deadline = now + AttemptLimit;
        if (call.Kind == PendingKind.Undo || call.ConfirmingSince is not null) return deadline;
        if (flow.Calls[call.Site].Effect == Sdk.Effect.Once) return deadline;
        deadline = Sooner(deadline, run.Deadline);
        return call.Kind == PendingKind.Submit ? deadline : Sooner(deadline, Memory.Deadline);
    }

    private void ResumeCall()
    {
        if (run.Pending is not { } call) return;
        if (call.SendAt <= now) Send(call);
        else if (call.IsLost && call.Deadline <= now) Settle(call);
    }

    private void Answer(PendingCall call, object value, TimeSpan? pace)
    {
        if (call.Kind == PendingKind.Poll)
        {
            Drift(run with { Pending = null });
            if (Here is CompiledStep.Poll poll) Read(poll, value, pace);
            return;
        }
        NoteCall("call_answered", call);
        Change(run with { Pending = null });
        if (call.Kind == PendingKind.Undo) UndoneOne(call, "undone");
        else if (Here is CompiledStep.Call step) AnswerCall(step, value);
        else if (Here is CompiledStep.Prompt prompt) AnswerSubmit(prompt, value);
    }

    private void AnswerCall(CompiledStep.Call step, object value)
    {
        if (step.As is { } slot) SetSlot(slot, value);
        Arm(step.Undo);
        foreach (var part in step.Leftover) KeepLeftover(part);
        if (run.Ending is not null) UndoNext();
        else next = step.Next;
    }

    /// <summary>Keeps the call that takes back what was just answered, its arguments fixed now.</summary>
    private void Arm(Undo? undo)
    {
        if (undo is null) return;
        Change(run with { Undo = run.Undo.Add(new UndoEntry(run.Step, undo.Site, Evaluate(flow.Calls[undo.Site].Arguments))) });
    }

    private void Fail(PendingCall call, Failure failure)
    {
        if (call.Kind == PendingKind.Poll)
        {
            Drift(run with { Pending = null });
            if (Here is CompiledStep.Poll poll) FailRound(poll, failure);
            return;
        }
        NoteCall(
            "call_failed", call, ("code", failure.Code), ("provider_code", failure.ProviderCode), ("in_doubt", IsInDoubt(failure) ? "yes" : ""));
        if (call.Kind == PendingKind.Undo) FailUndo(call, failure);
        else if (call.ConfirmingSince is not null) FailConfirm(call, failure);
        else if (flow.Calls[call.Site].Effect == Sdk.Effect.Once && IsInDoubt(failure)) Settle(call);
        else if (run.Ending is not null) AbandonCall();
        else RetryOrGiveUp(call, failure);
    }

    private void RetryOrGiveUp(PendingCall call, Failure failure)
    {
        if (failure.Code == Failures.RateLimited)
        {
            var pause = Pauses.AfterRateLimit(failure, call.RateLimits);
            if (IsWorthWaiting(call, pause)) WaitToSend(call with { RateLimits = call.RateLimits + 1 }, pause);
            else GiveUpCall(failure);
        }
        else if (!IsLater(failure)) GiveUpCall(failure);
        else if (Memory.Deadline <= now) TimeOut();
        else if (call.Attempt >= RetryOf(Here).Max) GiveUpCall(failure);
        else
        {
            var pause = Pauses.AfterAttempt(RetryOf(Here).Every, call.Attempt);
            WaitToSend(call with { Attempt = call.Attempt + 1, RateLimits = 0 }, failure.RetryAfter > pause ? failure.RetryAfter.Value : pause);
        }
    }

    /// <summary>A pause that outlasts the run ends the call at once, and a person is not kept waiting for long either.</summary>
    private bool IsWorthWaiting(PendingCall call, TimeSpan pause) =>
        now + pause < run.Deadline && (call.Kind != PendingKind.Submit || pause <= Pauses.Longest / 2);

    private void WaitToSend(PendingCall call, TimeSpan pause)
    {
        Change(run with { Pending = call with { SendAt = now + pause } });
        if (run.Ending is null) Become(RunStatus.WaitingProvider);
    }

    private void GiveUpCall(Failure failure)
    {
        Change(run with { Pending = null });
        if (Here is CompiledStep.Prompt prompt) FailSubmit(prompt, failure);
        else if (Here is CompiledStep.Call call) FailStep(call.Catch, failure);
    }

    private void AbandonCall()
    {
        Change(run with { Pending = null });
        UndoNext();
    }

    /// <summary>Runs the steps for a failure, or ends the run with its code.</summary>
    private void FailStep(IReadOnlyList<Handler> handlers, Failure failure)
    {
        Change(run with { Prompt = null });
        if (handlers.FirstOrDefault(handler => handler.Code == failure.Code) is { } handler) Handle(handler, failure);
        else End(RunStatus.Failed, failure.Code);
    }

    private void Handle(Handler handler, Failure failure)
    {
        SetSlot(RootSlots.Failure, failure);
        next = handler.Target;
    }

    private static bool IsInDoubt(Failure failure) => failure.IsInDoubt || failure.Code == Failures.InDoubt;

    /// <summary>Whether a failure says that the same call may work later.</summary>
    private static bool IsLater(Failure failure) => failure.Code is Failures.ProviderDown or Failures.ProviderTimeout;

    private static Retry RetryOf(CompiledStep step) => step switch
    {
        CompiledStep.Call call => call.Retry,
        CompiledStep.Prompt prompt => prompt.SubmitRetry,
        _ => new Retry(1, TimeSpan.Zero),
    };

    private void NoteCall(string kind, PendingCall call, params ReadOnlySpan<(string Name, string Value)> more)
    {
        var index = call is { ConfirmingSince: not null, Confirm: { } confirm } ? confirm.Site : call.Site;
        var site = flow.Calls[index];
        var detail = new List<(string, string)>
        {
            ("operation", $"{site.Provider}.{site.Operation}"),
            ("effect", call.Effect.Value),
            ("attempt", call.Attempt.ToString(CultureInfo.InvariantCulture)),
        };
        foreach (var (name, value) in more)
        {
            if (value.Length > 0) detail.Add((name, value));
        }
        Note(kind, detail.ToArray());
    }
}
