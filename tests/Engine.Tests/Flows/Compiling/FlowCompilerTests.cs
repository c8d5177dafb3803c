using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Engine.Flows;
using Xunit;

namespace Engine.Tests;

public sealed class FlowCompilerTests
{
    private static readonly string Sketch = File.ReadAllText(Path.Combine(GoldenFlow.Folder, "compiler", "telegram-qr.yaml"));

    [Fact]
    public void The_version_is_the_same_for_the_same_flow_and_builds_and_another_for_any_other()
    {
        var version = Compiled.Check(Sketch).Flow!.Version;
        var provider = RadistLookalike.Catalog.Providers[0];
        var rebuilt = new Catalog([provider with { Build = "build-2" }]);

        Assert.Matches("^[0-9a-f]{64}$", version);
        Assert.Equal(version, Compiled.Check(Sketch, "elsewhere.yaml").Flow!.Version);
        Assert.NotEqual(version, Compiled.Check(Sketch + "\n").Flow!.Version);
        Assert.NotEqual(version, FlowCompiler.Check(Source(Sketch), rebuilt, CancellationToken.None).Flow!.Version);
    }

    [Fact]
    public void A_pinned_flow_is_recompiled_to_the_same_without_proofs()
    {
        var flow = Compiled.Check(Sketch).Flow!;
        var again = FlowCompiler.Recompile(Source(Sketch), RadistLookalike.Catalog, CancellationToken.None);
        var unproven = Source(Sketch.Replace("again_on: { wrong_password: [] }\n", "\n").Replace("fails: [qr_not_scanned, wrong_password, session_lost, in_doubt]", "fails: []"));

        Assert.Equal(flow.Version, again.Version);
        Assert.True(flow.Image.AsSpan().SequenceEqual(again.Image.AsSpan()));
        Assert.Null(FlowCompiler.Check(unproven, RadistLookalike.Catalog, CancellationToken.None).Flow);
        Assert.NotEmpty(FlowCompiler.Recompile(unproven, RadistLookalike.Catalog, CancellationToken.None).Steps);
    }

    [Fact]
    public void A_flow_that_does_not_compile_cannot_be_recompiled()
    {
        var wrong = Source(Sketch.Replace("session.status is authenticated", "sesion.status is authenticated"));

        var refusal = Assert.Throws<InvalidOperationException>(() => FlowCompiler.Recompile(wrong, RadistLookalike.Catalog, CancellationToken.None));
        Assert.Contains("nothing is called 'sesion' here; did you mean 'session'?", refusal.Message);
    }

    [Fact]
    public void A_listed_failure_has_the_text_of_an_operation_that_the_flow_calls()
    {
        var provider = RadistLookalike.Catalog.Providers[0];
        var two = new Catalog([provider with
        {
            Operations = [.. provider.Operations.Select(one => one.Name is "list" or "busy"
                ? one with { Failures = [provider.FindOperation("busy")!.Failures[0] with { Text = ImmutableDictionary<string, string>.Empty.Add("en", one.Name) }] }
                : one)],
        }]);

        var check = FlowCompiler.Check(
            Source("flow: f\nlanguages: [en]\nuses: { radist: radist }\nfails: [later]\nsteps:\n  - call: radist.busy\n"), two, CancellationToken.None);

        Assert.Equal("busy", Assert.Single(check.Flow!.Fails).Text.ByLanguage["en"]);
    }

    [Fact]
    public void A_plugin_without_the_types_it_declares_is_a_finding_at_the_call()
    {
        var provider = RadistLookalike.Catalog.Providers[0];
        var hollow = new Catalog([provider with { Operations = [.. provider.Operations.Select(one => one with { InputType = "Gone.Input" })] }]);

        var check = FlowCompiler.Check(Source("flow: f\nuses: { radist: radist }\nsteps:\n  - call: radist.list\n"), hollow, CancellationToken.None);

        Assert.Null(check.Flow);
        Assert.Equal(
            "flow.yaml(4,11): error FLOW290: the types of 'list' are not in the plugin of provider 'radist'",
            $"{Assert.Single(check.Findings)}");
    }

    [Fact]
    public void Cancellation_is_heard()
    {
        Assert.Throws<OperationCanceledException>(() =>
            FlowCompiler.Check(Source(Sketch), RadistLookalike.Catalog, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Fifty_loaded_flows_are_freed()
    {
        var flow = Compiled.Check(Sketch).Flow!;
        var contexts = Enumerable.Range(0, 50).Select(_ => LoadAndUse(flow)).ToList();

        for (var i = 0; i < 20 && contexts.Exists(context => context.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal(0, contexts.Count(context => context.IsAlive));
    }

    [Fact]
    public void A_flow_with_everything_in_it_loads_and_evaluates()
    {
        var flow = Compiled.OfGolden("harmless.yaml");
        flow.Set("listing", RadistLookalike.Listing());
        flow.Set("kept", RadistLookalike.Listing());
        flow.Set("input", flow.Make("Generated.Input", """{"name":"n","event":"new"}"""));
        var set = flow.Flow.Steps.OfType<CompiledStep.Set>().Single(step => step.Assignments is [{ Slot: var slot }] && flow.Flow.Slots[slot] == "count");

        Assert.Equal(7, flow.Scope.Value(set.Assignments[0].Value));
        Assert.Equal(0, flow.Scope.Choice(flow.Flow.Steps.OfType<CompiledStep.Branch>().Single().Choice));
    }

    [Fact]
    public void The_slots_are_the_roots_then_the_variables()
    {
        var slots = Compiled.Check(Sketch).Flow!.Slots;

        Assert.Equal("input connection leftover failure run now connection_id session form created", string.Join(' ', slots));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference LoadAndUse(CompiledFlow flow)
    {
        var loaded = LoadedFlow.Load(flow, RadistLookalike.Find);
        var scope = loaded.NewScope();
        scope.Set(7, RadistLookalike.Session(Lookalike.SessionStatus.Authenticated));
        Assert.True(scope.Condition(0));
        return new WeakReference(scope.GetType().Assembly);
    }

    private static FlowSource Source(string flow) => new("flow.yaml", Encoding.UTF8.GetBytes(flow));
}
