namespace Engine.Flows;

/// <summary>Who reads what: finds results that nothing reads, and forms that can be forgotten once their answer is accepted.</summary>
internal sealed class Reads(FlowDocument document, FlowTypes types, Binder binder)
{
    private readonly ILookup<Slot, Translation> byReader = binder.Translations
        .SelectMany(translation => translation.Names.Reads.Values.Select(slot => (slot, translation)))
        .ToLookup(read => read.slot, read => read.translation);

    /// <summary>
    /// Whether a prompt's form holds a secret and is read by its own submit only. A form that another step may read, as the text of a
    /// prompt does that is shown before its answer, is kept.
    /// </summary>
    public bool IsForgotten(StepNode.Prompt prompt)
    {
        if (prompt.As is not { } name || !prompt.Fields.Any(field => field.Type == FieldType.Secret)) return false;
        var slot = types.Slots.Get(name);
        var own = Steps.All(document.Steps).OfType<StepNode.Prompt>().Where(other => other.As?.Value == name.Value)
            .SelectMany(OwnValues).SelectMany(TranslationsIn).ToHashSet(ReferenceEqualityComparer.Instance);
        return byReader[slot].All(own.Contains);
    }

    public void WarnOfUnread(FindingList findings)
    {
        foreach (var slot in types.Slots.All.Where(slot => slot is { First: not null, IsBroken: false } && !byReader.Contains(slot)))
        {
            if (slot.First is not { } first) continue;
            var near = Nearest.DidYouMean(slot.Name, types.Slots.All
                .Where(other => other.First is not null && Math.Abs(other.Name.Length - slot.Name.Length) <= 1 && byReader.Contains(other))
                .Select(other => other.Name));
            if (near.Length == 0) findings.Warning(FindingCodes.ResultNotUsed, first.Place, $"nothing reads '{slot.Name}'");
            else findings.Error(FindingCodes.ResultNotUsed, first.Place, $"nothing reads '{slot.Name}'{near}");
        }
    }

    /// <summary>What is evaluated between a prompt's answer and its acceptance.</summary>
    private IEnumerable<Bound> OwnValues(StepNode.Prompt prompt)
    {
        foreach (var call in new[] { prompt.Submit?.Operation, prompt.Submit?.Confirm, (prompt.Submit?.Undo as UndoNode.Call)?.Operation })
        {
            if (call is null || binder.Call(call) is not { } bound) continue;
            foreach (var value in bound.Record.Values) yield return value;
        }

        if (prompt.AgainWhen is { } condition) yield return binder.Condition(condition);
        foreach (var part in prompt.AgainText?.Parts ?? []) yield return binder.Text(part.Value);
    }

    public static IEnumerable<Translation> TranslationsIn(Bound value) => value switch
    {
        Bound.Computed computed => [computed.Translation],
        Bound.Text text => text.Pieces.Select(piece => piece.Hole?.Translation).OfType<Translation>(),
        _ => [],
    };
}
