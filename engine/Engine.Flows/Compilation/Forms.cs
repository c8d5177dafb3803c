namespace Engine.Flows;

/// <summary>The form types of a flow's prompts; prompts that ask the same share one, so that they may share a name.</summary>
internal sealed class Forms
{
    private readonly Dictionary<StepNode.Prompt, string> names = new(ReferenceEqualityComparer.Instance);
    private readonly List<(string Name, string Signature, StepNode.Prompt Prompt)> distinct = [];

    public Forms(FlowDocument document)
    {
        foreach (var prompt in Steps.All(document.Steps).OfType<StepNode.Prompt>())
        {
            var signature = string.Join(';', prompt.Fields.Select(Signature));
            var known = distinct.Find(form => form.Signature == signature);
            if (known.Name is null) distinct.Add(known = ($"Form{distinct.Count + 1}", signature, prompt));
            names[prompt] = known.Name;
        }
    }

    /// <summary>The simple name of a prompt's form type.</summary>
    public string NameOf(StepNode.Prompt prompt) => names[prompt];

    /// <summary>Each form type with a prompt that has it.</summary>
    public IEnumerable<(string Name, StepNode.Prompt Prompt)> Distinct => distinct.Select(form => (form.Name, form.Prompt));

    private static string Signature(FieldNode field) =>
        $"{field.Name}:{field.Type}:{field.IsOptional && field.Default is null}:"
        + string.Join(',', field.Options.Select(option => option.Name.Value));
}
