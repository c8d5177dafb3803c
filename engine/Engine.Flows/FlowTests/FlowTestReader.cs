using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Engine.Flows;

/// <summary>What reading a test file gave.</summary>
/// <param name="Flow">The flow that is tested; null where it was not found.</param>
/// <param name="Tests">Empty where a finding is an error.</param>
/// <param name="Text">The decoded text of the file, for showing findings in it.</param>
public sealed record FlowTestReading(
    TestedFlow? Flow, ImmutableArray<FlowTest> Tests, string Text, ImmutableArray<Finding> Findings);

/// <summary>Finds the flow that a test file names.</summary>
/// <param name="Flow">Null where there is none that can be run.</param>
/// <param name="Names">The flows that stand there, for a near right name.</param>
public sealed record FlowFound(TestedFlow? Flow, ImmutableArray<string> Names);

/// <summary>
/// Reads a <c>*.test.yaml</c>. Answers are read by the plugins' own records, so that a test cannot say what the provider never could.
/// </summary>
public sealed partial class FlowTestReader
{
    private static readonly string[] FileKeys = ["flow", "defaults", "tests"];
    private static readonly string[] DefaultKeys = ["purpose", "input", "connection", "leftover", "provider", "begins_with"];
    private static readonly string[] TestKeys = [.. DefaultKeys, "person", "expect"];
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private readonly FindingList findings;
    private readonly TestedFlow flow;
    private readonly TypedValueReader values;

    private FlowTestReader(FindingList findings, TestedFlow flow)
    {
        this.findings = findings;
        this.flow = flow;
        values = new TypedValueReader(flow.Loaded.Json, findings);
    }

    /// <summary>Reads a test file. Bad input gives findings, never an exception.</summary>
    public static FlowTestReading Read(FlowSource source, Func<string, FlowFound> findFlow)
    {
        var found = new FindingList();
        var decoded = FlowDecoder.Decode(source, found);
        if (decoded is null || YamlReader.Read(decoded, found) is not { } root) return new FlowTestReading(null, [], decoded?.Raw ?? "", found.InOrder());
        if (root is not YamlNode.Map map)
        {
            found.Error(FindingCodes.NotAFlowTest, root.Place, $"a flow's tests are a map that begins with 'flow: its-name', and this is {root.Kind}");
            return new FlowTestReading(null, [], decoded.Raw, found.InOrder());
        }

        var keys = new Keys(map, "a test file", decoded.PlaceOf(0, 0), found);
        keys.RefuseOthers(FileKeys);
        var tested = keys.Require("flow") is { } name ? FindFlow(name, findFlow, found) : null;
        var tests = keys.Require("tests");
        var read = tested is null || tests is null ? [] : new FlowTestReader(found, tested).ReadTests(tests, keys.Find("defaults"));
        return new FlowTestReading(tested, found.HasErrors ? [] : read, decoded.Raw, found.InOrder());
    }

    private static TestedFlow? FindFlow(YamlEntry entry, Func<string, FlowFound> findFlow, FindingList found)
    {
        if (entry.Value is not YamlNode.Value { Scalar: { Value.Length: > 0 } name })
        {
            found.Error(FindingCodes.NotAFlowTest, entry.Key.Place, "'flow' takes the name of the flow that is tested");
            return null;
        }

        var flows = findFlow(name.Value);
        if (flows.Flow is not null) return flows.Flow;
        if (flows.Names.Contains(name.Value, StringComparer.Ordinal))
        {
            found.Error(FindingCodes.TestedFlowHasFindings, name.Place, $"flow '{name.Value}' has errors of its own; see 'engine check'");
            return null;
        }

        var hint = Nearest.DidYouMean(name.Value, flows.Names);
        if (hint.Length == 0) hint = flows.Names.IsEmpty ? "; no flow stands there" : $"; there are {string.Join(", ", flows.Names)}";
        found.Error(FindingCodes.TestedFlowMissing, name.Place, $"no flow {Characters.Quote(name.Value)} stands beside this file{hint}");
        return null;
    }

    private ImmutableArray<FlowTest> ReadTests(YamlEntry entry, YamlEntry? defaultsEntry)
    {
        var defaults = defaultsEntry is null ? null : ReadKeys(defaultsEntry);
        defaults?.RefuseOthers(DefaultKeys);
        var common = ReadWorld(defaults, isDefault: true);
        var tests = ImmutableArray.CreateBuilder<FlowTest>();
        foreach (var test in ReadKeys(entry)?.All ?? [])
        {
            if (ReadKeys(test) is not { } keys) continue;
            keys.RefuseOthers(TestKeys);
            tests.Add(ReadTest(test, keys, common));
        }

        return tests.ToImmutable();
    }

