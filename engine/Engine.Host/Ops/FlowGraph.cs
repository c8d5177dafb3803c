using System.Collections.Immutable;
using Engine.Flows;

namespace Engine.Host;

/// <summary>A step as it is drawn.</summary>
/// <param name="Index">In the compiled flow.</param>
/// <param name="Title">Its name, as the journal has it.</param>
/// <param name="What">What it does, in a few words.</param>
/// <param name="Kind">The verb, such as <c>poll</c>.</param>
/// <param name="Exits">How it may end the run, each with its condition; drawn inside, since most steps have some.</param>
internal sealed record GraphNode(int Index, string Title, string What, string Kind, ImmutableArray<string> Exits);

/// <summary>A way from one step to another.</summary>
internal sealed record GraphEdge(int From, int To, string Label);

/// <summary>
/// A compiled flow as people think of it: what only moves values or jumps is left out, and its ways are drawn from step to step. Built of the flow
/// alone, never of a run's values.
/// </summary>
internal sealed record FlowGraph(ImmutableArray<GraphNode> Nodes, ImmutableArray<GraphEdge> Edges)
{
    public static FlowGraph Of(CompiledFlow flow, Words words)
    {
        var nodes = new SortedDictionary<int, GraphNode>();
        var edges = ImmutableArray.CreateBuilder<GraphEdge>();
        var left = new Stack<int>([Land(flow, 0)]);
        while (left.TryPop(out var index))
        {
            if (nodes.ContainsKey(index)) continue;
            var step = flow.Steps[index];
            var exits = ImmutableArray.CreateBuilder<string>();
            foreach (var (target, label) in WaysOf(flow, step, words))
            {
                var to = Land(flow, target);
                switch (flow.Steps[to])
                {
                    case CompiledStep.Fail fail: exits.Add(label.Length == 0 || label == fail.Code ? $"✕ {fail.Code}" : $"{label} ✕ {fail.Code}"); break;
                    case CompiledStep.Restart: exits.Add($"{label} ↺ {words.Say("begins anew", "начинает заново")}"); break;
                    default:
                        if (to == index) break;
                        edges.Add(new GraphEdge(index, to, label));
                        left.Push(to);
                        break;
                }
            }

            nodes[index] = new GraphNode(index, step.Name, StepWords.Of(flow, step, words), StepWords.Verb(step), [.. exits.Distinct(StringComparer.Ordinal)]);
        }

        var joined = edges.GroupBy(edge => (edge.From, edge.To))
            .Select(same => new GraphEdge(same.Key.From, same.Key.To, LabelOf([.. same.Select(edge => edge.Label).Distinct(StringComparer.Ordinal)], words)));
        return new FlowGraph([.. nodes.Values], [.. joined]);
    }

    /// <summary>The step that is drawn for one that is not: where it leads.</summary>
    public static int Land(CompiledFlow flow, int index)
    {
        for (var hops = 0; hops < flow.Steps.Length; hops++)
        {
            switch (flow.Steps[index])
            {
                case CompiledStep.Set set: index = set.Next; break;
                case CompiledStep.StartOfRepeat start: index = start.Next; break;
                case CompiledStep.Resume resume: index = resume.Step; break;
                default: return index;
            }
        }

        return index;
    }

    // Where the usual way leads to the same step, the others only join it.
    private static string LabelOf(IReadOnlyList<string> labels, Words words)
    {
        var named = string.Join(", ", labels.Where(label => label.Length > 0));
        return named.Length > 0 && named.Length < string.Join(", ", labels).Length ? words.Say($"also {named}", $"также {named}") : named;
    }

    private static IEnumerable<(int Target, string Label)> WaysOf(CompiledFlow flow, CompiledStep step, Words words)
    {
        var timeout = words.Say("time is over", "время вышло");
        var givingUp = words.Say("too many tries", "попытки кончились");
        return step switch
        {
            CompiledStep.Call call => [Go(call.Next), .. Late(call.OnTimeout), .. Caught(call.Catch)],
            CompiledStep.Poll poll => [Go(poll.Next), .. Late(poll.OnTimeout), .. Caught(poll.Catch), .. Taken(poll.Actions)],
            CompiledStep.Prompt prompt =>
            [
                Go(prompt.Next), .. Late(prompt.OnTimeout), .. prompt.OnGiveUp is { } end ? [(end, givingUp)] : Array.Empty<(int, string)>(),
                .. Caught(prompt.Catch), .. Caught(prompt.AgainOn), .. Taken(prompt.Actions),
            ],
            CompiledStep.Redirect redirect => [Go(redirect.Next), .. Late(redirect.OnTimeout), .. Caught(redirect.Catch)],
            CompiledStep.Await wait => [Go(wait.Next), .. Late(wait.OnTimeout)],
            CompiledStep.Branch branch => branch.Cases.Zip(StepWords.CasesOf(flow, branch))
                .Concat(branch.Else is { } other ? [(other, words.Say("otherwise", "иначе"))] : []),
            CompiledStep.If choice => [(choice.Then, words.Say("yes", "да")), (choice.Else, words.Say("no", "нет"))],
            CompiledStep.EndOfRepeat repeat => [Go(repeat.Next), (repeat.Body, words.Say("again", "ещё раз")), (repeat.OnGiveUp, givingUp)],
            CompiledStep.Wait wait => [Go(wait.Next)],
            CompiledStep.Connect connect => [Go(connect.Next)],
            CompiledStep.Set set => [Go(set.Next)],
            CompiledStep.StartOfRepeat start => [Go(start.Next)],
            CompiledStep.Resume resume => [Go(resume.Step)],
            CompiledStep.Restart or CompiledStep.Fail or CompiledStep.Done => [],
            _ => throw new System.Diagnostics.UnreachableException(),
        };

        static (int, string) Go(int next) => (next, "");

        (int, string)[] Late(int? target) => target is { } late ? [(late, timeout)] : [];

        static IEnumerable<(int, string)> Caught(ImmutableArray<Handler> handlers) => handlers.Select(handler => (handler.Target, handler.Code));

        static IEnumerable<(int, string)> Taken(ImmutableArray<PromptAction> actions) => actions.Select(action => (action.Target, $"«{action.Name}»"));
    }
}
