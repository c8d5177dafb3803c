using System.Collections.Immutable;

namespace Engine.Flows;

/// <summary>Hooks and redirects.</summary>
internal sealed partial class FlowReader
{
    private ImmutableArray<HookNode> ReadHooks(YamlEntry entry)
    {
        var hooks = ImmutableArray.CreateBuilder<HookNode>();
        foreach (var hook in ReadKeys(entry)?.All ?? [])
        {
            if (IsName(hook.Key, isReserved: true) && ReadHookName(hook) is { } name) hooks.Add(new HookNode(hook.Key, name));
        }

        return hooks.ToImmutable();
    }

    private StartsOnNode? ReadStartsOn(YamlEntry entry)
    {
        if (ReadKeys(entry) is not { } keys) return null;
        keys.RefuseOthers("hook", "as");
        var hook = keys.Require("hook") is { } name ? ReadHookName(name) : null;
        var asName = keys.Require("as") is not null ? ReadAs(keys) : null;
        return hook is null || asName is null ? null : new StartsOnNode(entry.Key, hook, asName);
    }

    /// <summary>The hook of a provider that a key names.</summary>
    private HookName? ReadHookName(YamlEntry entry) =>
        ReadQualified(entry, "a hook; write alias.hook, the alias being one under 'uses'") is var (scalar, alias, hook)
            ? new HookName(scalar, alias, hook)
            : null;

    private StepNode.Redirect? ReadRedirect(YamlEntry verb, Keys keys)
    {
        var errors = findings.ErrorCount;
        var arguments = keys.Find("with") is { } with ? ReadNamedValues(with, ReadValue) : [];
        var isWhole = errors == findings.ErrorCount && keys.Find("with")?.Value.IsWholeWithin != false;
        var name = ReadQualified(verb, "a redirect; write alias.redirect, the alias being one under 'uses'");
        var asName = ReadAs(keys);
        var said = keys.Find("text") is { } words ? ReadText(words, isFixed: false) : null;
        var timeout = keys.Require("timeout") is { } limit ? ReadDuration(limit, LongestStep) : null;
        var (onTimeout, handlers) = (FindBlock(keys, "on_timeout"), FindHandlers(keys, "catch"));
        var isPopup = keys.Find("popup") is { } popup && ReadTrue(popup);
        return name is var (scalar, alias, redirect) && timeout is not null
            ? new StepNode.Redirect(
                verb.Key, new CallNode(scalar, alias, redirect, arguments, isWhole), asName, said, timeout, onTimeout, handlers, isPopup)
            : null;
    }

    private StepNode.Await? ReadAwait(YamlEntry verb, Keys keys)
    {
        var hook = ReadScalar(verb) is { } name && IsName(name) ? name : null;
        var asName = ReadAs(keys);
        var timeout = keys.Require("timeout") is { } limit ? ReadDuration(limit, LongestStep) : null;
        var onTimeout = FindBlock(keys, "on_timeout");
        return hook is null || timeout is null ? null : new StepNode.Await(verb.Key, hook, asName, timeout, onTimeout);
    }

    private Scalar? ReadWakeOn(Keys keys) =>
        keys.Find("wake_on") is { } entry && ReadScalar(entry) is { } name && IsName(name) ? name : null;
}
