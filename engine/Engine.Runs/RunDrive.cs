using Engine.Flows;
using Engine.Sdk;

namespace Engine.Runs;

/// <summary>One run driven from a claim until it waits: events in, saves and effects out.</summary>
internal sealed class RunDrive(
    RunPorts ports, RunChanges changes, TimeProvider time, HeldRun held, LoadedFlow flow, Run loaded)
{
    /// <summary>
    /// How long a call may last before the inbox is looked into, and how old such a look may be when something is stored: what came
    /// between the claim and the first hint was hinted to nobody, and any hint may be lost.
    /// </summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(250);

    /// <summary>How long past its deadline a call is believed in, and an abandoned one waited for.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    private readonly List<Task> abandoned = [];
    private Run run = loaded;
    private long inboxSeen = held.Claimed.Run.InboxSeen;
    private DateTimeOffset lookedAt = time.GetUtcNow();
    private CallUnderWay? call;

    /// <summary>The run as it is stored.</summary>
    public StoredRun Row { get; private set; } = held.Claimed.Run;

    /// <summary>Drives; gives the state it waits in, or null where it has ended, was lost or was let go of.</summary>
    public async Task<Run?> RunAsync(CancellationToken cancellation)
    {
        try
        {
            var events = FirstEvents();
            while (await StepAsync(events) is { } isReleased)
            {
                if (isReleased) return run.Status.IsFinal() ? null : run;
                if (await NextEventsAsync(cancellation) is not { } more) return null;
                events = more;
            }
            return null;
        }
        finally
        {
            Abandon();
            await Task.WhenAll(abandoned).WaitAsync(Grace, time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private List<ToldEvent> FirstEvents()
    {
        var events = new List<ToldEvent>();
        if (!run.IsStarted) events.Add(new(new RunEvent.Started()));
        if (run is { IsAsking: true, Pending: { } pending }) events.Add(new(new RunEvent.CallLost(pending.Effect)));
        AddInbox(events, held.Claimed.Inbox);
        events.Add(new(new RunEvent.Woke()));
        return events;
    }

    private void AddInbox(List<ToldEvent> events, IReadOnlyList<InboxItem> items)
    {
        foreach (var item in items.Where(item => item.Seq > inboxSeen))
        {
            inboxSeen = item.Seq;
            RunEvent happened = item.Content switch
            {
                InboxContent.Replied replied => new RunEvent.Replied(replied.Reply),
                InboxContent.CancelRequested => new RunEvent.CancelRequested(),
                InboxContent.Hurried => new RunEvent.Hurried(),
                InboxContent.Returned returned => new RunEvent.Returned(returned.Return),
                InboxContent.Signalled signalled => new RunEvent.Signalled(signalled.Signal),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
            events.Add(new(happened, item));
        }
    }

    /// <summary>
    /// Tells the run what happened, stores what follows, begins the effect. True: it waits and was let go of; false: it goes on;
    /// null: it is somebody else's now.
    /// </summary>
    private async Task<bool?> StepAsync(List<ToldEvent> events)
    {
        var now = time.GetUtcNow();
        var transition = Advance(events, now);
        if (!transition.IsQuiet && now - lookedAt > FirstLook && await LookAsync() is { Count: > 0 } came)
        {
            // It came before what is told now, and is told before it: nobody's cancel is overtaken by a late answer.
            events.InsertRange(0, came);
            transition = Advance(events, now);
        }

        var before = run;
        run = transition.Run;
        var isReleased = !run.IsAsking && !(run.WakeAt <= now);
        if (!transition.IsQuiet || inboxSeen != Row.InboxSeen)
        {
            var save = RunRow.SaveOf(held.Lease, Row, flow, before, transition, now) with { IsReleased = isReleased };
            save = save with { Run = save.Run with { InboxSeen = inboxSeen } };
            if (!await ports.Store.SaveAsync(save, CancellationToken.None)) return null;
            RunSpan.Saved(save);
            if (save.Run.Revision != Row.Revision) changes.RunChanged(run.Id);
            Row = save.Run;
        }
        else if (isReleased && !await ports.Store.PostponeAsync(held.Lease, run.WakeAt ?? now, CancellationToken.None)) return null;
        if (isReleased) return true;
        if (call?.Effect != run.Pending?.Effect || !run.IsAsking) Abandon();
        if (call is null && transition.Effects is [var effect]) Begin(effect);
        return false;
    }

    /// <summary>Several events, one save.</summary>
    private Transition Advance(List<ToldEvent> events, DateTimeOffset now)
    {
        var all = new Transition(run, [], [], null, null, false, true);
        foreach (var (happened, item) in events)
        {
            try
            {
                var next = RunMachine.Advance(flow, all.Run, happened, now);
                all = Join(all, item is null ? next : JournalMarks.Heard(next, item, flow.Flow.Steps[all.Run.Step].Name, all.Run.Status.IsFinal(), now));
            }
            catch (Exception exception)
            {
                var step = flow.Flow.Steps[all.Run.Step].Name;
                throw new RunFault(step, Row.Step, $"'{happened.GetType().Name}' cannot be applied at step '{step}'", exception);
            }
        }
        return all;
    }

    /// <summary>An effect that a later event took back is dropped.</summary>
    private static Transition Join(Transition first, Transition then) => new(
        then.Run,
        [.. first.Effects.AddRange(then.Effects).Where(effect => then.Run.IsAsking && IdOf(effect) == then.Run.Pending?.Effect)],
        first.Journal.AddRange(then.Journal),
        then.Connection ?? first.Connection,
        then.Leftover ?? first.Leftover,
        first.IsLeftoverUsedUp || then.IsLeftoverUsedUp,
        first.IsQuiet && then.IsQuiet);

    private static EffectId IdOf(Effect effect) => effect switch
    {
        Effect.Call call => call.Id,
        Effect.LookUpIdentity lookUp => lookUp.Id,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private void Begin(Effect effect)
    {
        var cancel = new CancellationTokenSource();
        var end = effect is Effect.Call made ? made.Deadline + Grace : DateTimeOffset.MaxValue;
        call = new CallUnderWay(IdOf(effect), PerformAsync(effect, cancel.Token), cancel, end);
    }

    /// <summary>Stops waiting for a call. Its late answer is dropped; the task is waited for at the end.</summary>
    private void Abandon()
    {
        if (call is not { } gone) return;
        call = null;
        gone.Cancel.Cancel();
        abandoned.Add(gone.Outcome.ContinueWith(
            _ => gone.Cancel.Dispose(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default));
    }

    private async Task<RunEvent> PerformAsync(Effect effect, CancellationToken cancellation)
    {
        if (effect is Effect.LookUpIdentity lookUp)
        {
            return new RunEvent.IdentityLookedUp(
                lookUp.Id, await ports.Store.FindConnectionAsync(Row.Flow, lookUp.IdentityKey, Row.World is not null, cancellation));
        }
        if (effect is not Effect.Call made) throw new System.Diagnostics.UnreachableException();
        var request = new OperationCall(
            run.Id, made.Id, made.Provider, flow.Flow.Providers[made.Provider], made.Operation, made.Input, run.World, made.Deadline)
        {
            MayWait = run is { Ending: null, Pending: { ConfirmingSince: null, Kind: PendingKind.Call or PendingKind.Poll or PendingKind.Submit } },
            IsRetry = run.Pending is { Kind: not PendingKind.Undo, Attempt: > 1, RateLimits: 0, ConfirmingSince: null },
        };
        try
        {
            var result = await ports.Caller.CallAsync(request, cancellation);
            return result.IsFailure ? new RunEvent.CallFailed(made.Id, result.Failure) : new RunEvent.CallAnswered(made.Id, result.Value, result.Pace);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return new RunEvent.CallFailed(made.Id, new Failure(Failures.Internal, $"the call threw {exception.GetType().Name}", IsInDoubt: true));
        }
    }

    /// <summary>Waits for the call, a hint, or the moment the run wants to be woken. Null: the pump stops and the run was let go of.</summary>
    private async Task<List<ToldEvent>?> NextEventsAsync(CancellationToken cancellation)
    {
        if (call is not { } waited) return [new(new RunEvent.Woke())];
        var hint = changes.NextChange(run.Id);
        var look = time.GetUtcNow() + FirstLook;
        while (!waited.Outcome.IsCompleted)
        {
            var now = time.GetUtcNow();
            if (run.WakeAt <= now) return [new(new RunEvent.Woke())];
            if (waited.End <= now) return GiveUp(waited);
            await WaitAsync(waited.Outcome, hint, Sooner(Sooner(look, waited.End), run.WakeAt) - now, cancellation);
            if (waited.Outcome.IsCompleted) break;
            if (held.Lost.IsCompleted) return null;
            if (cancellation.IsCancellationRequested && await LetGoAsync()) return null;
            if (!hint.IsCompleted && time.GetUtcNow() < look) continue;
            look = DateTimeOffset.MaxValue;
            if (hint.IsCompleted) hint = changes.NextChange(run.Id);
            if (await LookAsync() is { Count: > 0 } events) return events;
        }
        call = null;
        var outcome = await waited.Outcome;
        waited.Cancel.Dispose();
        return [new(outcome)];
    }

    private async Task<List<ToldEvent>> LookAsync()
    {
        lookedAt = time.GetUtcNow();
        var events = new List<ToldEvent>();
        AddInbox(events, await ports.Store.ReadInboxAsync(run.Id, inboxSeen, CancellationToken.None));
        return events;
    }

    /// <summary>A plugin that neither answers nor listens when it is stopped must not hold its run for ever.</summary>
    private List<ToldEvent> GiveUp(CallUnderWay deaf)
    {
        Abandon();
        var failure = new Failure(Failures.ProviderTimeout, "the call did not end by its deadline", IsInDoubt: true);
        return [new(new RunEvent.CallFailed(deaf.Effect, failure))];
    }

    private async Task WaitAsync(Task outcome, Task hint, TimeSpan pause, CancellationToken cancellation)
    {
        using var awake = CancellationTokenSource.CreateLinkedTokenSource(MayLetGo ? cancellation : default);
        await Task.WhenAny(outcome, hint, held.Lost, Task.Delay(Capped(pause), time, awake.Token));
        End(awake);
    }

    /// <summary>At once and on this thread: nothing but a timer hangs on it, and virtual time must know when all is quiet.</summary>
    private static void End(CancellationTokenSource awake) => awake.Cancel();

    /// <summary>Whether the call may be left to the next worker, who makes it again.</summary>
    private bool MayLetGo => run.Pending is not { Site: >= 0 and var site } || flow.Flow.Calls[site].Effect != Sdk.Effect.Once;

    /// <summary>The pump stops: whoever starts next goes on at once instead of after the lease.</summary>
    private async Task<bool> LetGoAsync()
    {
        if (!MayLetGo) return false;
        await ports.Store.PostponeAsync(held.Lease, time.GetUtcNow(), CancellationToken.None);
        return true;
    }

    private static DateTimeOffset Sooner(DateTimeOffset one, DateTimeOffset? other) => other < one ? other.Value : one;

    private static TimeSpan Capped(TimeSpan pause) => pause > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : pause;

    /// <summary>An event, with the inbox item that it came as; null for one that did not come in.</summary>
    private readonly record struct ToldEvent(RunEvent Event, InboxItem? Item = null);

    private sealed record CallUnderWay(EffectId Effect, Task<RunEvent> Outcome, CancellationTokenSource Cancel, DateTimeOffset End);
}
