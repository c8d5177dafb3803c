using System.Collections.Immutable;
using Engine.Sdk;

namespace Engine.Flows;

/// <summary>
/// Checks that every failure an operation declares is caught, asked again or listed; that what is caught can come; and that what a
/// flow creates can be taken back and looked up.
/// </summary>
internal sealed class FailureCheck(FlowDocument document, Binder binder, FindingList findings)
{
    private static readonly HashSet<string> OfTheEngine = new(StringComparer.Ordinal)
    {
        Failures.RateLimited, Failures.ProviderTimeout, Failures.ProviderDown, Failures.ProviderChanged, Failures.ConfigError,
        Failures.InDoubt, Failures.Internal,
    };

    /// <summary>Every redirect may end with it, since anybody can call its address.</summary>
    private static readonly DeclaredFailure CallbackInvalid = new(
        Failures.CallbackInvalid, null, FailureClass.Provider, RetryAdvice.Now, ImmutableDictionary<string, string>.Empty);

    private readonly HashSet<string> listed = new(document.Fails.Select(fail => fail.Code.Value), StringComparer.Ordinal);
    private readonly HashSet<string> used = new(StringComparer.Ordinal) { CompiledFlow.Expired };

    private readonly HashSet<string> missing = new(StringComparer.Ordinal);

    public void Run()
    {
        foreach (var step in Steps.All(document.Steps))
        {
            switch (step)
            {
                case StepNode.Call call:
                    Check(step, call.Operation, call.Catch);
                    CheckConfirm(call.Operation, call.Confirm);
                    CheckUndo(step, call.Operation, call.Undo);
                    break;
                case StepNode.Poll poll:
                    Check(step, poll.Operation, poll.Catch);
                    CheckUndo(step, poll.Operation, null);
                    break;
                case StepNode.Prompt { Submit: { } submit } prompt:
                    Check(step, submit.Operation, prompt.Catch.AddRange(prompt.AgainOn));
                    CheckConfirm(submit.Operation, submit.Confirm);
                    CheckUndo(step, submit.Operation, submit.Undo);
                    break;
                case StepNode.Redirect redirect:
                    CheckRedirect(redirect);
                    break;
                case StepNode.Fail fail:
                    CheckEnd(fail.Code);
                    break;
            }
        }

        // Beside other mistakes only a code that is misspelt here: the others may be missed because of a step that could not be read.
        var hasErrors = findings.HasErrors;
        foreach (var fail in document.Fails.Where(fail => !used.Contains(fail.Code.Value) && !OfTheEngine.Contains(fail.Code.Value)))
        {
            var near = Nearest.DidYouMean(fail.Code.Value, missing);
            if (hasErrors && near.Length == 0) continue;
            var message = $"nothing in the flow ends with '{fail.Code}'{near}";

            // What is nearly a code that the flow does end with is that one, misspelt.
            if (near.Length > 0) findings.Error(FindingCodes.EndNeverUsed, fail.Code.Place, message);
            else findings.Warning(FindingCodes.EndNeverUsed, fail.Code.Place, message);
        }
    }

    private void Check(StepNode step, CallNode node, ImmutableArray<HandlerNode> handlers)
    {
        if (binder.Call(node) is not { Operation: var operation } call) return;
        var isWhole = step.IsWhole && TakesAll(call);
        var handled = CheckFailures(step, node, operation.Name, operation.Failures, handlers, isWhole);
        if (operation.Effect != Effect.Once || handled.Contains(Failures.InDoubt)) return;
        used.Add(Failures.InDoubt);
        if (listed.Contains(Failures.InDoubt)) return;
        missing.Add(Failures.InDoubt);
        if (!isWhole) return;
        findings.Error(FindingCodes.InDoubtNotHandled, node.Operation.Place,
            $"'{operation.Name}' must not happen twice, so a lost answer may leave it in doubt; "
            + $"catch '{Failures.InDoubt}', or list it under 'fails'");
    }

    private void CheckRedirect(StepNode.Redirect redirect)
    {
        if (binder.Redirect(redirect.Page) is not { Redirect: var page }) return;
        CheckFailures(redirect, redirect.Page, page.Name, page.Failures.Add(CallbackInvalid), redirect.Catch, redirect.IsWhole);
    }

