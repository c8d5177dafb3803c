using System.Globalization;
using System.Text;

namespace Engine.Flows;

/// <summary>Steps in plain words, one line each, those within indented below.</summary>
internal sealed class StepWords(StringBuilder text, WorstCase worst)
{
    public void Block(Block block, int depth)
    {
        foreach (var step in block.Steps) Step(step, depth);
    }

    /// <summary>Every call of a step, also those that take it back or look it up.</summary>
    public static IEnumerable<CallNode> CallsOf(StepNode step)
    {
        var (confirm, undo) = step switch
        {
            StepNode.Call call => (call.Confirm, call.Undo),
            StepNode.Prompt { Submit: { } submit } => (submit.Confirm, submit.Undo),
            _ => (null, null),
        };
        return new[] { Steps.Operation(step), confirm, (undo as UndoNode.Call)?.Operation }.OfType<CallNode>();
    }

    public static string FieldOf(FieldNode field) => $"{field.Name} ({field.Type.ToString().ToLowerInvariant()})";

    private void Step(StepNode step, int depth)
    {
        switch (step)
        {
            case StepNode.Call call:
                Say(depth, $"call {Name(call.Operation)}{Keep(call.As)}");
                SayCare(call.Confirm, call.Undo, depth + 1);
                SayExits(call.Catch, depth + 1);
                if (call.Timeout is { } timeout) SayBlock($"if it takes longer than {timeout.Scalar}", call.OnTimeout, depth + 1);
                break;
            case StepNode.Poll poll:
                Say(depth, $"ask {Name(poll.Operation)} every {poll.Every.Scalar} until {Code(poll.Until)}{Keep(poll.As)}");
                if (poll.WakeOn is { } hint) Say(depth + 1, $"at once when the provider calls '{hint}'");
                SayShown(poll.Show, depth + 1);
                SayActions(poll.Actions, depth + 1);
                SayExits(poll.Catch, depth + 1);
                SayBlock($"after {poll.Timeout.Scalar}", poll.OnTimeout, depth + 1);
                break;
            case StepNode.Prompt prompt:
                SayPrompt(prompt, depth);
                break;
            case StepNode.Redirect redirect:
                Say(depth, $"send the person to {redirect.Page.Scalar.Value} and wait for the return{Keep(redirect.As)}");
                SayExits(redirect.Catch, depth + 1);
                SayBlock($"after {redirect.Timeout.Scalar}", redirect.OnTimeout, depth + 1);
                break;
            case StepNode.Await wait:
                Say(depth, $"wait until the provider calls '{wait.Hook}'{Keep(wait.As)}");
                SayBlock($"after {wait.Timeout.Scalar}", wait.OnTimeout, depth + 1);
                break;
            case StepNode.Branch branch:
                Say(depth, $"look at {Code(branch.Subject)}");
                foreach (var one in branch.Cases) SayBlock($"if it is {string.Join(" or ", one.Names)}", one.Steps, depth + 1);
                if (branch.Else is not null) SayBlock("otherwise", branch.Else, depth + 1);
                break;
            case StepNode.If choice:
                SayBlock($"if {Code(choice.Condition)}", choice.Then, depth);
                if (choice.Else is not null) SayBlock("otherwise", choice.Else, depth);
                break;
            case StepNode.Require require:
                Say(depth, $"go on only if {Code(require.Condition)}");
                if (require.Else is null) Say(depth + 1, "otherwise: fail with provider_changed");
                else SayBlock("otherwise", require.Else, depth + 1);
                break;
            case StepNode.Repeat repeat:
                Say(depth, $"repeat {(repeat.IsUntil ? "until" : "while")} {Code(repeat.Condition)}, {repeat.Max.Value} times at the most");
                Block(repeat.Body, depth + 1);
                SayBlock("if that is not enough", repeat.OnGiveUp, depth + 1);
                break;
            case StepNode.Set set:
                foreach (var value in set.Values) Say(depth, $"let {value.Name} be {Code(value.Value)}");
                break;
            case StepNode.Wait wait:
                Say(depth, $"wait {wait.For.Scalar}");
                break;
            case StepNode.Connect connect:
                SayConnect(connect, depth);
                break;
            case StepNode.Fail fail:
                Say(depth, $"fail with {fail.Code}");
                break;
            case StepNode.Done:
                Say(depth, "end as succeeded");
                break;
        }
    }

