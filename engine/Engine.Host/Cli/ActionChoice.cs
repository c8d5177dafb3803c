using Engine.Runs;

namespace Engine.Host;

/// <summary>A line that chooses an action of a prompt in place of answering it.</summary>
/// <param name="Refusal">Why the action cannot be taken now, by language; null where it can.</param>
internal sealed record ActionChoice(string Action, IReadOnlyDictionary<string, string>? Refusal)
{
    /// <summary>
    /// The action that a line means: <c>/resend</c>, or <c>resend</c> where it cannot be meant as a value. Null: none.
    /// </summary>
    /// <param name="field">The field that is being asked; null for none.</param>
    public static ActionChoice? Of(PromptView prompt, PromptField? field, string line, DateTimeOffset now)
    {
        var isMarked = line.StartsWith('/');
        if (!isMarked && NeedsMark(field)) return null;
        var name = isMarked ? line[1..] : line;
        if (name == "cancel") return new ActionChoice(name, null);
        return prompt.Actions.FirstOrDefault(action => action.Name == name && action.Left > 0) switch
        {
            null => null,
            { AvailableAt: var at } when at > now =>
                new ActionChoice(name, Phrases.InAll(phrases => Phrases.Fill(phrases.TooSoon, name, phrases.Duration(at - now)))),
            _ => new ActionChoice(name, null),
        };
    }

    /// <summary>Whether a word is a value here, so that an action needs its slash.</summary>
    public static bool NeedsMark(PromptField? field) => field?.Type is "secret" or "text";
}
