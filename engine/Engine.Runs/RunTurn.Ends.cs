using System.Collections.Immutable;
using System.Text.Json;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Runs;

internal sealed partial class RunTurn
{
    private static readonly Retry UndoRetry = new(CallLimits.UndoAttempts, TimeSpan.FromSeconds(1));

    /// <summary>A run's end is not held up longer than this for one undo.</summary>
    private static readonly TimeSpan LongestUndoPause = TimeSpan.FromSeconds(10);

    /// <summary>Ends the run, after taking back what it did unless it succeeded.</summary>
    private void End(RunStatus status, string code)
    {
        next = null;
        effect = null;
        Change(run with
        {
            Pending = null,
            Prompt = null,
            Status = RunStatus.Running,
            Ending = new Ending(status, code, Here.Name),
            Undo = status == RunStatus.Succeeded ? [] : run.Undo,
        });
        UndoNext();
    }

    private void Restart()
    {
        if (run.Restarts >= flow.Limits.Restarts)
        {
            End(RunStatus.Failed, EngineTexts.TooManyAttempts);
            return;
        }
        Note("restarted");
        Change(run with
        {
            Pending = null,
            Prompt = null,
            Status = RunStatus.Running,
            Ending = new Ending(RunStatus.Running, "", Here.Name, IsRestart: true),
        });
        UndoNext();
    }

    private void UndoNext()
    {
        if (run.Prompt is not null) Change(run with { Prompt = null });
        if (run.Undo.IsEmpty)
        {
            if (run.Ending is not { } ending) return;
            if (ending.IsRestart) BeginAgain();
            else Conclude(ending);
            return;
        }
        var entry = run.Undo[^1];
        Send(new PendingCall(PendingKind.Undo, default, entry.Site, entry.Input, 1, now));
    }

    private void FailUndo(PendingCall call, Failure failure)
    {
        var isOnce = flow.Calls[call.Site].Effect == Sdk.Effect.Once;
        var isLater = IsLater(failure) || failure.Code == Failures.RateLimited;
        if (call.Attempt >= UndoRetry.Max || !isLater || (isOnce && failure.IsInDoubt))
        {
            UndoneOne(call, "undo_failed");
            return;
        }
        var pause = Pauses.AfterAttempt(UndoRetry.Every, call.Attempt);
        if (failure.RetryAfter > pause) pause = failure.RetryAfter.Value;
        WaitToSend(call with { Attempt = call.Attempt + 1 }, pause > LongestUndoPause ? LongestUndoPause : pause);
    }

    private void UndoneOne(PendingCall call, string kind)
    {
        NoteCall(kind, call, ("of", run.Undo.IsEmpty ? "" : flow.Steps[run.Undo[^1].Step].Name));
        Change(run with { Pending = null, Undo = run.Undo.IsEmpty ? [] : run.Undo.RemoveAt(run.Undo.Length - 1) });
        UndoNext();
    }

    /// <summary>The flow from its first step, with what it was given at the start and what it left at the provider since.</summary>
    private void BeginAgain()
    {
        for (var slot = RootSlots.Failure; slot < run.Slots.Length; slot++)
        {
            if (slot is not (RootSlots.Run or RootSlots.Now) && slot != flow.HooksSlot && slot != flow.StartsOn?.Slot) SetSlot(slot, null);
        }
        if (run.HasNewLeftover) SetSlot(RootSlots.Leftover, LeftoverRecord());
        Change(run with { Restarts = run.Restarts + 1, Ending = null, Memory = run.Memory.Clear() });
        next = 0;
    }

    private void KeepLeftover(LeftoverPart part)
    {
        if (scope.Value(part.Value) is not { } value) return;
        Change(run with { Leftover = run.Leftover.SetItem(part.Name, ToJson(value)), HasNewLeftover = true });
    }

    private object? LeftoverRecord() =>
        JsonSerializer.SerializeToElement(run.Leftover).Deserialize(loaded.SlotType(RootSlots.Leftover), loaded.Json);

    /// <summary>The end. Nothing a person typed and nothing secret outlives it in the run.</summary>
    private void Conclude(Ending ending)
    {
        var isSuccess = ending.Status == RunStatus.Succeeded;
        // A connection that is stored and does not work yet is a success with something to be said.
        var text = !isSuccess ? EngineTexts.TextOf(flow, ending.Code)
            : run.Stored is { Health: ConnectionHealth.Suspended, Cause: { } cause } ? EngineTexts.TextOf(flow, cause)
            : ImmutableDictionary<string, string>.Empty;
        if (isSuccess) isLeftoverUsedUp = true;
        else if (run.HasNewLeftover)
        {
            leftover = JsonSerializer.Serialize(run.Leftover);
            isLeftoverUsedUp = true;
        }
        Note("ended", ("code", ending.Code), ("status", ending.Status.ToString().ToLowerInvariant()));
        slots = null;
        Change(run with
        {
            Status = ending.Status,
            Exit = new Exit(ending.Code, ending.Step, now, text),
            Slots = [.. new object?[run.Slots.Length]],
            Memory = run.Memory.Clear(),
            Pending = null,
            Prompt = null,
            Ending = null,
            Leftover = run.Leftover.Clear(),
            Signals = [],
            Hints = [],
        });
    }
}