    private void SayPrompt(StepNode.Prompt prompt, int depth)
    {
        var fields = string.Join(", ", prompt.Fields.Select(FieldOf));
        Say(depth, fields.Length > 0 ? $"ask the person for {fields}{Keep(prompt.As)}" : "show the person something and wait for an answer");
        if (FlowExplanation.Words(prompt.Text) is { } words) Say(depth + 1, $"saying: {words}");
        SayShown(prompt.Show, depth + 1);
        if (prompt.Submit is { } submit)
        {
            Say(depth + 1, $"with each answer, call {Name(submit.Operation)}{Keep(submit.As)}");
            SayCare(submit.Confirm, submit.Undo, depth + 2);
            if (prompt.AgainWhen is { } again) Say(depth + 1, $"ask again while {Code(again)}");
            foreach (var handler in prompt.AgainOn)
            {
                Say(depth + 1, $"ask again if it fails with {string.Join(" or ", handler.Codes)}{(handler.Steps.Steps.IsEmpty ? "" : ", after:")}");
                Block(handler.Steps, depth + 2);
            }

            SayBlock($"after {(prompt.Max?.Value ?? 5).ToString(CultureInfo.InvariantCulture)} refused answers", prompt.OnGiveUp, depth + 1);
        }

        SayActions(prompt.Actions, depth + 1);
        SayExits(prompt.Catch, depth + 1);
        if (prompt.Timeout is { } timeout) SayBlock($"after {timeout.Scalar}", prompt.OnTimeout, depth + 1);
    }

    private void SayConnect(StepNode.Connect connect, int depth)
    {
        Say(depth, "store the connection; from here on nothing is taken back");
        Say(depth + 1, connect.Identity switch
        {
            IdentityNode.Key key => $"the account is {Code(key.Value)}",
            IdentityNode.None none => $"which account it is remains unknown: {none.Because}",
            _ => "",
        });
        Say(depth + 1, $"if the account is connected already: {connect.OnDuplicate.ToString().ToLowerInvariant()}");
        Say(depth + 1, $"if another account comes back: {connect.OnOtherAccount.ToString().ToLowerInvariant()}");
    }

    private void SayCare(CallNode? confirm, UndoNode? undo, int depth)
    {
        if (confirm is not null) Say(depth, $"if its answer is lost, find out by {Name(confirm)}");
        if (undo is UndoNode.Call back) Say(depth, $"taken back by {Name(back.Operation)} unless the run succeeds");
        if (undo is UndoNode.None none) Say(depth, $"never taken back: {none.Because}");
    }

    private void SayShown(ShowNode? show, int depth)
    {
        if (show is null) return;
        var parts = new (string Name, object? Value)[]
        {
            ("a QR code", show.Qr), ("an image", show.Image), ("a code", show.Code), ("a link", show.Link), ("the provider's page", show.Frame),
        };
        var shown = parts.Where(part => part.Value is not null).Select(part => part.Name).ToList();
        if (FlowExplanation.Words(show.Text) is { } words) shown.Add($"the text: {words}");
        if (shown.Count > 0) Say(depth, $"showing {string.Join(", ", shown)}");
    }

    private void SayActions(IEnumerable<ActionNode> actions, int depth)
    {
        foreach (var action in actions)
        {
            var after = action.After is { } time ? $" after {time.Scalar}" : "";
            var head = $"the person may choose '{FlowExplanation.Words(action.Label)}'{after}";
            switch (action.Outcome)
            {
                case ActionOutcome.Do act:
                    SayBlock($"{head}, {(action.Max?.Value ?? 3).ToString(CultureInfo.InvariantCulture)} times at the most", act.Steps, depth);
                    break;
                case ActionOutcome.Leave:
                    Say(depth, $"{head}: go on");
                    break;
                default:
                    Say(depth, $"{head}: take everything back and begin again");
                    break;
            }
        }
    }

    private void SayExits(IEnumerable<HandlerNode> handlers, int depth)
    {
        foreach (var handler in handlers) SayBlock($"if it fails with {string.Join(" or ", handler.Codes)}", handler.Steps, depth);
    }

    private void SayBlock(string head, Block? block, int depth)
    {
        if (block is null)
        {
            Say(depth, $"{head}: the run fails");
        }
        else if (block.Steps.IsEmpty)
        {
            Say(depth, $"{head}: go on");
        }
        else
        {
            Say(depth, $"{head}:");
            Block(block, depth + 1);
        }
    }

    private void Say(int depth, string words) => text.Append(' ', depth * 2).Append(words.ReplaceLineEndings(" ")).Append('\n');

    private string Name(CallNode call) => WorstCase.NameOf(call) + (worst.OperationOf(call) is { Creates: true } ? ", which creates something" : "");

    private static string Keep(Scalar? name) => name is null ? "" : $"; the answer is '{name}'";

    private static string Code(ValueNode node) =>
        node is ValueNode.Expression { Start: var start } ? $"«{node.Scalar.Value[start..].Trim()}»" : $"'{node.Scalar.Value}'";
}
