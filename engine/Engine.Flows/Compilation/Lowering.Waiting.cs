using System.Collections.Immutable;
using Engine.Sdk;

namespace Engine.Flows;

internal sealed partial class Lowering
{
    private const int DefaultTries = 5;
    private const int DefaultActions = 3;
    private static readonly TimeSpan DefaultPause = TimeSpan.FromSeconds(1);

    private CompiledStep.Call Call(StepNode.Call call, int next) => new(
        NameOf(call), call.Verb.Place.Line, Site(call.Operation), Slot(call.As), Retry(call.Retry, call.Operation),
        call.Timeout?.Value, call.OnTimeout is null ? null : Lower(call.OnTimeout, next), Handlers(call.Catch, call.Operation, next),
        call.Confirm is null ? null : Site(call.Confirm), Undo(call.Undo),
        [.. call.Leftover.Select(Leftover)], next);

    private CompiledStep.Poll Poll(StepNode.Poll poll, int at, int next) => new(
        NameOf(poll), poll.Verb.Place.Line, Site(poll.Operation), Slot(poll.As), From(poll), poll.IsFirstAfter, poll.Every.Value,
        Condition(poll.Until), poll.Timeout.Value, Deadline(poll.Deadline), poll.OnTimeout is null ? null : Lower(poll.OnTimeout, next),
        Handlers(poll.Catch, poll.Operation, next), Show(poll.Show), Actions(poll.Actions, at, next), next)
    {
        WakeOn = poll.WakeOn?.Value,
    };

    private CompiledStep.Prompt Prompt(StepNode.Prompt prompt, int at, int next)
    {
        prompts[at] = prompt;
        var submit = prompt.Submit;
        return new CompiledStep.Prompt(
            NameOf(prompt), prompt.Verb.Place.Line, Fields.Of(prompt.Fields), Template(prompt.Text),
            prompt.Button is null ? null : Fields.TextOf(prompt.Button), Slot(prompt.As),
            $"{GeneratedTypes.Namespace}.{types.Forms.NameOf(prompt)}", submit is null ? null : Site(submit.Operation), Slot(submit?.As),
            Retry(submit?.Retry, submit?.Operation), submit?.Confirm is null ? null : Site(submit.Confirm), Undo(submit?.Undo),
            prompt.AgainWhen is null ? null : Condition(prompt.AgainWhen), AgainOn(prompt.AgainOn, submit?.Operation, at),
            Handlers(prompt.Catch, submit?.Operation, next), Template(prompt.AgainText), prompt.Max?.Value ?? DefaultTries,
            prompt.OnGiveUp is null ? null : Lower(prompt.OnGiveUp, next),
            prompt.Timeout?.Value, prompt.OnTimeout is null ? null : Lower(prompt.OnTimeout, next), Show(prompt.Show),
            Actions(prompt.Actions, at, next), next);
    }

    private CompiledStep.Connect Connect(StepNode.Connect connect, int next)
    {
        var (identity, place) = (connect.Identity, connect.Verb.Place);
        return new CompiledStep.Connect(
            NameOf(connect), place.Line,
            new Identity(
                identity is IdentityNode.Key key ? Parts.Value(binder.Key(key.Value), key.Value.Scalar.Place) : null,
                identity.Label is { } label ? Parts.Value(binder.Label(label), label.Scalar.Place) : null,
                identity is IdentityNode.None none ? none.Because.Value : null),
            connect.IsSwappedByProvider, connect.OnOtherAccount, connect.OnDuplicate,
            connect.Params.IsEmpty ? null : Parts.Value(binder.Generated(FlowTypes.Params, connect.Params), place),
            binder.Credentials(connect) is { } credentials ? Parts.Value(credentials, place) : null, next)
        {
            Provider = binder.ProviderOf(connect)?.Provider.Name,
            IsClaimRequired = connect.IsClaimRequired,
            Suspended = connect.Suspended?.Value,
        };
    }

    private CompiledStep.Redirect Redirect(StepNode.Redirect node, int next)
    {
        var bound = binder.Redirect(node.Page);
        var failures = bound?.Redirect.Failures ?? [];
        return new CompiledStep.Redirect(
            NameOf(node), node.Verb.Place.Line, bound?.Used.Provider.Name ?? "", node.Page.Operation.Value,
            bound is null ? "" : $"{bound.Redirect.OutputType}, {bound.Used.Provider.AssemblyName}",
            Parts.Value(bound?.Record, node.Page.Scalar.Place), Slot(node.As), Template(node.Text), node.Timeout.Value,
            node.OnTimeout is null ? null : Lower(node.OnTimeout, next),
            [.. node.Catch.SelectMany(handler => Handlers(handler, failures, Lower(handler.Steps, next)))], node.IsPopup, next);
    }

    private CompiledStep.Await Await(StepNode.Await node, int next) => new(
        NameOf(node), node.Verb.Place.Line, node.Hook.Value, Slot(node.As), node.Timeout.Value,
        node.OnTimeout is null ? null : Lower(node.OnTimeout, next), next);

