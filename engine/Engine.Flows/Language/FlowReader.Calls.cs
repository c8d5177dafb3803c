using System.Collections.Immutable;

namespace Engine.Flows;

internal sealed partial class FlowReader
{
    private StepNode.Call? ReadCallStep(YamlEntry verb, Keys keys)
    {
        keys.RequireWith("timeout", "on_timeout");
        var operation = ReadOperation(verb, keys);
        var (name, retry, timeout) = (ReadAs(keys), ReadRetry(keys), FindDuration(keys, "timeout"));
        var (onTimeout, handlers) = (FindBlock(keys, "on_timeout"), FindHandlers(keys, "catch"));
        var (confirm, undo) = (ReadConfirm(keys), ReadUndo(keys));
        var leftover = keys.Find("leftover") is { } entry ? ReadNamedValues(entry, ReadMarkedExpression) : [];
        return operation is null
            ? null
            : new StepNode.Call(verb.Key, operation, name, retry, timeout, onTimeout, handlers, confirm, undo, leftover);
    }

    /// <summary>The operation that a key names, with the arguments in <c>with</c> beside it.</summary>
    private CallNode? ReadOperation(YamlEntry entry, Keys keys)
    {
        var errors = findings.ErrorCount;
        var arguments = keys.Find("with") is { } with ? ReadNamedValues(with, ReadValue) : [];
        var isWhole = errors == findings.ErrorCount && keys.Find("with")?.Value.IsWholeWithin != false;
        return ReadQualified(entry, "an operation; write alias.operation, the alias being one under 'uses'") is var (scalar, alias, operation)
            ? new CallNode(scalar, alias, operation, arguments, isWhole)
            : null;
    }

    /// <summary>The two words of <c>alias.name</c>; null, with a finding, where it is anything else.</summary>
    /// <param name="what">What it is not, then: <c>an operation; write …</c>.</param>
    private (Scalar Scalar, Word Alias, Word Name)? ReadQualified(YamlEntry entry, string what)
    {
        if (ReadScalar(entry) is not { } scalar) return null;
        var dot = scalar.Value.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            findings.Error(FindingCodes.BadOperation, scalar.Place, $"{Characters.Quote(scalar.Value)} is not {what}");
            return null;
        }

