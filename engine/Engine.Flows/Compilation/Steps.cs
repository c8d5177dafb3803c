namespace Engine.Flows;

/// <summary>Ways through a flow as written.</summary>
internal static class Steps
{
    /// <summary>Every step, each before the steps within it.</summary>
    public static IEnumerable<StepNode> All(Block block)
    {
        foreach (var step in block.Steps)
        {
            yield return step;
            foreach (var inner in Blocks(step).SelectMany(All)) yield return inner;
        }
    }

    /// <summary>The blocks of a step.</summary>
    public static IEnumerable<Block> Blocks(StepNode step) => step switch
    {
        StepNode.Call call => Some(call.OnTimeout).Concat(Of(call.Catch)),
        StepNode.Poll poll => Some(poll.OnTimeout).Concat(Of(poll.Catch)).Concat(Of(poll.Actions)),
        StepNode.Prompt prompt => Of(prompt.AgainOn).Concat(Of(prompt.Catch)).Concat(Some(prompt.OnGiveUp))
            .Concat(Some(prompt.OnTimeout)).Concat(Of(prompt.Actions)),
        StepNode.Redirect redirect => Some(redirect.OnTimeout).Concat(Of(redirect.Catch)),
        StepNode.Await wait => Some(wait.OnTimeout),
        StepNode.Branch branch => branch.Cases.Select(one => one.Steps).Concat(Some(branch.Else)),
        StepNode.If choice => [choice.Then, .. Some(choice.Else)],
        StepNode.Require require => Some(require.Else),
        StepNode.Repeat repeat => [repeat.Body, repeat.OnGiveUp],
        _ => [],
    };

    /// <summary>The operations a step calls to go on: not what undoes it or finds out about it.</summary>
    public static CallNode? Operation(StepNode step) => step switch
    {
        StepNode.Call call => call.Operation,
        StepNode.Poll poll => poll.Operation,
        StepNode.Prompt prompt => prompt.Submit?.Operation,
        _ => null,
    };

    /// <summary>Everything a step calls, what undoes it or finds out about it included.</summary>
    public static IEnumerable<CallNode> Calls(StepNode step)
    {
        CallNode?[] calls = step switch
        {
            StepNode.Call call => [call.Operation, call.Confirm, (call.Undo as UndoNode.Call)?.Operation],
            StepNode.Prompt { Submit: { } submit } => [submit.Operation, submit.Confirm, (submit.Undo as UndoNode.Call)?.Operation],
            _ => [Operation(step)],
        };
        return calls.OfType<CallNode>();
    }

    /// <summary>The texts for people of a step that may hold values.</summary>
    public static IEnumerable<TextNode> Texts(StepNode step)
    {
        TextNode?[] texts = step switch
        {
            StepNode.Poll poll => [poll.Show?.Text],
            StepNode.Prompt prompt => [prompt.Text, prompt.AgainText, prompt.Show?.Text],
            _ => [],
        };
        return texts.OfType<TextNode>();
    }

    /// <summary>The names that a step itself sets, with what gives their types.</summary>
    public static IEnumerable<Assigned> Assigns(StepNode step)
    {
        switch (step)
        {
            case StepNode.Call { As: { } name } call:
                yield return new Assigned.Answer(name, call.Operation);
                break;
            case StepNode.Poll { As: { } name } poll:
                yield return new Assigned.Answer(name, poll.Operation);
                break;
            case StepNode.Redirect { As: { } name } redirect:
                yield return new Assigned.Return(name, redirect.Page);
                break;
            case StepNode.Await { As: { } name } wait:
                yield return new Assigned.Payload(name, wait.Hook);
                break;
            case StepNode.Prompt prompt:
                if (prompt.As is { } form) yield return new Assigned.Form(form, prompt);
                if (prompt.Submit is { As: { } answer } submit) yield return new Assigned.Answer(answer, submit.Operation);
                break;
            case StepNode.Set set:
                foreach (var value in set.Values) yield return new Assigned.Value(value.Name, value.Value);
                break;
        }
    }

    private static IEnumerable<Block> Some(Block? block) => block is null ? [] : [block];

    private static IEnumerable<Block> Of(IEnumerable<HandlerNode> handlers) => handlers.Select(handler => handler.Steps);

    private static IEnumerable<Block> Of(IEnumerable<ActionNode> actions) =>
        actions.Select(action => action.Outcome).OfType<ActionOutcome.Do>().Select(outcome => outcome.Steps);
}

/// <summary>A name that a step sets.</summary>
internal abstract record Assigned(Scalar Name)
{
    /// <summary>To the answer of an operation.</summary>
    public sealed record Answer(Scalar Name, CallNode Operation) : Assigned(Name);

    /// <summary>To what a person came back with.</summary>
    public sealed record Return(Scalar Name, CallNode Page) : Assigned(Name);

    /// <summary>To what a hook said.</summary>
    /// <param name="Hook">The flow's name for it.</param>
    public sealed record Payload(Scalar Name, Scalar Hook) : Assigned(Name);

    /// <summary>To what a person typed.</summary>
    public sealed record Form(Scalar Name, StepNode.Prompt Prompt) : Assigned(Name);

    /// <summary>To the value of an expression.</summary>
    public sealed record Value(Scalar Name, ValueNode Node) : Assigned(Name);
}
