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

        cache.Put(LeaseOf(run, 4), run.Flow, run.Run, RowOf(run));
        Assert.Same(run.Run, cache.Take(LeaseOf(run, 5), run.Flow));
        cache.Put(LeaseOf(run, 5), run.Flow, run.Run, RowOf(run));
        Assert.Null(cache.Take(LeaseOf(run, 7), run.Flow));
    }

    [Fact]
    public void A_state_of_another_load_of_the_flow_is_not_used()
    {
        var run = NewRun();
        var cache = new RunCache(10);

        cache.Put(LeaseOf(run, 4), run.Flow, run.Run, RowOf(run));

        Assert.Null(cache.Take(LeaseOf(run, 5), NewRun().Flow));
    }

    [Fact]
    public void The_longest_unused_is_forgotten_first()
    {
        var run = NewRun();
        var cache = new RunCache(2);
        var ids = new[] { "a", "b", "c" }.Select(name => LeaseOf(NewRun(), 1) with { Run = new RunId(name), Row = name[0] }).ToList();

        foreach (var lease in ids) cache.Put(lease, run.Flow, run.Run, RowOf(run));

        Assert.Equal([false, true, true], ids.Select(lease => cache.Take(lease with { Fence = 2 }, run.Flow) is not null));
    }

    [Fact]
    public void The_row_is_told_under_the_next_fence_alone()
    {
        var run = NewRun();
        var cache = new RunCache(10);

        cache.Put(LeaseOf(run, 4), run.Flow, run.Run, RowOf(run) with { Revision = 7 });

        Assert.Equal(RowOf(run) with { Revision = 7 }, cache.Find(1, 5));
        Assert.Null(cache.Find(1, 6));
        Assert.Null(cache.Find(2, 5));
    }

    private static Lease LeaseOf(LabRun run, long fence) => new(run.Run.Id, fence, default) { Row = 1 };

    private static StoredRun RowOf(LabRun run) => RunRow.Of(run.Flow, run.Run, 1, run.Run.CreatedAt);

    private static LabRun NewRun()
    {
        var flow = new LabFlow();
        flow.Steps.AddRange([Prompt(1), Done]);
        return LabRun.Of(flow);
    }
}
