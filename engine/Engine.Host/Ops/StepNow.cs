using System.Text.Json;
using Engine.Flows;
using Engine.Runs;
using Engine.Storage;

namespace Engine.Host;

/// <summary>What a run's state tells of the step it stands at: counters and moments only, never a value.</summary>
/// <param name="Deadline">When the run ends at the latest; null where it has ended or its state cannot be read here.</param>
/// <param name="Rounds">The calls that a poll has made; 0 elsewhere.</param>
/// <param name="Failures">Failed rounds in a row.</param>
/// <param name="NextAt">When the next call is made; null while one is under way or none is due.</param>
/// <param name="Attempt">Of the call that waits or is under way; 0 where there is none.</param>
internal sealed record StepNow(
    DateTimeOffset? Deadline, int Rounds, int Failures, DateTimeOffset? NextAt, int Attempt, bool IsCalling, bool IsInDoubt, bool IsRateLimited, bool IsPoll, bool IsUndoing)
{
    private static readonly StepNow nothing = new(null, 0, 0, null, 0, false, false, false, false, false);

    /// <summary>Whether ending the pause would make a call sooner, and repeat none.</summary>
    public bool MayAskAgain => NextAt is not null && !IsCalling && !IsInDoubt && !IsRateLimited;

    public static async Task<StepNow> FindAsync(EmbeddedEngine engine, LoadedFlow? flow, StoredRun row, CancellationToken cancellation)
    {
        if (flow is null || row.Status.IsFinal()) return nothing;
        try
        {
            if (await engine.Store.FindAsync(row.Id, cancellation) is not { State.IsEmpty: false } found) return nothing;
            var run = RunCodec.Decode(flow, found.State.Span);
            var memory = run.Memory.GetValueOrDefault(run.Step);
            var isPoll = flow.Flow.Steps[run.Step] is CompiledStep.Poll;
            return new StepNow(
                run.Deadline, isPoll ? (memory?.Rounds ?? 0) + found.Rounds : 0, memory?.Failures ?? 0,
                // A poll's pauses are not saved one by one: between two changes only the row knows the next round.
                run.Pending is { } call ? call.SendAt : isPoll ? memory?.NextAt is null ? null : found.Due : null,
                run.Pending is { Kind: not PendingKind.Poll } made ? made.Attempt : 0,
                run.IsAsking && run.Pending is not { Kind: PendingKind.Poll }, run.Pending is { IsLost: true } or { ConfirmingSince: not null }, run.Pending?.RateLimits > 0, isPoll,
                run.Ending is not null);
        }
        catch (Exception error) when (error is JsonException or SealBrokenException or InvalidOperationException)
        {
            return nothing;
        }
    }

    public string Text(Words words, DateTimeOffset now)
    {
        List<string> parts = [];
        if (IsUndoing) parts.Add(words.Say("undoing what was begun", "отменяет начатое"));
        if (IsPoll) parts.Add(words.Say($"polls: {Rounds}", $"опросов: {Rounds}"));
        if (Failures > 0) parts.Add(words.Say($"failed in a row: {Failures}", $"неудач подряд: {Failures}"));
        if (Attempt > 1) parts.Add(words.Say($"attempt {Attempt}", $"попытка {Attempt}"));
        if (IsInDoubt) parts.Add(words.Say("a call's outcome is being found out", "выясняется исход вызова"));
        else if (IsCalling) parts.Add(words.Say("a call is under way", "идёт вызов"));
        else if (NextAt is { } at && at > now) parts.Add(words.Say($"next call {words.Since(at, now)}", $"следующий вызов {words.Since(at, now)}"));
        if (IsRateLimited) parts.Add(words.Say("held back by a rate limit or an incident", "сдерживается лимитом сервиса или сбоем"));
        return string.Join(" · ", parts);
    }

    /// <summary>Why the pause cannot be ended; empty where it can.</summary>
    public string WhyNot(Words words) =>
        MayAskAgain ? ""
        : IsInDoubt ? words.Say("Now: a call that must happen once is in doubt; it is never repeated.", "Сейчас: исход одноразового вызова неизвестен; он не повторяется.")
        : IsRateLimited ? words.Say("Now: the provider, or an incident, asked to wait.", "Сейчас: сервис или отметка о сбое просит подождать.")
        : IsCalling ? words.Say("Now: a call is under way.", "Сейчас: идёт вызов.")
        : words.Say("Now: this step has no call to wait for.", "Сейчас: на этом шаге нечего спрашивать.");
}
