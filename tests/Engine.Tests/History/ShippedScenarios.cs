using System.Collections.Immutable;
using System.Text.Json;
using Engine.Flows;
using Engine.Host;
using Engine.Tests.FlowTests;

namespace Engine.Tests.History;

/// <summary>Every scenario of every shipped flow: what <c>engine test workflows</c> plays, to be played over real stores and with faults.</summary>
internal sealed class ShippedScenarios
{
    private readonly Dictionary<string, TestedFlow> flows = new(StringComparer.Ordinal);

    private ShippedScenarios()
    {
        var folder = Repository.Path("workflows");
        var sources = FlowFiles.Find([folder]).Select(file => FlowFileReader.Read(file).Source).OfType<FlowSource>().ToList();
        var names = sources.Select(TestedFlow.NameOf).OfType<string>().ToImmutableArray();
        foreach (var source in sources) Compile(source);
        var read = FlowFiles.FindTests([folder])
            .Select(file => FlowTestReader.Read(
                FlowFileReader.Read(file).Source ?? throw new InvalidOperationException(file), name => new FlowFound(flows.GetValueOrDefault(name), names)))
            .ToList();
        All =
        [
            .. from reading in read
               let json = reading.Flow is { } flow ? Transcript.NewJson(flow.Loaded) : new JsonSerializerOptions()
               let answers = reading.Tests.SelectMany(test => test.Provider).ToLookup(script => (script.Provider, script.Operation), script => script.Answers)
               from test in reading.Tests
               select new Scenario(
                   reading.Flow ?? throw new InvalidOperationException("no flow"), test, json,
                   (provider, operation) => answers[(provider, operation)].SelectMany(some => some).Select(one => one.Content).OfType<AnswerContent.Value>().FirstOrDefault()?.Record),
        ];
    }

    public ImmutableArray<Scenario> All { get; }

    public IEnumerable<string> Flows => flows.Keys.Order(StringComparer.Ordinal);

    public static ShippedScenarios Load() => new();

    private void Compile(FlowSource source)
    {
        var flow = FlowCompiler.Check(source, ShippedPlugins.Catalog, default).Flow ?? throw new InvalidOperationException($"'{source.Path}' has errors");
        var loaded = LoadedFlow.Load(flow, assembly => flow.Providers
            .Select(pair => ShippedPlugins.FindAssembly(pair.Key, pair.Value))
            .FirstOrDefault(found => found?.GetName().Name == assembly));
        flows[flow.Name] = TestedFlow.Of(loaded, source, ShippedPlugins.Catalog);
    }
}

/// <summary>One flow test, to be played.</summary>
/// <param name="Json">For transcripts.</param>
/// <param name="AnyAnswer">A value that the provider gives to an operation in any test of the flow; null where it never does.</param>
internal sealed record Scenario(TestedFlow Flow, FlowTest Test, JsonSerializerOptions Json, Func<string, string, TypedValue?> AnyAnswer)
{
    public string Name => $"{Flow.Loaded.Flow.Name}: {Test.Name}";
}
