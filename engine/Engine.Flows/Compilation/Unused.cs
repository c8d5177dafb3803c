using Microsoft.CodeAnalysis;

namespace Engine.Flows;

/// <summary>Says what nothing in the flow uses: inputs, fields of prompts, providers; and which language of a text leaves a value out.</summary>
internal sealed class Unused(FlowDocument document, FlowTypes types, Binder binder, FindingList findings)
{
    private readonly HashSet<(string Type, string Member)> read = [.. binder.Translations
        .SelectMany(translation => translation.Names.Members).Select(member => (member.ContainingType.Name, member.Name))];

    public void Run()
    {
        // A flow without steps is only begun.
        if (document.Steps.Steps.IsEmpty) return;
        foreach (var input in document.Inputs) WarnWhereUnread("Input", input, "input");
        var steps = Steps.All(document.Steps).ToList();
        var forms = binder.Translations.SelectMany(translation => translation.Names.Reads.Values).ToHashSet();

        // A form that nothing reads at all has its finding, and one without a name is not kept.
        foreach (var prompt in steps.OfType<StepNode.Prompt>().Where(prompt => prompt.As is { } name && forms.Contains(types.Slots.Get(name))))
        {
            foreach (var field in prompt.Fields) WarnWhereUnread(types.Forms.NameOf(prompt), field, "field");
        }

        var aliases = AliasesUsed(steps).ToHashSet(StringComparer.Ordinal);
        foreach (var use in document.Uses.Where(use => !aliases.Contains(use.Alias.Value)))
        {
            findings.Warning(FindingCodes.NeverUsed, use.Alias.Place, $"nothing uses '{use.Alias}'");
        }

        foreach (var text in steps.SelectMany(Steps.Texts)) Compare(text);
    }

    /// <summary>The providers that are called, whose page a person is sent to, whose calls are heard, or whose types a variable has.</summary>
    private IEnumerable<string> AliasesUsed(IReadOnlyList<StepNode> steps) =>
    [
        .. steps.SelectMany(Steps.Calls).Select(call => call.Alias.Value),
        .. steps.OfType<StepNode.Redirect>().Select(redirect => redirect.Page.Alias.Value),
        .. document.Hooks.Select(hook => hook.Hook.Alias.Value),
        .. document.StartsOn is { } begin ? [begin.Hook.Alias.Value] : Array.Empty<string>(),
        .. document.Vars.Select(variable => variable.Type.Name.Split('.')[0]),
    ];

    private void WarnWhereUnread(string type, FieldNode field, string what)
    {
        if (read.Contains((type, field.Name.Value))) return;
        findings.Warning(FindingCodes.NeverUsed, field.Name.Place, $"nothing reads the {what} '{field.Name}', which somebody has to fill in");
    }

    private void Compare(TextNode text)
    {
        var shown = text.Parts.Select(part => (Part: part, Values: Shown(binder.Text(part.Value)))).ToList();
        foreach (var (part, values) in shown)
        {
            if (shown.Find(other => other.Values.Except(values, StringComparer.Ordinal).Any()) is not { Part: { } fuller } more) continue;
            var missing = string.Join(", ", more.Values.Except(values, StringComparer.Ordinal).Select(name => $"'{name}'"));
            findings.Warning(FindingCodes.HolesDiffer, part.Value.Scalar.Place,
                $"the text in {part.Languages[0]} leaves out {missing}, which the one in {fuller.Languages[0]} shows");
        }
    }

    /// <summary>The names of the values that a text shows, in whatever form it does.</summary>
    private static HashSet<string> Shown(Bound text)
    {
        var translations = Reads.TranslationsIn(text).ToList();
        var members = translations.SelectMany(translation => translation.Names.Members).Where(member => member.ContainingAssembly.Name != "System.Runtime");
        var names = members.Select(member => Names.Snake(member.Name)).ToHashSet(StringComparer.Ordinal);
        names.UnionWith(translations.SelectMany(translation => translation.Names.Reads.Values).Select(slot => slot.Name));
        return names;
    }
}