        var (alias, name) = (new Word(scalar, 0, dot), new Word(scalar, dot + 1, scalar.Value.Length - dot - 1));
        var isRight = IsName(alias);
        return IsName(name) && isRight ? (scalar, alias, name) : null;
    }

    /// <summary>A call as the value of a key: <c>{ call: alias.operation, with: { … } }</c>.</summary>
    private CallNode? ReadInnerCall(YamlEntry entry)
    {
        if (ReadKeys(entry) is not { } keys) return null;
        keys.RefuseOthers("call", "with");
        return keys.Require("call") is { } call ? ReadOperation(call, keys) : null;
    }

    private CallNode? ReadConfirm(Keys keys) => keys.Find("confirm") is { } confirm ? ReadInnerCall(confirm) : null;

    private UndoNode? ReadUndo(Keys keys)
    {
        var (undo, because) = (keys.Find("undo"), keys.Find("because"));
        if (undo?.Value is YamlNode.Value { Scalar: { Value: not "" } word })
        {
            if (FindWord(word, "none") is null) return new UndoNode.None(word);
            if (because is null) findings.Error(FindingCodes.KeysDoNotFit, undo.Key.Place,
                "'undo: none' needs 'because' beside it: why nothing can be taken back");
            return new UndoNode.None(because is not null && ReadScalar(because) is { } reason ? reason : word);
        }

        if (because is not null)
        {
            findings.Error(FindingCodes.KeysDoNotFit, because.Key.Place,
                "'because' says why there is no undo; write 'undo: none' beside it, or leave it out");
        }

        if (undo is not null && ReadInnerCall(undo) is { } call) return new UndoNode.Call(call);
        return (undo ?? because) is { } refused ? new UndoNode.None(refused.Key) : null;
    }

    private RetryNode? ReadRetry(Keys keys)
    {
        if (keys.Find("retry") is not { } entry || ReadKeys(entry) is not { } retry) return null;
        retry.RefuseOthers("max", "every");
        return new RetryNode(entry.Key, FindCount(retry, "max", 1, 20), FindDuration(retry, "every"));
    }

    private Scalar? ReadAs(Keys keys) =>
        keys.Find("as") is { } entry && ReadScalar(entry) is { } name && IsName(name, isReserved: true) ? name : null;

    private DurationNode? FindDuration(Keys keys, string key) =>
        keys.Find(key) is { } entry ? ReadDuration(entry, LongestStep) : null;

    private CountNode? FindCount(Keys keys, string key, int least, int most) =>
        keys.Find(key) is { } entry ? ReadCount(entry, least, most) : null;

    private ImmutableArray<HandlerNode> FindHandlers(Keys keys, string key) =>
        keys.Find(key) is { } entry ? ReadHandlers(entry) : [];

    private ImmutableArray<NamedValue> ReadNamedValues(YamlEntry entry, Func<YamlEntry, ValueNode?> readValue)
    {
        var values = ImmutableArray.CreateBuilder<NamedValue>();
        foreach (var named in ReadKeys(entry)?.All ?? [])
        {
            if (IsName(named.Key) && readValue(named) is { } value) values.Add(new NamedValue(named.Key, value));
        }

        return values.ToImmutable();
    }

    private StepNode.Connect? ReadConnect(YamlEntry verb)
    {
        if (ReadKeys(verb) is not { } keys) return null;
        keys.RefuseOthers(
            "identity", "swapped_by", "on_other_account", "on_duplicate", "params", "credentials", "suspended", "provider", "claim");
        var identity = keys.Require("identity") is { } entry ? ReadIdentity(entry) : null;
        var onDuplicate = keys.Require("on_duplicate") is { } duplicate ? ReadChoice<OnDuplicate>(duplicate) : null;
        var mustSayOther = purposes.Contains(Purpose.Reauth);
        var other = mustSayOther ? keys.Require("on_other_account") : keys.Find("on_other_account");
        var onOther = other is null ? null : ReadChoice<OnOtherAccount>(other);
        var swappedBy = keys.Find("swapped_by") is { } swap && ReadScalar(swap) is { } word ? FindWord(word, "provider") : null;
        var parameters = keys.Find("params") is { } given ? ReadNamedValues(given, ReadValue) : [];
        var credentials = keys.Find("credentials") is { } secret ? ReadNamedValues(secret, ReadMarkedExpression) : [];
        var provider = keys.Find("provider") is { } alias && ReadScalar(alias) is { } name && IsName(name) ? name : null;
        var claim = keys.Find("claim") is { } asked && ReadScalar(asked) is { } required ? FindWord(required, "required") : null;
        var suspended = keys.Find("suspended") is { } cause && ReadScalar(cause) is { } named && IsName(named) ? named : null;
        return identity is null || onDuplicate is null || (mustSayOther && onOther is null)
            ? null
            : new StepNode.Connect(
                verb.Key, identity, swappedBy is not null, onOther ?? OnOtherAccount.Reject, onDuplicate.Value, parameters, credentials,
                provider, claim is not null)
            {
                Suspended = suspended,
            };
    }

    private T? ReadChoice<T>(YamlEntry entry)
        where T : struct, Enum
    {
        if (ReadScalar(entry) is not { } scalar) return null;
        var words = Enum.GetNames<T>().Select(name => name.ToLowerInvariant()).ToArray();
        return FindWord(scalar, words) is { } word ? Enum.Parse<T>(word, ignoreCase: true) : null;
    }

    private IdentityNode? ReadIdentity(YamlEntry entry)
    {
        if (ReadKeys(entry) is not { } keys) return null;
        keys.RefuseOthers("key", "label", "none");
        var label = keys.Find("label") is { } labelEntry ? ReadValue(labelEntry) : null;
        var (key, none) = (keys.Find("key"), keys.Find("none"));
        if (key is not null && none is not null)
        {
            findings.Error(FindingCodes.KeysDoNotFit, none.Key.Place, "'identity' has 'key' or 'none', not both");
        }
        else if (key is null && none is null)
        {
            findings.Error(FindingCodes.MissingKey, entry.Key.Place,
                "'identity' needs 'key', or 'none' with the reason why there is no key");
        }

        if (key is not null) return ReadValue(key) is { } value ? new IdentityNode.Key(value, label) : null;
        return none is not null && ReadScalar(none) is { } reason ? new IdentityNode.None(reason, label) : null;
    }
}
