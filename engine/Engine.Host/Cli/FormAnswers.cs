using System.Globalization;
using Engine.Runs;

namespace Engine.Host;

/// <summary>One question of a form.</summary>
/// <param name="Field">Null where only a button is to be pressed.</param>
/// <param name="Refusal">Why the answer before was not taken; null at first.</param>
internal sealed record Question(PromptView Prompt, PromptField? Field, IReadOnlyDictionary<string, string>? Refusal);

/// <summary>Fills in a form, field by field: first with the answers on the command line, then with those of a person.</summary>
/// <param name="ask">Asks a person; gives null where nobody answers.</param>
internal sealed class FormAnswers(GivenAnswers given, TimeProvider time, Func<Question, CancellationToken, Task<string?>> ask)
{
    /// <summary>The key of an answer that presses a button.</summary>
    public const string Submit = "submit";

    private static readonly string[] yes = ["true", "yes", "y", "да", "д"];
    private static readonly string[] no = ["false", "no", "n", "нет", "н"];

    public async Task<AskOutcome> FillAsync(PromptView prompt, CancellationToken cancellation)
    {
        if (prompt.Fields.IsEmpty) return await PressAsync(prompt, cancellation);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in prompt.Fields)
        {
            var question = new Question(prompt, field, null);
            while (true)
            {
                var line = given.TryTake(field.Name, out var answer) ? answer : await ask(question, cancellation) ?? Unasked(question);
                if (line is null) return new AskOutcome.Missing(field.Name, question.Refusal);
                if (ActionChoice.Of(prompt, field, line, time.GetUtcNow()) is { } choice)
                {
                    if (choice.Refusal is null) return AskOutcome.Given.Only(choice.Action);
                    question = question with { Refusal = choice.Refusal };
                    continue;
                }

                var check = FieldRules.Check([field], ValuesOf(field, line));
                foreach (var (name, value) in check.Values) values[name] = value;
                if (check.Errors.IsEmpty) break;
                question = question with { Refusal = check.Errors[0].Text };
            }
        }

        return new AskOutcome.Given(Submit, values);
    }

    private async Task<AskOutcome> PressAsync(PromptView prompt, CancellationToken cancellation)
    {
        var question = new Question(prompt, null, null);
        while (true)
        {
            var line = given.TryTake(Submit, out var answer) ? answer : await ask(question, cancellation);
            if (line is null) return new AskOutcome.Missing(Submit, question.Refusal);
            var choice = ActionChoice.Of(prompt, null, line, time.GetUtcNow());
            if (choice?.Refusal is null) return AskOutcome.Given.Only(choice?.Action ?? Submit);
            question = question with { Refusal = choice.Refusal };
        }
    }

    /// <summary>What stands for an answer where nobody gives one, unless it was refused already.</summary>
    private static string? Unasked(Question question) =>
        question is { Refusal: null, Field: { } field } ? field.Value ?? (field.IsRequired ? null : "") : null;

    private static Dictionary<string, string> ValuesOf(PromptField field, string line)
    {
        var value = line.Length == 0 ? field.Value ?? "" : ValueOf(field, line);
        return value.Length == 0 ? new(StringComparer.Ordinal) : new(StringComparer.Ordinal) { [field.Name] = value };
    }

    private static string ValueOf(PromptField field, string line) => field.Type switch
    {
        "boolean" when yes.Contains(line, StringComparer.OrdinalIgnoreCase) => "true",
        "boolean" when no.Contains(line, StringComparer.OrdinalIgnoreCase) => "false",
        "select" when field.Options.All(option => option.Name != line)
            && int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= 1 && number <= field.Options.Length => field.Options[number - 1].Name,
        _ => line,
    };
}