    /// <summary>What of an operation's or a redirect's failures is handled.</summary>
    /// <param name="isWhole">Whether nothing of the step was refused: what that would have said is not known.</param>
    private HashSet<string> CheckFailures(
        StepNode step, CallNode node, string name, ImmutableArray<DeclaredFailure> declared, ImmutableArray<HandlerNode> handlers, bool isWhole)
    {
        var given = node.Arguments.Select(argument => Names.Fold(argument.Name.Value)).ToHashSet(StringComparer.Ordinal);
        var possible = declared.Where(failure => failure.When is null || given.Contains(Names.Fold(failure.When))).ToList();
        var handled = new HashSet<string>(StringComparer.Ordinal);
        foreach (var code in handlers.SelectMany(handler => handler.Codes)) CheckCaught(code, name, declared, possible, handled, isWhole);
        var left = possible.Where(failure => !handled.Contains(failure.Code)).ToList();
        used.UnionWith(left.Select(failure => failure.Code));
        // On a poll, a failure that may pass only delays the next round.
        var open = left.Where(failure => !listed.Contains(failure.Code) && (step is not StepNode.Poll || failure.Retry == RetryAdvice.Never)).ToList();
        missing.UnionWith(open.Select(failure => failure.Code));
        if (open.Count > 0 && isWhole)
        {
            findings.Error(FindingCodes.FailureNotHandled, node.Operation.Place,
                $"'{name}' may fail with {string.Join(", ", open.Select(failure => failure.Code))}; catch it, or list it under 'fails'");
        }

        return handled;
    }

    /// <summary>Whether the operation has every argument that is given; what is about one that was refused is not known.</summary>
    private static bool TakesAll(BoundCall call)
    {
        var known = call.Input.GetMembers().Select(member => Names.Fold(member.Name)).ToHashSet(StringComparer.Ordinal);
        return call.Node.Arguments.All(argument => known.Contains(Names.Fold(argument.Name.Value)));
    }

    private void CheckCaught(
        Word code, string name, ImmutableArray<DeclaredFailure> declared, List<DeclaredFailure> possible, HashSet<string> handled, bool isWhole)
    {
        if (!handled.Add(code.Value))
        {
            findings.Error(FindingCodes.NamedTwice, code.Place, $"'{code}' is handled already");
            return;
        }

        if (OfTheEngine.Contains(code.Value) || possible.Exists(failure => failure.Code == code.Value)) return;
        if (declared.FirstOrDefault(failure => failure.Code == code.Value) is { } absent)
        {
            if (isWhole) findings.Warning(FindingCodes.FailureNotDeclared, code.Place,
                $"'{code}' cannot come here, since it is about '{Names.Snake(absent.When ?? "")}', which the call leaves out");
            return;
        }

        var known = declared.Select(failure => failure.Code).Concat(OfTheEngine).ToList();
        var near = Nearest.DidYouMean(code.Value, known);
        // The one that was meant is handled.
        if (Nearest.Find(code.Value, known) is { } meant) handled.Add(meant);
        var own = string.Join(", ", declared.Select(failure => failure.Code).DefaultIfEmpty("nothing of its own"));
        findings.Error(FindingCodes.FailureNotDeclared, code.Place,
            $"'{name}' does not fail with '{code}'{(near.Length > 0 ? near : $"; it may fail with {own}")}");
    }

    private void CheckConfirm(CallNode node, CallNode? confirm)
    {
        if (confirm is null || binder.Call(node) is not { } call || binder.Call(confirm) is not { } found) return;
        if (!Library.Is(call.Output, found.Output))
        {
            findings.Error(FindingCodes.ConfirmGivesOther, confirm.Operation.Place,
                $"'{confirm.Operation}' gives {TypeNames.Words(found.Output)}, and '{node.Operation}' gives "
                + $"{TypeNames.Words(call.Output)}; what is found takes the place of the answer");
        }
        else if (found.Operation.Effect != Effect.Safe)
        {
            findings.Error(FindingCodes.ConfirmGivesOther, confirm.Operation.Place,
                $"'{confirm.Operation}' changes something at the provider; a confirm only looks it up");
        }
    }

    private void CheckUndo(StepNode step, CallNode node, UndoNode? undo)
    {
        if (undo is not null || !step.IsWhole || binder.Call(node) is not { Operation.Creates: true }) return;
        findings.Error(FindingCodes.UndoMissing, node.Operation.Place,
            $"'{node.Operation}' leaves something at the provider; say how it is taken back with 'undo', "
            + "or 'undo: none' and 'because', beside the call");
    }

    private void CheckEnd(Scalar code)
    {
        used.Add(code.Value);
        if (listed.Contains(code.Value)) return;
        missing.Add(code.Value);

        // The only one that needs no entry; it may have one all the same.
        if (code.Value == CompiledFlow.Expired) return;
        findings.Error(FindingCodes.EndNotListed, code.Place,
            $"'{code}' is not listed under 'fails'{Nearest.DidYouMean(code.Value, listed)}");
    }
}
