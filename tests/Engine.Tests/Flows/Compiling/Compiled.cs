using System.Text;
using Engine.Flows;
using Xunit;

namespace Engine.Tests;

/// <summary>A flow compiled for a test, and a scope to evaluate its expressions in.</summary>
internal sealed class Compiled
{
    private Compiled(CompiledFlow flow)
    {
        Loaded = LoadedFlow.Load(flow, RadistLookalike.Find);
        Scope = Loaded.NewScope();
    }

    public LoadedFlow Loaded { get; }

    public FlowScope Scope { get; }

    public CompiledFlow Flow => Loaded.Flow;

    public static FlowCheck Check(string flow, string name = "flow.yaml") =>
        FlowCompiler.Check(new FlowSource(name, Encoding.UTF8.GetBytes(flow)), RadistLookalike.Catalog, CancellationToken.None);

    public static Compiled Of(string flow)
    {
        var check = Check(flow);
        Assert.Empty(check.Findings.Where(found => found.Severity == Severity.Error));
        return new Compiled(Assert.IsType<CompiledFlow>(check.Flow));
    }

    public static Compiled OfGolden(string name) => Of(File.ReadAllText(Path.Combine(GoldenFlow.Folder, "compiler", name)));

    /// <summary>A flow that evaluates one expression over <c>listing</c>.</summary>
    public static Compiled OfExpression(string expression) => Of(
        $"""
        flow: one
        uses: {"{ radist: radist }"}
        steps:
          - call: radist.list
            as: listing
          - set:
              result: |-
                {expression}
        """);

    public T Step<T>(string name)
        where T : CompiledStep => Assert.IsType<T>(Flow.Steps.Single(step => step.Name == name));

    public void Set(string slot, object? value) => Scope.Set(Flow.Slots.IndexOf(slot), value);

    public object? Get(string slot) => Scope.Get(Flow.Slots.IndexOf(slot));

    /// <summary>A value of one of the flow's generated records.</summary>
    public object Make(string type, string json) =>
        System.Text.Json.JsonSerializer.Deserialize(json, Loaded.FindType(type), Loaded.Json) ?? throw new InvalidOperationException(type);

    public object? Result()
    {
        Set("listing", RadistLookalike.Listing());
        return Scope.Value(Flow.Steps.OfType<CompiledStep.Set>().Single().Assignments[0].Value);
    }
}
