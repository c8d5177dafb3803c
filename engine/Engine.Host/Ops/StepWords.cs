using System.Collections.Immutable;
using System.Diagnostics;
using Engine.Flows;

namespace Engine.Host;

/// <summary>Says in a few words what a step of a flow does. Names what is asked and shown by its kind, never by a value.</summary>
internal static class StepWords
{
    public static string Verb(CompiledStep step) => step switch
    {
        CompiledStep.Call => "call",
        CompiledStep.Poll => "poll",
        CompiledStep.Prompt => "prompt",
        CompiledStep.Redirect => "redirect",
        CompiledStep.Await => "await",
        CompiledStep.Branch => "branch",
        CompiledStep.If => "if",
        CompiledStep.Set => "set",
        CompiledStep.Wait => "wait",
        CompiledStep.StartOfRepeat or CompiledStep.EndOfRepeat => "repeat",
        CompiledStep.Resume => "resume",
        CompiledStep.Restart => "restart",
        CompiledStep.Connect => "connect",
        CompiledStep.Fail => "fail",
        CompiledStep.Done => "done",
        _ => throw new UnreachableException(),
    };

    public static string Of(CompiledFlow flow, CompiledStep step, Words words) => step switch
    {
        CompiledStep.Call call => Operation(flow, call.Site),
        CompiledStep.Poll poll => $"{Operation(flow, poll.Site)} · {words.Span(poll.Every)}{(PromptKind(step, words) is { Length: > 0 } shown ? $" · {shown}" : "")}",
        CompiledStep.Prompt prompt => prompt.Submit is { } site ? $"{PromptKind(step, words)} → {Operation(flow, site)}" : PromptKind(step, words),
        CompiledStep.Redirect redirect => $"{redirect.Provider}.{redirect.Page}",
        CompiledStep.Await wait => $"hooks.{wait.Hook}",
        CompiledStep.Branch => ConditionOf(flow, step) is { Length: > 0 } status ? status : words.Say("chooses by a status", "выбор по статусу"),
        CompiledStep.If => ConditionOf(flow, step) is { Length: > 0 } condition ? condition : words.Say("chooses by a condition", "выбор по условию"),
        CompiledStep.Wait wait => words.Span(wait.For),
        CompiledStep.EndOfRepeat repeat => words.Say($"at most {repeat.Max} times", $"не более {repeat.Max} раз"),
        CompiledStep.Connect => words.Say("stores the connection", "сохраняет подключение"),
        CompiledStep.Fail fail => fail.Code,
        CompiledStep.Done => words.Say("succeeded", "успешно"),
        CompiledStep.Set or CompiledStep.StartOfRepeat or CompiledStep.Resume or CompiledStep.Restart => "",
        _ => throw new UnreachableException(),
    };

    /// <summary>What the person sees at a step: the kinds of what is shown and asked. Empty for a step that shows nothing.</summary>
    public static string PromptKind(CompiledStep? step, Words words)
    {
        var (show, fields) = step switch
        {
            CompiledStep.Poll poll => (poll.Show, ImmutableArray<Field>.Empty),
            CompiledStep.Prompt prompt => (prompt.Show, prompt.Fields),
            _ => (null, []),
        };
        List<string> parts = [];
        if (show?.Qr is not null) parts.Add(words.Say("QR code", "QR-код"));
        if (show?.Image is not null) parts.Add(words.Say("picture", "картинка"));
        if (show?.Code is not null) parts.Add(words.Say("code", "код"));
        if (show?.Link is not null) parts.Add(words.Say("link", "ссылка"));
        if (show?.Frame is not null) parts.Add(words.Say("framed page", "страница в рамке"));
        if (show is not null && parts.Count == 0 && fields.IsEmpty) parts.Add(words.Say("a text", "текст"));
        parts.AddRange(fields.Select(field => $"{field.Name} ({Words.Word(field.Type)})"));
        if (step is CompiledStep.Prompt && parts.Count == 0) parts.Add(words.Say("a button", "кнопка"));
        if (step is CompiledStep.Redirect) parts.Add(words.Say("provider's page", "страница сервиса"));
        return string.Join(", ", parts);
    }

    /// <summary>What a step decides by, as its line in the file has it; empty where it stands on other lines.</summary>
    private static string ConditionOf(CompiledFlow flow, CompiledStep step)
    {
        var line = flow.Source.Split('\n').ElementAtOrDefault(step.Line - 1)?.Trim() ?? "";
        return line.IndexOf(": ", StringComparison.Ordinal) is > 0 and var colon ? line[(colon + 2)..].Trim(' ', '"', '=', '{') : "";
    }

    public static string Operation(CompiledFlow flow, int site) => $"{flow.Calls[site].Provider}.{flow.Calls[site].Operation}";

    /// <summary>
    /// The cases of a branch in their order, as the file has them: compiled, they are numbers. Empty words where the file is written in another
    /// way than one case to a line.
    /// </summary>
    public static IEnumerable<string> CasesOf(CompiledFlow flow, CompiledStep.Branch branch)
    {
        var lines = flow.Source.Split('\n');
        List<string> cases = [];
        var (parent, depth) = (-1, -1);
        foreach (var line in lines.Skip(branch.Line))
        {
            var text = line.Trim();
            if (text.Length == 0 || text[0] == '#') continue;
            var indent = line.Length - line.TrimStart().Length;
            if (parent < 0)
            {
                if (text.StartsWith("cases:", StringComparison.Ordinal)) parent = indent;
                continue;
            }

            if (indent <= parent) break;
            if (depth < 0) depth = indent;
            if (indent == depth && text.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon) cases.Add(text[..colon].Trim());
        }

        return cases.Count == branch.Cases.Length ? cases : Enumerable.Repeat("", branch.Cases.Length);
    }
}
