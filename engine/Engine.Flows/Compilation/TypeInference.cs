namespace Engine.Flows;

/// <summary>
/// Finds the types that a flow does not write down: of variables that <c>set</c> gives, and of the members of its connection's
/// parameters. Whatever can be told from types already known is added, again and again until nothing more can be.
/// </summary>
internal sealed class TypeInference(FlowTypes types, ExpressionParser parser, CancellationToken cancellation)
{
    private readonly FindingList ignored = new();

    public TypeModel Run(FindingList findings)
    {
        var model = new TypeModel(types, cancellation);
        while (Infer(model)) model = new TypeModel(types, cancellation);
        foreach (var slot in Open) ReportOpen(slot, model, findings);
        return model;
    }

    private IEnumerable<Slot> Open => types.Slots.All.Where(slot => slot is { Type: null, IsBroken: false, Values.Count: > 0 });

    private bool Infer(TypeModel model)
    {
        var isNew = false;
        foreach (var slot in Open.ToList())
        {
            slot.Type = TypeOf(slot.Values, model);
            isNew |= slot.Type is not null;
        }

        foreach (var member in types.Inferred.Where(member => member.Type is null).ToList())
        {
            member.Type = TypeOf(member.Values, model) is { } type ? type + (member.IsOptional && !type.EndsWith('?') ? "?" : "") : null;
            isNew |= member.Type is not null;
        }

        return isNew;
    }

    /// <summary>The type that all values fit: the same but for null.</summary>
    private string? TypeOf(List<ValueNode> values, TypeModel model)
    {
        string? found = null;
        foreach (var value in values)
        {
            if (TypeOf(value, model) is not { } type) continue;
            if (found is null || found + "?" == type) found = type;
        }

        return found;
    }

    private string? TypeOf(ValueNode node, TypeModel model)
    {
        if (node is not ValueNode.Expression expression) return "string";
        if (parser.Parse(expression) is not { } parsed) return null;
        if (Translator.Translate(model, parsed, ignored, out _)?.Type is not { } type) return null;
        return TypeNames.Code(type) + (type.IsReferenceType ? "?" : "");
    }

    private void ReportOpen(Slot slot, TypeModel model, FindingList findings)
    {
        var isWaiting = slot.Values.OfType<ValueNode.Expression>().Any(value =>
            parser.Parse(value) is { } parsed && Translator.Translate(model, parsed, ignored, out var waits) is null && waits);
        slot.IsBroken = true;
        var isNull = slot.Values.All(value => value.Scalar.Value.Trim() == "null");
        if (!isWaiting && !isNull) return;
        findings.Error(FindingCodes.TypeOfItself, (slot.First ?? slot.Values[0].Scalar).Place, isNull
            ? $"null alone does not tell the type of '{slot.Name}'; declare it under 'vars'"
            : $"the type of '{slot.Name}' depends on itself; declare it under 'vars'");
    }
}
