using System.Collections.Immutable;
using Engine.Flows;
using Engine.Runs;

namespace Engine.Host;

/// <summary>Does what a test says the person does, one act after the other, through the same checks as the API.</summary>
/// <param name="crash">Told that the engine is to die around the save that follows.</param>
internal sealed class ScriptedPerson(FlowTest test, IRunStore store, TimeProvider time, Transcript transcript, Action<CrashPoint> crash)
{
    private readonly DateTimeOffset start = time.GetUtcNow();
    private int done;
    private (PromptId Prompt, DateTimeOffset At)? possible;
    private DateTimeOffset? callable;

    /// <summary>What the test did not expect; null while all is as it says.</summary>
    public Difference? Trouble { get; private set; }

    /// <summary>Values typed into secret fields so far.</summary>
    public List<string> Secrets { get; } = [];

    /// <summary>What was never done.</summary>
    public IEnumerable<Difference> Undone => test.Person.Skip(done)
        .Select(act => new Difference(act.Place, "the person does this", "the run never came to it", null));

    /// <summary>When the next act is done, as the run stands; null where it is not possible, or there is none.</summary>
    public DateTimeOffset? NextAt(StoredRun run)
    {
        if (done >= test.Person.Length) return null;
        var act = test.Person[done];
        if (act.At is { } at) return start + at;
        if (act.Move is PersonMove.Call)
        {
            callable ??= time.GetUtcNow();
            return callable + act.After;
        }

        if (run.Prompt is not { } prompt || !IsPossible(act, prompt)) return null;
        var since = act.Move is PersonMove.Action move && prompt.Actions.First(action => action.Name == move.Name).AvailableAt is var available
            && available > time.GetUtcNow() ? available : time.GetUtcNow();
        if (possible is not { } known || known.Prompt != prompt.Id) possible = (prompt.Id, since);
        return possible?.At + act.After;
    }

    /// <summary>Does the next act; true where the engine has something to look at.</summary>
    public async Task<bool> ActAsync(StoredRun run, CancellationToken cancellation)
    {
        var act = test.Person[done++];
        (possible, callable) = (null, null);
        if (act.Move is PersonMove.Call call) return await CallAsync(run, act, call, cancellation);
        if (act.Move is PersonMove.Cancel)
        {
            transcript.Add("reply", "cancel");
            if (act.Crash is { } dies) crash(dies);
            return await store.RequestCancelAsync(run.Id, cancellation);
        }

        if (run.Prompt is not { IsBusy: false } prompt || !IsPossible(act, prompt))
        {
            Trouble = new Difference(act.Place, "this is possible then", run.Prompt is { } other ? $"'{other.Step}' is shown, which does not take it" : "nothing is shown", null);
            return false;
        }

        return act.Move switch
        {
            PersonMove.Reply reply => await ReplyAsync(run, prompt, act, reply, cancellation),
            PersonMove.Back back => await ComeBackAsync(run, prompt, act, back, cancellation),
            PersonMove.Action action => await TakeActionAsync(run, prompt, act, action, cancellation),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static bool IsPossible(PersonAct act, PromptView prompt) => !prompt.IsBusy && (act.Step ?? prompt.Step) == prompt.Step && act.Move switch
    {
        PersonMove.Reply reply => prompt.CanSubmit && (reply.Values.Count > 0 || prompt.Fields.IsEmpty)
            && reply.Values.Keys.All(name => prompt.Fields.Any(field => field.Name == name)),
        PersonMove.Action action => prompt.Actions.Any(one => one.Name == action.Name),
        PersonMove.Back => prompt.Redirect is not null,
        PersonMove.Cancel or PersonMove.Call => true,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private async Task<bool> ReplyAsync(StoredRun run, PromptView prompt, PersonAct act, PersonMove.Reply reply, CancellationToken cancellation)
    {
        var secret = prompt.Fields.Where(field => field.Type == "secret").Select(field => field.Name).ToHashSet(StringComparer.Ordinal);
        Secrets.AddRange(reply.Values.Where(value => secret.Contains(value.Key)).Select(value => value.Value));
        var line = transcript.Add("reply", string.Join(", ", reply.Values.OrderBy(value => value.Key, StringComparer.Ordinal)
            .Select(value => $"{value.Key}: {(secret.Contains(value.Key) ? "***" : value.Value)}").DefaultIfEmpty("the button")));
        var check = FieldRules.Check(prompt.Fields, reply.Values);
        var refused = check.Errors.ToImmutableDictionary(error => error.Field, error => error.Code, StringComparer.Ordinal);
        if (!refused.Order().SequenceEqual(act.Refused.Order()))
        {
            Trouble = new Difference(act.Place, act.Refused.IsEmpty ? "the values are taken" : $"refused: {ToText(act.Refused)}", $"refused: {ToText(refused)}", line);
        }

        if (!refused.IsEmpty)
        {
            transcript.Add("reply", $"refused: {ToText(refused)}");
            return false;
        }

        return await SendAsync(run, prompt, act, "submit", check.Values, cancellation);
    }

    private Task<bool> ComeBackAsync(StoredRun run, PromptView prompt, PersonAct act, PersonMove.Back back, CancellationToken cancellation)
    {
        transcript.Add("reply", back.Failure is { } failure ? $"comes back with {failure.Code}" : "comes back");
        if (act.Crash is { } point) crash(point);
        var visit = EngineAddress.HashOf($"visit {done}");
        return store.AcceptReturnAsync(run.Id, new Return(visit, prompt.Id, back.Record?.MakeJson(time.GetUtcNow()), back.Failure), cancellation);
    }

    private async Task<bool> TakeActionAsync(StoredRun run, PromptView prompt, PersonAct act, PersonMove.Action action, CancellationToken cancellation)
    {
        var line = transcript.Add("reply", $"action '{action.Name}'");
        if (prompt.Actions.First(one => one.Name == action.Name).AvailableAt is var available && available > time.GetUtcNow())
        {
            Trouble = new Difference(act.Place, "the action may be taken then", $"it may be taken from {transcript.At(available)}", line);
            return false;
        }

        return await SendAsync(run, prompt, act, action.Name, ImmutableDictionary<string, string>.Empty, cancellation);
    }

    private async Task<bool> CallAsync(StoredRun run, PersonAct act, PersonMove.Call call, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        transcript.Add("hook", $"{call.Hook} {transcript.ToText(call.Payload.Make(now))}");
        if (act.Crash is { } point) crash(point);
        var signal = new Signal(call.Hook, call.Key ?? $"call {done}", call.Payload.MakeJson(now));
        if (await store.AcceptSignalAsync(run.Id, signal, cancellation)) return true;
        transcript.Add("hook", "it came before, and changes nothing");
        return false;
    }

    private async Task<bool> SendAsync(
        StoredRun run, PromptView prompt, PersonAct act, string action, ImmutableDictionary<string, string> values, CancellationToken cancellation)
    {
        if (act.Crash is { } point) crash(point);
        var reply = new Reply(prompt.Id, $"t{done}", action, values);
        return await store.AcceptReplyAsync(run.Id, reply, cancellation) is ReplyOutcome.Accepted;
    }

    private static string ToText(ImmutableDictionary<string, string> codes) =>
        codes.IsEmpty ? "nothing" : string.Join(", ", codes.OrderBy(code => code.Key, StringComparer.Ordinal).Select(code => $"{code.Key}: {code.Value}"));
}
