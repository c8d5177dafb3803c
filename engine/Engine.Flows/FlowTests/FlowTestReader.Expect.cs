using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Engine.Flows;

public sealed partial class FlowTestReader
{
    private static readonly string[] ExpectKeys =
        ["end", "after", "text", "connection", "leftover", "calls", "prompts", "journal", "never_shown"];

    /// <summary>Failures that the engine itself ends a run with.</summary>
    private static readonly string[] EngineFailures = ["too_many_attempts", "wrong_account", "already_connected"];

    private static readonly string[] HealthWords = ["active", "needs_reauth", "suspended", "unclaimed"];

    private static FlowTestExpectation NothingExpected(Place place) => new(place, null, null, null, null, null, [], null, [], []);

    private FlowTestExpectation? ReadExpectation(YamlEntry entry)
    {
        if (ReadKeys(entry) is not { } keys) return null;
        keys.RefuseOthers(ExpectKeys);
        return new FlowTestExpectation(
            entry.Key.Place,
            keys.Require("end") is { } end ? ReadEnd(end) : null,
            keys.Find("after") is { } after ? ReadTime(after) : null,
            keys.Find("text") is { } texts ? ReadText(texts) : null,
            keys.Find("connection") is { } connection ? ReadExpectedConnection(connection) : null,
            keys.Find("leftover") is { } leftover ? ReadExpectedLeftover(leftover) : null,
            keys.Find("calls") is { } calls ? ReadCalls(calls) : [],
            keys.Find("prompts") is { } prompts ? ReadPrompts(prompts) : null,
            keys.Find("journal") is { } journal ? ReadJournal(journal) : [],
            keys.Find("never_shown") is { } never ? ReadNames(never) : []);
    }

    /// <summary><c>succeeded</c>, <c>cancelled</c>, <c>expired</c>, <c>{ failed: code }</c> or <c>{ expired: code }</c>.</summary>
    private ExpectedEnd? ReadEnd(YamlEntry entry)
    {
        if (entry.Value is not YamlNode.Map)
        {
            return ReadWord(entry, "succeeded", "cancelled", "expired") is { } word ? new ExpectedEnd(word.Place, word.Value, word.Value) : null;
        }

        var keys = ReadKeys(entry);
        keys?.RefuseOthers("failed", "expired");
        if ((keys?.Find("failed") ?? keys?.Find("expired")) is not { } status || ReadScalar(status) is not { } code) return null;
        var isKnown = status.Key.Value == "expired" ? IsWord(code, ["expired", "run_expired"]) : IsFailure(code);
        return isKnown ? new ExpectedEnd(entry.Value.Place, status.Key.Value, code.Value) : null;
    }

    /// <summary>Whether a run of the flow can fail so at all.</summary>
    private bool IsFailure(Scalar code)
    {
        var listed = flow.Document.Fails.Select(fail => fail.Code.Value).ToList();
        List<string> known = [.. listed, .. CommonFailures, .. EngineFailures];
        if (known.Contains(code.Value)) return true;
        var hint = Nearest.DidYouMean(code.Value, known);
        if (hint.Length == 0) hint = listed.Count == 0 ? "; it lists no failures" : $"; it lists {string.Join(", ", listed)}";
        findings.Error(FindingCodes.UnknownFailure, code.Place, $"flow '{flow.Loaded.Flow.Name}' does not end with {Characters.Quote(code.Value)}{hint}");
        return false;
    }

    /// <summary><c>25s</c> or <c>20s..30s</c>.</summary>
    private ExpectedTime? ReadTime(YamlEntry entry)
    {
        if (ReadScalar(entry) is not { } scalar) return null;
        var ends = scalar.Value.Split("..");
        if (ReadDuration(scalar, ends[0]) is not { } least || ReadDuration(scalar, ends[^1]) is not { } most) return null;
        return new ExpectedTime(scalar.Place, least, most);
    }

    /// <summary>One text for all languages of the flow, or one for each that is to be looked at.</summary>
    private ExpectedText? ReadText(YamlEntry entry)
    {
        var languages = flow.Loaded.Flow.Languages;
        if (entry.Value is YamlNode.Map) return new ExpectedText(entry.Key.Place, ReadTexts(entry, languages, "a language of the flow"));
        return entry.Value is YamlNode.Value { Scalar: { } scalar }
            ? new ExpectedText(scalar.Place, languages.ToImmutableDictionary(language => language, _ => scalar.Value, StringComparer.Ordinal))
            : Refuse();

        ExpectedText? Refuse()
        {
            RefuseKind(entry, "a text, or a map of a text for each language");
            return null;
        }
    }

