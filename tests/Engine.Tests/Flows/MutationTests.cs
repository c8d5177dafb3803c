using Engine.Benchmarks;
using Xunit;

namespace Engine.Tests;

/// <summary>A sample of the mutants that <c>tests/Engine.Benchmarks</c> judges in full; see <c>engine/docs/checker.md</c>.</summary>
public sealed class MutationTests
{
    /// <summary>Every how many mutants one is judged: some eighty of them.</summary>
    private const int Step = 79;

    [Fact]
    public void The_checker_refuses_nearly_all_mistakes_and_shows_nearly_all_at_their_line()
    {
        var corpus = MutationCorpus.Load(Repository.Root, Path.Combine(AppContext.BaseDirectory, "plugins"));

        var run = MutationRun.Of(corpus, Step);

        Assert.Empty(run.False);
        Assert.True(corpus.Flows.Count >= 14, "the corpus has two flows that ship, and at least twelve more");
        Assert.InRange(run.RefusedPercent, MutationBenchmark.WantedRefused, 100);
        Assert.InRange(run.AtLinePercent, MutationBenchmark.WantedAtLine, 100);
    }
}
