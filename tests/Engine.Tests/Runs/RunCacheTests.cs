using Engine.Runs;
using Xunit;
using static Engine.Tests.LabSteps;

namespace Engine.Tests;

public sealed class RunCacheTests
{
    [Fact]
    public void A_state_is_used_again_only_when_nobody_held_the_run_meanwhile()
    {
        var run = NewRun();
        var cache = new RunCache(10);

        cache.Put(LeaseOf(run, 4), run.Flow, run.Run);
        Assert.Same(run.Run, cache.Take(LeaseOf(run, 5), run.Flow));
        cache.Put(LeaseOf(run, 5), run.Flow, run.Run);
        Assert.Null(cache.Take(LeaseOf(run, 7), run.Flow));
    }

    [Fact]
    public void A_state_of_another_load_of_the_flow_is_not_used()
    {
        var run = NewRun();
        var cache = new RunCache(10);

        cache.Put(LeaseOf(run, 4), run.Flow, run.Run);

        Assert.Null(cache.Take(LeaseOf(run, 5), NewRun().Flow));
    }

    [Fact]
    public void The_longest_unused_is_forgotten_first()
    {
        var run = NewRun();
        var cache = new RunCache(2);
        var ids = new[] { "a", "b", "c" }.Select(name => new Lease(new RunId(name), 1, default)).ToList();

        foreach (var lease in ids) cache.Put(lease, run.Flow, run.Run);

        Assert.Equal([false, true, true], ids.Select(lease => cache.Take(lease with { Fence = 2 }, run.Flow) is not null));
    }

    private static Lease LeaseOf(LabRun run, long fence) => new(run.Run.Id, fence, default);

    private static LabRun NewRun()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Prompt(1), Done]);
        return LabRun.Of(flow);
    }
}