    private ExpectedConnection? ReadExpectedConnection(YamlEntry entry)
    {
        if (entry.Value is YamlNode.Value)
        {
            return ReadWord(entry, "none") is { } none ? new ExpectedConnection(none.Place, true, null, null, null, null, null, null) : null;
        }

        if (ReadKeys(entry) is not { } keys) return null;
        keys.RefuseOthers("params", "health", "cause", "identity", "label", "revision", "credentials");
        return new ExpectedConnection(
            entry.Key.Place, false,
            keys.Find("params") is { } parameters ? ReadGenerated(parameters, FlowTypes.Params) : null,
            keys.Find("health") is { } health ? ReadWord(health, HealthWords)?.Value : null,
            keys.Find("cause") is { } cause ? ReadScalar(cause)?.Value : null,
            keys.Find("identity") is { } identity ? ReadScalar(identity)?.Value : null,
            keys.Find("label") is { } label ? ReadScalar(label)?.Value : null,
            keys.Find("revision") is { } revision ? ReadCount(revision, 1) : null)
        {
            Credentials = keys.Find("credentials") is { } credentials ? ReadNames(credentials) : null,
        };
    }

    private ExpectedLeftover? ReadExpectedLeftover(YamlEntry entry)
    {
        if (entry.Value is YamlNode.Value { Scalar.Value: "none" }) return new ExpectedLeftover(entry.Value.Place, null);
        return ReadGenerated(entry, FlowTypes.Leftover) is { } json ? new ExpectedLeftover(entry.Key.Place, json) : null;
    }

    private ImmutableArray<ExpectedCalls> ReadCalls(YamlEntry entry)
    {
        var calls = ImmutableArray.CreateBuilder<ExpectedCalls>();
        var called = flow.Called.ToList();
        foreach (var operation in ReadKeys(entry)?.All ?? [])
        {
            if (FindCalled(operation.Key, called) is not { } site) continue;
            if (operation.Value is YamlNode.List list)
            {
                ImmutableArray<ExpectedInput> inputs = [.. list.Items.Select(item => ReadInput(item, site)).OfType<ExpectedInput>()];
                calls.Add(new ExpectedCalls(operation.Key.Place, site.Provider, site.Operation, list.Items.Length, inputs));
            }
            else if (ReadCount(operation, 0) is { } count) calls.Add(new ExpectedCalls(operation.Key.Place, site.Provider, site.Operation, count, null));
        }

        return calls.ToImmutable();
    }

    /// <summary>Some members of what a call is made with.</summary>
    private ExpectedInput? ReadInput(YamlNode node, CallSite site)
    {
        var type = flow.Loaded.FindType(site.InputType);
        if (values.ReadJson(node, type, $"the input of '{site.Provider}.{site.Operation}'", isWhole: false) is not JsonObject members) return null;
        var secrets = flow.Loaded.Json.GetTypeInfo(type).Properties.Where(member => member.PropertyType == typeof(Sdk.Secret)).Select(member => member.Name);
        return new ExpectedInput(node.Place, members, [.. secrets]);
    }

    private ImmutableArray<ExpectedWord> ReadJournal(YamlEntry entry) =>
        [.. ReadList(entry).OfType<YamlNode.Value>().Select(value => new ExpectedWord(value.Place, value.Scalar.Value))];

    private ExpectedPrompts ReadPrompts(YamlEntry entry)
    {
        var prompts = ImmutableArray.CreateBuilder<ExpectedPrompt>();
        foreach (var item in ReadList(entry))
        {
            if (item is YamlNode.Map map) prompts.Add(ReadPrompt(new Keys(map, "a prompt", item.Place, findings), item.Place));
            else if (item is not YamlNode.Refused) findings.Error(FindingCodes.WrongKind, item.Place, $"a prompt is a map, and this is {item.Kind}");
        }

        return new ExpectedPrompts(entry.Key.Place, prompts.ToImmutable());
    }

    private ExpectedPrompt ReadPrompt(Keys keys, Place place)
    {
        string[] shown = ["qr", "image", "code", "link", "frame"];
        keys.RefuseOthers(["step", "fields", "text", "button", "message", "said", .. shown, "actions", "left", "at"]);
        var show = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var entry in shown.Select(keys.Find).OfType<YamlEntry>())
        {
            if (ReadScalar(entry) is { } value) show[entry.Key.Value] = value.IsPlain && value.Value == "none" ? "" : value.Value;
        }

        return new ExpectedPrompt(
            place,
            keys.Find("step") is { } step ? ReadStep(step) : null,
            keys.Find("fields") is { } fields ? ReadNames(fields) : null,
            keys.Find("text") is { } text ? ReadText(text) : null,
            keys.Find("button") is { } button ? ReadText(button) : null,
            keys.Find("message") is { } message ? ReadText(message) : null,
            keys.Find("said") is { } said && ReadScalar(said) is { } code ? (code.Value == "nothing" ? "" : code.Value) : null,
            show.ToImmutable(),
            keys.Find("actions") is { } actions ? ReadNames(actions) : null,
            keys.Find("left") is { } left ? ReadCount(left, 0) : null,
            keys.Find("at") is { } at ? ReadDuration(at) : null);
    }

    private string? ReadStep(YamlEntry entry)
    {
        var names = flow.Loaded.Flow.Steps.Where(step => step is CompiledStep.Prompt or CompiledStep.Poll or CompiledStep.Redirect).Select(step => step.Name).ToList();
        return ReadScalar(entry) is { } name && IsKnown(name, names, "a step that waits for a person") ? name.Value : null;
    }
}
