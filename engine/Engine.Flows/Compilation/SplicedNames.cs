namespace Engine.Flows;

/// <summary>
/// The names that go from a flow into generated code as they are. The reader lets only plain ones through; that is so much of what
/// keeps a flow from writing code that it is looked at once more here.
/// </summary>
internal static class SplicedNames
{
    public static bool ArePlain(FlowDocument document, FindingList findings)
    {
        var isPlain = true;
        foreach (var name in Of(document).Where(name => !Names.IsPlain(name.Value)))
        {
            isPlain = false;
            if (!findings.HasErrors) findings.Error(FindingCodes.BadName, name.Place, "this is not a name");
        }

        return isPlain;
    }

    private static IEnumerable<Scalar> Of(FlowDocument document)
    {
        var steps = Steps.All(document.Steps).ToList();
        var fields = document.Inputs.Concat(steps.OfType<StepNode.Prompt>().SelectMany(prompt => prompt.Fields)).ToList();
        var connects = steps.OfType<StepNode.Connect>().ToList();
        return
        [
            .. fields.Select(field => field.Name),
            .. fields.SelectMany(field => field.Options).Select(option => option.Name),
            .. connects.SelectMany(connect => connect.Params.Concat(connect.Credentials)).Select(value => value.Name),
            .. document.Hooks.Select(hook => hook.Name),
            .. steps.OfType<StepNode.Call>().SelectMany(call => call.Leftover).Select(part => part.Name),
        ];
    }
}
