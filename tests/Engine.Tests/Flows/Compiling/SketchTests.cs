using Engine.Flows;
using Xunit;
using Xunit.Abstractions;

namespace Engine.Tests.Flows.Compiling;

public sealed class SketchTests(ITestOutputHelper output)
{
    [Fact]
    public void The_sketch_of_the_design_compiles_without_a_finding()
    {
        var path = Path.Combine(GoldenFlow.Folder, "compiler", "telegram-qr.yaml");
        var source = new FlowSource("telegram-qr.yaml", File.ReadAllBytes(path));
        var check = FlowCompiler.Check(source, RadistLookalike.Catalog, CancellationToken.None);
        foreach (var f in check.Findings) output.WriteLine(f.ToString());
        Assert.Empty(check.Findings);
        Assert.NotNull(check.Flow);
        for (var i = 0; i < check.Flow.Steps.Length; i++) output.WriteLine($"{i}: {check.Flow.Steps[i]}");
    }
}
