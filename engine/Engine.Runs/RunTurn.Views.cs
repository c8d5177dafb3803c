using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Runs;

internal sealed partial class RunTurn
{
    /// <summary>A poll that waits before its first call shows what it can; what needs an answer is shown after it.</summary>
    private void ShowBeforeFirstAnswer(CompiledStep.Poll step)
    {
        try
        {
            ShowPoll(step);
        }
        catch (ExpressionException)
        {
            Become(RunStatus.WaitingProvider);
        }
    }

    /// <summary>Brings the prompt of a poll up to date; changes nothing where it is.</summary>
    private void ShowPoll(CompiledStep.Poll step)
    {
        var shown = step.Show is { } show ? Shown(show) : null;
        var isTextSame = IsTextSame(step.Show?.Text, run.Prompt?.Text);
        var text = isTextSame && run.Prompt is { } current ? current.Text : TextOf(step.Show?.Text);
        if (shown is null && text.IsEmpty && step.Actions.IsEmpty)
        {
            if (run.Prompt is not null) Change(run with { Prompt = null });
            Become(RunStatus.WaitingProvider);
            return;
        }
        if (run.Prompt is not { } prompt)
        {
            var asked = NewPollPrompt(step, shown, text);
            Change(run with { Prompt = asked });
        }
        else if (!isTextSame || shown != prompt.Show)
        {
            Remember(Memory with { Rev = Memory.Rev + 1 });
            Change(run with { Prompt = prompt with { Rev = Memory.Rev, Text = text, Show = shown } });
        }
        Become(shown.HasValue() || !step.Actions.IsEmpty ? RunStatus.WaitingUser : RunStatus.WaitingProvider);
    }

    private PromptView NewPollPrompt(CompiledStep.Poll step, ShownValues? shown, ImmutableDictionary<string, string> text)
    {
        var id = NewOrSameId();
        return new PromptView(
            id, Memory.Rev, step.Name, false, text, [], false, ImmutableDictionary<string, string>.Empty, shown,
            ActionsOf(step.Actions), [], null, Memory.Deadline) { FrameSays = FrameSaysOf(step.Show) };
    }

    private static ImmutableArray<FrameMessage> FrameSaysOf(Show? show) =>
        show is null ? [] : [.. show.FrameSays.Select(message => new FrameMessage(message.Name, message.When, message.Text.ByLanguage))];

    /// <summary>The id of what this step asks now; a new one where it asks anew.</summary>
    private PromptId NewOrSameId()
    {
        var memory = Memory;
        if (memory.Asked is { } asked)
        {
            Remember(memory with { Rev = memory.Rev + 1 });
            return asked;
        }
        var id = new PromptId("p" + (run.Prompts + 1).ToString(CultureInfo.InvariantCulture));
        Change(run with { Prompts = run.Prompts + 1 });
        Remember(memory with { Asked = id, Rev = 1, AppearedAt = memory.AppearedAt ?? now });
        Note("prompted", ("prompt", id.Value));
        return id;
    }

    /// <summary>What is shown now: nothing where every part is null, no value once its time is over.</summary>
    private ShownValues? Shown(Show show)
    {
        var values = new ShownValues(
            ShownText(show.Qr), ShownText(show.Image), ShownText(show.Code), ShownText(show.Link), ShownText(show.Frame),
            null, 0, show.RotationsLeft is { } left && scope.Value(left) is { } count ? Convert.ToInt32(count, CultureInfo.InvariantCulture) : null);
        if (!values.HasValue()) return null;
        var memory = Memory.Shown;
        var fingerprint = FingerprintOf(values);
        if (memory?.Fingerprint != fingerprint)
        {
            memory = new ShownMemory(fingerprint, now, (memory?.Rotation ?? 0) + 1);
            Remember(Memory with { Shown = memory });
        }
        var expires = show.ExpiresAt is { } index ? MomentOf(scope.Value(index)) : null;
        if (memory.Since + show.Life is { } end && !(expires < end)) expires = end;
        values = values with { ExpiresAt = expires, Rotation = memory.Rotation };
        return expires <= now ? values.WithoutValues() : values;
    }

    private string? ShownText(int? index) => index is not { } value
        ? null
        : scope.Value(value) switch
        {
            null => null,
            string { Length: 0 } => null,
            string text => text,
            ShowOnce once => once.Reveal() is { Length: > 0 } text ? text : null,
            Uri address => address.OriginalString,
            var other => throw new ExpressionException($"step '{Here.Name}': a {other.GetType().Name} cannot be shown"),
        };

    private static string FingerprintOf(ShownValues values)
    {
        var text = string.Join('\u0001', values.Qr, values.Image, values.Code, values.Link, values.Frame);
        return Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Takes a value away whose time is over; the poll goes on.</summary>
    private void HideExpired()
    {
        if (run.Prompt is not { Show: { } shown } prompt || !shown.HasValue() || !(shown.ExpiresAt <= now)) return;
        Remember(Memory with { Rev = Memory.Rev + 1 });
        Change(run with { Prompt = prompt with { Rev = Memory.Rev, Show = shown.WithoutValues() } });
        if (Here is CompiledStep.Poll { Actions.IsEmpty: true }) Become(RunStatus.WaitingProvider);
    }

    private ImmutableDictionary<string, string> TextOf(TextTemplate? template)
    {
        if (template is null) return ImmutableDictionary<string, string>.Empty;
        var texts = template.ByLanguage.Select(text => KeyValuePair.Create(text.Key, scope.Value(text.Value) as string ?? ""));
        return ImmutableDictionary.CreateRange(texts.Where(text => text.Value.Length > 0));
    }

    private bool IsTextSame(TextTemplate? template, ImmutableDictionary<string, string>? text)
    {
        if (template is null || text is null) return (template is null || template.ByLanguage.IsEmpty) && (text is null || text.IsEmpty);
        foreach (var (language, value) in template.ByLanguage)
        {
            if ((scope.Value(value) as string ?? "") != text.GetValueOrDefault(language, "")) return false;
        }
        return true;
    }

    private ImmutableArray<ActionView> ActionsOf(ImmutableArray<PromptAction> actions)
    {
        if (actions.IsEmpty) return [];
        var memory = Memory;
        return
        [
            .. actions
                .Select(action => (Action: action, Taken: memory.Actions.GetValueOrDefault(action.Name)))
                .Where(choice => (choice.Taken?.Count ?? 0) < choice.Action.Max)
                .Select(choice => new ActionView(
                    choice.Action.Name, choice.Action.Label.ByLanguage,
                    (choice.Taken?.LastAt ?? memory.AppearedAt ?? now) + choice.Action.After,
                    choice.Action.Max - (choice.Taken?.Count ?? 0))),
        ];
    }
}
