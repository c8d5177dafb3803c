using Engine.Sdk;

namespace Engine.Flows;

/// <summary>What comes from outside: a person who is back from the provider's page, and the call that begins a flow.</summary>
public sealed partial class FlowTestReader
{
    private static readonly string[] CommonReturnFailures = [Failures.CallbackInvalid, Failures.ProviderDown, Failures.ConfigError];

    private PersonMove.Back? ReadBack(YamlEntry entry)
    {
        if (flow.Loaded.Flow.Steps.OfType<CompiledStep.Redirect>().FirstOrDefault() is not { } step || flow.FindRedirect(step) is not { } page)
        {
            findings.Error(FindingCodes.ActKeysDoNotFit, entry.Key.Place, "the flow sends nobody to a page of the provider, so nobody comes back");
            return null;
        }

        if (entry.Value is YamlNode.Map map && map.Entries.Any(one => one.Key.Value == "fail"))
        {
            var keys = new Keys(map, "a return", entry.Value.Place, findings);
            keys.RefuseOthers("fail");
            return keys.Require("fail") is { } fail && ReadScalar(fail) is { } code
                && IsKnown(code, [.. page.Failures.Select(failure => failure.Code), .. CommonReturnFailures], $"a failure of '{step.Provider}.{step.Page}'")
                    ? new PersonMove.Back(null, new Failure(code.Value, "the test says so"))
                    : null;
        }

        return values.ReadRecord(entry.Value, TypeOf(step.Provider, page.OutputType), $"the return of '{step.Provider}.{step.Page}'") is { } record
            ? new PersonMove.Back(record, null)
            : null;
    }

    private PersonMove.Call? ReadCall(YamlEntry entry, Keys act)
    {
        var hooks = flow.Loaded.Flow.Hooks;
        var says = act.Require("says");
        if (ReadScalar(entry) is not { } name || !IsKnown(name, [.. hooks.Select(hook => hook.Name)], "a hook of the flow") || says is null) return null;
        var called = hooks.First(hook => hook.Name == name.Value);
        if (flow.Catalog.FindProvider(called.Provider)?.FindHook(called.Hook) is not { } declared) return null;
        var payload = values.ReadRecord(says.Value, TypeOf(called.Provider, declared.PayloadType), $"what '{called.Provider}.{called.Hook}' says");
        return payload is null ? null : new PersonMove.Call(name.Value, payload, act.Find("key") is { } key ? ReadScalar(key)?.Value : null);
    }

    private TypedValue? ReadBegin(YamlEntry entry)
    {
        if (flow.Loaded.Flow.StartsOn is not { } begin || flow.Catalog.FindProvider(begin.Provider)?.FindHook(begin.Hook) is not { } hook)
        {
            findings.Error(FindingCodes.ActKeysDoNotFit, entry.Key.Place, "no call of the provider begins this flow; it has no 'starts_on'");
            return null;
        }

        return values.ReadRecord(entry.Value, TypeOf(begin.Provider, hook.PayloadType), $"the call '{begin.Provider}.{begin.Hook}'");
    }

    private Type TypeOf(string provider, string name) => flow.Loaded.FindType($"{name}, {flow.Catalog.FindProvider(provider)?.AssemblyName}");

    private void CheckBegins(Place place, TypedValue? begin)
    {
        if (begin is null && flow.Loaded.Flow.StartsOn is { } hook)
        {
            findings.Error(FindingCodes.ActKeysDoNotFit, place, $"the call '{hook.Provider}.{hook.Hook}' begins this flow; 'begins_with' must say what it says");
        }
    }
}