    private int Site(CallNode node)
    {
        var call = binder.Call(node);
        var site = new CallSite(
            Calls.Count, call?.Used.Provider.Name ?? "", node.Operation.Value, call?.Operation.Effect ?? Effect.Safe,
            call is null ? "" : $"{call.Operation.InputType}, {call.Used.Provider.AssemblyName}",
            call is null ? "" : $"{call.Operation.OutputType}, {call.Used.Provider.AssemblyName}",
            Parts.Value(call?.Record, node.Scalar.Place));
        Calls.Add(site);
        return site.Index;
    }

    private Undo? Undo(UndoNode? node) => node is UndoNode.Call undo ? new Undo(Site(undo.Operation)) : null;

    private Retry Retry(RetryNode? node, CallNode? operation)
    {
        var isOnce = operation is not null && binder.Call(operation)?.Operation.Effect == Effect.Once;
        return new Retry(node?.Max?.Value ?? (isOnce ? 1 : 3), node?.Every?.Value ?? DefaultPause);
    }

    private int? From(StepNode.Poll poll) =>
        poll.From is { } from ? Parts.Value(binder.From(from, poll.Operation), from.Scalar.Place) : null;

    private int? Deadline(ValueNode.Expression? node) =>
        node is null ? null : Parts.Value(binder.Deadline(node), node.Scalar.Place);

    private LeftoverPart Leftover(NamedValue value) =>
        new(value.Name.Value, Parts.Value(binder.Leftover(value), value.Value.Scalar.Place));

    private ImmutableArray<Handler> Handlers(ImmutableArray<HandlerNode> nodes, CallNode? operation, int next) =>
        [.. nodes.SelectMany(node => Handlers(node, operation, Lower(node.Steps, next)))];

    /// <summary>Handlers whose steps end by going back into the prompt.</summary>
    private ImmutableArray<Handler> AgainOn(ImmutableArray<HandlerNode> nodes, CallNode? operation, int prompt) =>
        [.. nodes.SelectMany(node => Handlers(node, operation, Lower(node.Steps, Resume(prompt, node.Codes[0].Place.Line))))];

    private IEnumerable<Handler> Handlers(HandlerNode node, CallNode? operation, int target) =>
        Handlers(node, operation is null ? [] : binder.Call(operation)?.Operation.Failures ?? [], target);

    private static IEnumerable<Handler> Handlers(HandlerNode node, ImmutableArray<DeclaredFailure> failures, int target)
    {
        return node.Codes.Select(code =>
            new Handler(code.Value, target) { Text = EndCodes.TextOf(failures.FirstOrDefault(failure => failure.Code == code.Value)) });
    }

    private ImmutableArray<PromptAction> Actions(ImmutableArray<ActionNode> nodes, int step, int next) =>
        [.. nodes.Select(node => new PromptAction(
            node.Name.Value, Fields.TextOf(node.Label), node.After?.Value ?? TimeSpan.Zero, node.Max?.Value ?? DefaultActions,
            Target(node, step, next)))];

    private int Target(ActionNode node, int step, int next)
    {
        var line = node.Name.Place.Line;
        return node.Outcome switch
        {
            ActionOutcome.Do act => Lower(act.Steps, Resume(step, line)),
            ActionOutcome.Leave => next,
            _ => Add(new CompiledStep.Restart(Unique("restart", line), line)),
        };
    }

    private int Resume(int step, int line) => Add(new CompiledStep.Resume(Unique("resume", line), line, step));

    private Show? Show(ShowNode? node) => node is null ? null : new Show(
        Shown(node.Qr, "qr"), Shown(node.Image, "image"), Shown(node.Code, "code"), Shown(node.Link, "link"), Shown(node.Frame, "frame"),
        Template(node.Text), node.ExpiresAt is null ? null : Parts.Value(binder.Moment(node.ExpiresAt), node.ExpiresAt.Scalar.Place),
        node.Life?.Value,
        node.RotationsLeft is null ? null : Parts.Value(binder.Number(node.RotationsLeft), node.RotationsLeft.Scalar.Place))
    {
        FrameSays =
        [
            .. node.FrameSays.Select(message => new FrameSays(
                message.Name.Value, message.When.ToImmutableDictionary(member => member.Key.Value, member => member.Value.Value, StringComparer.Ordinal),
                Fields.TextOf(message.Text))),
        ],
    };

    private int? Shown(ValueNode? node, string key) => node is null ? null : Parts.Value(binder.Shown(node, key), node.Scalar.Place);

    private TextTemplate? Template(TextNode? node)
    {
        if (node is null) return null;
        var texts = ImmutableDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        foreach (var part in node.Parts)
        {
            var value = Parts.Value(binder.Text(part.Value), part.Value.Scalar.Place);
            foreach (var language in part.Languages) texts[language] = value;
        }

        return new TextTemplate(texts.ToImmutable());
    }
}
