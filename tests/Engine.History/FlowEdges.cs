using Engine.Flows;
using Engine.Runs;

namespace Engine.History;

/// <summary>Where a run may be found next, by the compiled flow alone.</summary>
internal sealed class FlowEdges(CompiledFlow flow)
{
    private readonly Dictionary<string, int> byName = flow.Steps.Select((step, index) => (step.Name, index)).ToDictionary(StringComparer.Ordinal);

    public int? Find(string name) => byName.TryGetValue(name, out var index) ? index : null;

    public CompiledStep At(int step) => flow.Steps[step];

    /// <summary>Whether the journal says when a run comes to such a step.</summary>
    public static bool IsNoted(CompiledStep step) => step is CompiledStep.Call or CompiledStep.Poll or CompiledStep.Prompt
        or CompiledStep.Redirect or CompiledStep.Await or CompiledStep.Wait or CompiledStep.Connect;

    /// <summary>What can be found next where the run goes on at one of some steps.</summary>
    public Reach From(IEnumerable<int> targets)
    {
        var reach = new Reach([], [], []);
        foreach (var target in targets) Follow(target, reach);
        return reach;
    }

    /// <summary>Where a noted step may go on after what was noted there last; null where nothing of the kind was noted.</summary>
    /// <param name="cause">The entry that ended the wait; null where none was noted.</param>
    public IEnumerable<int> After(int step, JournalEntry? cause) => flow.Steps[step] switch
    {
        CompiledStep.Wait wait => [wait.Next],
        CompiledStep.Connect connect => cause?.Kind == "connected" ? [connect.Next] : [],
        CompiledStep.Call call => cause?.Kind switch
        {
            "call_answered" => [call.Next],
            "timed_out" => Some(call.OnTimeout),
            "call_failed" or "in_doubt" => Caught(call.Catch, cause),
            _ => [],
        },
        CompiledStep.Poll poll => cause?.Kind switch
        {
            "poll_ended" => [poll.Next],
            "timed_out" => Some(poll.OnTimeout),
            "round_failed" => Caught(poll.Catch, cause),
            "action_taken" => Taken(poll.Actions, cause),
            _ => [],
        },
        CompiledStep.Prompt prompt => cause?.Kind switch
        {
            "replied" when prompt.Submit is null => [prompt.Next],
            "call_answered" => [prompt.Next],
            "refused" => [.. Caught(prompt.AgainOn, cause), .. Some(prompt.OnGiveUp)],
            "call_failed" or "in_doubt" => Caught(prompt.Catch, cause),
            "timed_out" => Some(prompt.OnTimeout),
            "action_taken" => Taken(prompt.Actions, cause),
            _ => [],
        },
        CompiledStep.Redirect redirect => cause?.Kind switch
        {
            "returned" => [redirect.Next],
            "return_failed" => Caught(redirect.Catch, cause),
            "timed_out" => Some(redirect.OnTimeout),
            _ => [],
        },
        CompiledStep.Await wait => cause?.Kind switch
        {
            "signal_taken" => [wait.Next],
            "timed_out" => Some(wait.OnTimeout),
            _ => [],
        },
        _ => [],
    };

    private static IEnumerable<int> Some(int? target) => target is { } step ? [step] : [];

    private static IEnumerable<int> Caught(IEnumerable<Handler> handlers, JournalEntry cause)
    {
        var code = cause.Kind == "in_doubt" ? Sdk.Failures.InDoubt : cause.Text("code");
        return handlers.Where(handler => handler.Code == code).Select(handler => handler.Target);
    }

    private static IEnumerable<int> Taken(IEnumerable<PromptAction> actions, JournalEntry cause) =>
        actions.Where(action => action.Name == cause.Text("action")).Select(action => action.Target);

    private void Follow(int index, Reach reach)
    {
        var step = flow.Steps[index];
        if (IsNoted(step))
        {
            reach.Entered.Add(index);
            return;
        }

        if (!reach.Passed.Add(index)) return;
        if (step is CompiledStep.Resume resume) reach.Resumed.Add(resume.Step);
        foreach (var next in NextOf(step)) Follow(next, reach);
    }

    private static IEnumerable<int> NextOf(CompiledStep step) => step switch
    {
        CompiledStep.Branch branch => [.. branch.Cases, .. Some(branch.Else)],
        CompiledStep.If choice => [choice.Then, choice.Else],
        CompiledStep.Set set => [set.Next],
        CompiledStep.StartOfRepeat start => [start.Next],
        CompiledStep.EndOfRepeat end => [end.Body, end.OnGiveUp, end.Next],
        _ => [],
    };
}

/// <summary>The steps at which a run may be found next.</summary>
/// <param name="Entered">Those that it enters anew.</param>
/// <param name="Resumed">Those that it goes back into.</param>
/// <param name="Passed">Those that take no time: it may end there, or begin anew.</param>
internal sealed record Reach(HashSet<int> Entered, HashSet<int> Resumed, HashSet<int> Passed);
