using System.Security.Cryptography;
using Engine.Runs;

namespace Engine.Host;

/// <summary>Follows one run to its end: shows each change, asks what it asks, hands the replies in.</summary>
internal sealed class RunDriver(IRunStore store, RunChanges changes, TimeProvider time, IRunScreen screen)
{
    private static readonly TimeSpan second = TimeSpan.FromSeconds(1);

    /// <summary>Drives the run; gives it as it ended.</summary>
    /// <param name="stop">Asks for the run's cancellation. Its compensation is waited for all the same.</param>
    public async Task<StoredRun> DriveAsync(RunId id, CancellationToken stop)
    {
        var stopped = new TaskCompletionSource();
        await using var registration = stop.Register(() => stopped.TrySetResult());
        var tick = Task.Delay(second, time, CancellationToken.None);
        var isStopping = false;
        AskOutcome.Missing? missing = null;
        Asking? asking = null;
        while (true)
        {
            // Taken before the look, so that no change falls between.
            var changed = changes.NextChange(id);
            var run = await store.FindAsync(id, CancellationToken.None)
                ?? throw new InvalidOperationException($"run '{id}' is not in the store any more");
            if (run.Status.IsFinal())
            {
                if (asking is not null) await asking.DisposeAsync();
                screen.End(run, missing);
                return run;
            }

            if (!isStopping && (stop.IsCancellationRequested || missing is not null))
            {
                isStopping = true;
                screen.Stop();
                await store.RequestCancelAsync(id, CancellationToken.None);
                changes.InboxGrew(id);
            }

            screen.Show(run);
            var prompt = isStopping || run.Prompt is { IsBusy: true } ? null : run.Prompt;
            if (prompt?.Id != asking?.Prompt)
            {
                if (asking is not null) await asking.DisposeAsync();
                asking = prompt is null ? null : new Asking(screen, prompt);
            }

            List<Task> hints = [changed, tick];
            if (!isStopping) hints.Add(stopped.Task);
            if (asking is { Answer: { } pending }) hints.Add(pending);
            await Task.WhenAny(hints);
            if (tick.IsCompleted) tick = Task.Delay(second, time, CancellationToken.None);
            if (asking is { Answer: { IsCompleted: true } answered }) missing = await HandInAsync(id, asking.Prompt, await asking.TakeAsync(answered));
        }
    }

    /// <summary>Hands in an answer; gives it back where nobody gave one.</summary>
    private async Task<AskOutcome.Missing?> HandInAsync(RunId id, PromptId prompt, AskOutcome answer)
    {
        if (answer is not AskOutcome.Given given) return answer as AskOutcome.Missing;

        // A stale reply changes nothing; the prompt that is current now is asked in the next round.
        var transaction = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        await store.AcceptReplyAsync(id, new Reply(prompt, transaction, given.Action, given.Values), CancellationToken.None);
        changes.InboxGrew(id);
        return null;
    }

    /// <summary>One prompt that is being asked, or was: each is asked once.</summary>
    private sealed class Asking : IAsyncDisposable
    {
        private readonly CancellationTokenSource end = new();

        public Asking(IRunScreen screen, PromptView prompt)
        {
            Prompt = prompt.Id;
            Answer = screen.AskAsync(prompt, end.Token);
        }

        public PromptId Prompt { get; }

        /// <summary>Null once it was taken.</summary>
        public Task<AskOutcome>? Answer { get; private set; }

        public Task<AskOutcome> TakeAsync(Task<AskOutcome> answered)
        {
            Answer = null;
            return answered;
        }

        public async ValueTask DisposeAsync()
        {
            await end.CancelAsync();
            if (Answer is { } unanswered) await Task.WhenAny(unanswered);
            end.Dispose();
        }
    }
}
