using System.Globalization;
using System.Text;

namespace Engine.Flows;

/// <summary>Steps in plain words, one line each, those within indented below.</summary>
/// <param name="isAuthorizedAgain">Whether a run may come back with another account.</param>
internal sealed class StepWords(StringBuilder text, WorstCase worst, bool isAuthorizedAgain)
{
    private const string TimedOut = "the run fails with provider_timeout";

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

    public static string FieldOf(FieldNode field)
    {
        var kind = field.Type == FieldType.Select ? $"one of {string.Join(", ", field.Options.Select(option => option.Name))}" : field.Type.ToString().ToLowerInvariant();
        var given = field.Default is { } value ? $", '{value}' by default" : field.IsOptional ? ", may be left out" : "";
        return $"{field.Name} ({kind}{given})";
    }

    private void Step(StepNode step, int depth)
    {
        switch (step)
        {
            case StepNode.Call call:
                Say(depth, $"call {Name(call.Operation)}{Tried(call.Retry)}{Keep(call.As)}");
                SayCare(call.Confirm, call.Undo, depth + 1);
                if (!call.Leftover.IsEmpty) Say(depth + 1, $"remembered for the next run, if this one fails: {string.Join(", ", call.Leftover.Select(value => value.Name))}");
                SayExits(call.Catch, depth + 1);
                if (call.Timeout is { } timeout) SayBlock($"if it takes longer than {timeout.Scalar}", call.OnTimeout, depth + 1, TimedOut);
                break;
            case StepNode.Poll poll:
                Say(depth, $"ask {Name(poll.Operation)} every {poll.Every.Scalar} until {Code(poll.Until)}{Keep(poll.As)}");
                if (poll.WakeOn is { } hint) Say(depth + 1, $"at once when the provider calls '{hint}'");
                SayShown(poll.Show, depth + 1);
                SayActions(poll.Actions, depth + 1);
                SayExits(poll.Catch, depth + 1);
                if (poll.Deadline is { } deadline) Say(depth + 1, $"no longer than {Code(deadline)}");
                SayBlock($"after {poll.Timeout.Scalar}", poll.OnTimeout, depth + 1, TimedOut);
                break;
            case StepNode.Prompt prompt:
                SayPrompt(prompt, depth);
                break;
            case StepNode.Redirect redirect:
                Say(depth, $"send the person to {redirect.Page.Scalar.Value} and wait for the return{Keep(redirect.As)}");
                SayExits(redirect.Catch, depth + 1);
                SayBlock($"after {redirect.Timeout.Scalar}", redirect.OnTimeout, depth + 1, TimedOut);
                break;
            case StepNode.Await wait:
                Say(depth, $"wait until the provider calls '{wait.Hook}'{Keep(wait.As)}");
                SayBlock($"after {wait.Timeout.Scalar}", wait.OnTimeout, depth + 1, TimedOut);
                break;
            case StepNode.Branch branch:
                Say(depth, $"depending on {Code(branch.Subject)}:");
                foreach (var one in branch.Cases) SayBlock($"if it is {string.Join(" or ", one.Names)}", one.Steps, depth + 1);
                if (branch.Else is not null) SayBlock("otherwise", branch.Else, depth + 1);
                break;
            case StepNode.If choice:
                SayBlock($"if {Code(choice.Condition)}", choice.Then, depth);
                if (choice.Else is not null) SayBlock("otherwise", choice.Else, depth);
                break;
            case StepNode.Require require:
                Say(depth, $"go on only if {Code(require.Condition)}");
                SayBlock("otherwise", require.Else, depth + 1, "the run fails with provider_changed");
                break;
            case StepNode.Repeat repeat:
                Say(depth, $"repeat {(repeat.IsUntil ? "until" : "while")} {Code(repeat.Condition)}, at the most {Times(repeat.Max.Value, "time")}");
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
                Say(depth, fail.Code.Value == "expired" ? "end as expired" : $"fail with {fail.Code}");
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
            Say(depth + 1, $"with each answer, call {Name(submit.Operation)}{Tried(submit.Retry)}{Keep(submit.As)}");
            SayCare(submit.Confirm, submit.Undo, depth + 2);
            if (prompt.AgainWhen is { } again) Say(depth + 1, $"ask again if {Code(again)}");
            foreach (var handler in prompt.AgainOn)
            {
                Say(depth + 1, $"ask again if it fails with {string.Join(" or ", handler.Codes)}{(handler.Steps.Steps.IsEmpty ? "" : ", after:")}");
                Block(handler.Steps, depth + 2);
            }

            if (prompt.OnGiveUp is not null) SayBlock($"after {Times(prompt.Max?.Value ?? 5, "refused answer")}", prompt.OnGiveUp, depth + 1);
        }

        SayActions(prompt.Actions, depth + 1);
        SayExits(prompt.Catch, depth + 1);
        if (prompt.Timeout is { } timeout) SayBlock($"after {timeout.Scalar}", prompt.OnTimeout, depth + 1, "the run expires");
    }

    private void SayConnect(StepNode.Connect connect, int depth)
    {
        Say(depth, "store the connection; from here on nothing is taken back");
        Say(depth + 1, connect.Identity switch
        {
            IdentityNode.Key key => $"the account is {Code(key.Value)}",
            IdentityNode.None none => $"which account it is remains unknown, so that none is compared: {none.Because}",
            _ => "",
        });

        // What is not known cannot be compared: whatever the step says then never comes about.
        var isCompared = connect.Identity is not IdentityNode.None;
        if (isCompared) Say(depth + 1, $"if the account is connected already: {Words(connect.OnDuplicate)}");
        if (isCompared && isAuthorizedAgain) Say(depth + 1, $"if another account than the connection's comes back: {Words(connect.OnOtherAccount)}");
        if (connect.Suspended is { } cause) Say(depth + 1, $"it is stored as suspended, with the cause {cause}");
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
        if (shown.Count > 0) Say(depth, $"showing {string.Join(", ", shown)}");
        if (FlowExplanation.Words(show.Text) is { } words) Say(depth, $"saying: {words}");
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
                    SayBlock($"{head}, at the most {Times(action.Max?.Value ?? 3, "time")}", act.Steps, depth);
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

    /// <param name="otherwise">What comes where the flow names no steps.</param>
    private void SayBlock(string head, Block? block, int depth, string otherwise = "")
    {
        if (block is null)
        {
            Say(depth, $"{head}: {otherwise}");
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

    private static string Keep(Scalar? name) => name is null ? "" : $"; the answer is kept as '{name}'";

    private static string Tried(RetryNode? retry) => retry?.Max is { } max ? $", tried at the most {Times(max.Value, "time")}" : "";

    private static string Times(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    private static string Words(OnDuplicate choice) => choice switch
    {
        OnDuplicate.Reuse => "that connection is kept, with what is stored now",
        OnDuplicate.Reject => "the run fails",
        OnDuplicate.Allow => "another connection is made",
    };

    private static string Words(OnOtherAccount choice) => choice switch
    {
        OnOtherAccount.Reject => "the run fails",
        OnOtherAccount.Replace => "it takes the connection over",
        OnOtherAccount.New => "a connection of its own is made",
    };

    private static string Code(ValueNode node) =>
        node is ValueNode.Expression { Start: var start } ? $"«{node.Scalar.Value[start..].Trim()}»" : $"'{node.Scalar.Value}'";
}
