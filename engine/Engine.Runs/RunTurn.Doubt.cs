using Engine.Flows;
using Engine.Sdk;

namespace Engine.Runs;

internal sealed partial class RunTurn
{
    /// <summary>How long it is asked whether a call in doubt happened.</summary>
    private static readonly TimeSpan ConfirmLimit = CallLimits.Confirm;

    private static readonly TimeSpan ConfirmPause = TimeSpan.FromSeconds(1);

    /// <summary>The worker that made the call is gone, and its outcome with it.</summary>
    private void Lose(PendingCall call)
    {
        if (call.Kind == PendingKind.LookUp)
        {
            effect = new Effect.LookUpIdentity(call.Effect, (string)call.Input);
            return;
        }
        var isOnce = flow.Calls[call.Site].Effect == Sdk.Effect.Once && call.ConfirmingSince is null;
        if (!isOnce)
        {
            call = call with { Deadline = DeadlineOf(call) };
            Change(run with { Pending = call });
            if (call.Kind != PendingKind.Poll) NoteCall("call_repeated", call);
            Perform(call);
        }
        else if (call.Kind == PendingKind.Undo) UndoneOne(call, "undo_in_doubt");
        else if (call.Deadline <= now) Settle(call);
        else
        {
            NoteCall("call_lost", call);
            Change(run with { Pending = call with { IsLost = true } });
        }
    }

    /// <summary>Finds out whether a call happened that must not be repeated.</summary>
    private void Settle(PendingCall call)
    {
        if (call.Confirm is not { } confirm) RemainInDoubt();
        else Send(call with { ConfirmingSince = now, Attempt = 1, RateLimits = 0, Confirm = confirm with { SettleBy = call.Deadline } });
    }

    private void FailConfirm(PendingCall call, Failure failure)
    {
        var isEarly = now < call.Confirm?.SettleBy;
        var mayAskAgain = isEarly || IsLater(failure) || failure.Code == Failures.RateLimited;
        if (!mayAskAgain || now - call.ConfirmingSince >= ConfirmLimit)
        {
            RemainInDoubt();
            return;
        }
        var pause = failure.Code == Failures.RateLimited
            ? Pauses.AfterRateLimit(failure, call.RateLimits)
            : Pauses.AfterAttempt(ConfirmPause, call.Attempt);
        if (isEarly && call.Confirm is { } confirm && now + pause > confirm.SettleBy) pause = confirm.SettleBy - now;
        WaitToSend(call with { Attempt = call.Attempt + 1, RateLimits = call.RateLimits + 1 }, pause > ConfirmLimit ? ConfirmLimit : pause);
    }

    private void RemainInDoubt()
    {
        Note("in_doubt");
        if (run.Ending is not null) AbandonCall();
        else GiveUpCall(new Failure(Failures.InDoubt, "it is not known whether the call happened", IsInDoubt: true));
    }
}