    private FlowTest ReadTest(YamlEntry test, Keys keys, World common)
    {
        var own = ReadWorld(keys, isDefault: false);
        var scripted = own.Provider.Select(script => (script.Provider, script.Operation)).ToHashSet();
        var person = keys.Find("person") is { } acts ? ReadPerson(acts) : [];
        var (typed, begin) = (values.TakeSecrets(), own.BeginsWith ?? common.BeginsWith);
        CheckBegins(test.Key.Place, begin);
        var expect = keys.Require("expect") is { } expected ? ReadExpectation(expected) : null;
        return new FlowTest(
            test.Key.Value, test.Key.Place,
            own.Purpose ?? common.Purpose ?? (own.Connection is null && common.Connection is null ? Purpose.Connect : Purpose.Reauth),
            common.Input.SetItems(own.Input), own.Connection ?? common.Connection, own.Leftover ?? common.Leftover,
            [.. own.Provider, .. common.Provider.Where(script => !scripted.Contains((script.Provider, script.Operation)))],
            person, expect ?? NothingExpected(test.Key.Place), [.. common.Secrets, .. own.Secrets, .. typed, .. SecretInputs(common.Input.SetItems(own.Input))])
        {
            BeginsWith = begin,
        };
    }

    private IEnumerable<string> SecretInputs(ImmutableDictionary<string, string> input) => flow.Loaded.Flow.Inputs
        .Where(field => field.Type == FieldType.Secret).Select(field => input.GetValueOrDefault(field.Name, "")).Where(value => value.Length > 0);

    private World ReadWorld(Keys? keys, bool isDefault)
    {
        var begin = keys?.Find("begins_with") is { } said ? ReadBegin(said) : null;
        var provider = keys?.Find("provider") is { } operations ? ReadProvider(operations, isDefault) : [];
        return new World(
            keys?.Find("purpose") is { } purpose ? ReadPurpose(purpose) : null,
            keys?.Find("input") is { } input ? ReadInput(input) : ImmutableDictionary<string, string>.Empty,
            keys?.Find("connection") is { } connection ? ReadConnection(connection) : null,
            keys?.Find("leftover") is { } leftover ? ReadGenerated(leftover, FlowTypes.Leftover)?.ToJsonString() : null,
            provider, begin, values.TakeSecrets());
    }

    private Purpose? ReadPurpose(YamlEntry entry)
    {
        if (ReadWord(entry, "connect", "reauth", "reconfigure") is not { } word) return null;
        var purpose = Enum.Parse<Purpose>(word.Value, ignoreCase: true);
        if (flow.Loaded.Flow.Purposes.Contains(purpose)) return purpose;
        findings.Error(FindingCodes.UnknownWord, word.Place, $"flow '{flow.Loaded.Flow.Name}' is not made for '{word.Value}'");
        return null;
    }

    private ImmutableDictionary<string, string> ReadInput(YamlEntry entry) =>
        ReadTexts(entry, flow.Loaded.Flow.Inputs.Select(field => field.Name), "an input of the flow");

    private StoredConnection? ReadConnection(YamlEntry entry)
    {
        if (ReadKeys(entry) is not { } keys) return null;
        keys.RefuseOthers("params", "identity", "label");
        var parameters = keys.Find("params") is { } given ? ReadGenerated(given, FlowTypes.Params) : new JsonObject();
        return parameters is null
            ? null
            : new StoredConnection(
                parameters, keys.Find("identity") is { } identity ? ReadScalar(identity)?.Value : null,
                keys.Find("label") is { } label ? ReadScalar(label)?.Value : null);
    }

    private JsonNode? ReadGenerated(YamlEntry entry, string type) =>
        values.ReadJson(entry.Value, flow.Loaded.FindType($"{GeneratedTypes.Namespace}.{type}"), $"'{entry.Key.Value}'");

    /// <summary>What stands in the defaults and in a test alike.</summary>
    private sealed record World(
        Purpose? Purpose, ImmutableDictionary<string, string> Input, StoredConnection? Connection, string? Leftover,
        ImmutableArray<ProviderScript> Provider, TypedValue? BeginsWith, ImmutableArray<string> Secrets);
}
