namespace Engine.Flows;

/// <summary>
/// Checks that the hooks a flow lists exist, are used and can be called, and that a flow which a hook begins does not wait for a person.
/// </summary>
internal sealed class SignalCheck(FlowDocument document, Library library, Binder binder, FindingList findings)
{
    public void Run()
    {
        foreach (var hook in document.Hooks) CheckExists(hook.Hook);
        if (document.StartsOn is { } begin)
        {
            CheckExists(begin.Hook);
            foreach (var step in Steps.All(document.Steps)) CheckNobody(step);
        }

        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var step in Steps.All(document.Steps))
        {
            if (step is StepNode.Await wait) CheckListed(wait.Hook, used);
            else if (step is StepNode.Poll { WakeOn: { } hint }) CheckListed(hint, used);
        }

        CheckUsed(used);
    }

    private void CheckExists(HookName name)
    {
        if (library.FindProvider(name.Alias.Value) is not { } used)
        {
            if (library.Missing.Contains(name.Alias.Value)) return;
            findings.Error(FindingCodes.UnknownProvider, name.Alias.Place,
                $"'{name.Alias}' is not listed under 'uses'{Nearest.DidYouMean(name.Alias.Value, library.Providers.Select(one => one.Alias))}");
        }
        else if (used.Provider.FindHook(name.Hook.Value) is null)
        {
            var near = Nearest.DidYouMean(name.Hook.Value, used.Provider.Hooks.Select(hook => hook.Name));
            findings.Error(FindingCodes.UnknownHook, name.Hook.Place, $"provider '{used.Provider.Name}' has no hook '{name.Hook}'{near}");
        }
    }

    private void CheckListed(Scalar name, HashSet<string> used)
    {
        used.Add(name.Value);
        if (document.Hooks.Any(hook => hook.Name.Value == name.Value)) return;
        var near = Nearest.DidYouMean(name.Value, document.Hooks.Select(hook => hook.Name.Value));
        findings.Error(FindingCodes.UnknownHook, name.Place, $"'{name}' is not listed under 'hooks'{near}");
    }

    private void CheckUsed(HashSet<string> used)
    {
        var given = binder.Translations.SelectMany(HooksIn).ToHashSet(StringComparer.Ordinal);
        foreach (var hook in document.Hooks)
        {
            var isGiven = given.Contains(hook.Name.Value);
            if (!isGiven && !used.Contains(hook.Name.Value))
            {
                findings.Error(FindingCodes.HookNotUsed, hook.Name.Place,
                    $"nothing uses '{hook.Name}'; give its address to the provider with '=hooks.{hook.Name}.url', or take it away");
            }
            else if (!isGiven)
            {
                findings.Error(FindingCodes.HookAddressNotGiven, hook.Name.Place,
                    $"nobody can call '{hook.Name}': give its address to the provider with '=hooks.{hook.Name}.url'");
            }
        }
    }

    /// <summary>The hooks that an expression reads.</summary>
    private static IEnumerable<string> HooksIn(Translation translation) => translation.Names.Members
        .Where(member => member.ContainingType.Name == FlowTypes.Hooks && member.ContainingNamespace.Name == GeneratedTypes.Namespace)
        .Select(member => member.Name);

    private void CheckNobody(StepNode step)
    {
        const string Why = "a call of the provider begins this flow, so nobody is there to";
        switch (step)
        {
            case StepNode.Prompt:
                findings.Error(FindingCodes.NobodyIsThere, step.Verb.Place, $"{Why} be asked");
                break;
            case StepNode.Redirect:
                findings.Error(FindingCodes.NobodyIsThere, step.Verb.Place, $"{Why} be sent to a page");
                break;
            case StepNode.Poll { Actions: [var first, ..] }:
                findings.Error(FindingCodes.NobodyIsThere, first.Name.Place, $"{Why} choose '{first.Name}'");
                break;
        }
    }
}
