using System.Text;
using Engine.Benchmarks;
using Engine.Flows;
using Xunit;

namespace Engine.Tests;

public sealed class FlowExplanationTests
{
    private static readonly Lazy<MutationCorpus> corpus = new(() => MutationCorpus.Load(Repository.Root, Path.Combine(AppContext.BaseDirectory, "plugins")));

    public static TheoryData<string> Flows =>
    [
        .. Repository.Files("workflows", "*.yaml").Where(file => !file.EndsWith(".test.yaml", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(Repository.Root, file)),
        "tests/Corpus/desk-hook.yaml", "tests/Corpus/desk-plans.yaml", "tests/Corpus/desk-retrying.yaml", "tests/Corpus/telegram-choice.yaml",
        "tests/Corpus/two-providers.yaml",
    ];

    /// <summary>After a change, read the golden files: they are what ops read. <c>ENGINE_UPDATE_GOLDEN=1</c> writes them.</summary>
    [Theory]
    [MemberData(nameof(Flows))]
    public void A_flow_is_explained_in_these_words(string file)
    {
        var golden = Path.Combine(GoldenFlow.Folder, "explain", Path.ChangeExtension(Path.GetFileName(file), ".txt"));

        var (check, explained) = FlowExplanation.Of(
            new FlowSource(Path.GetFileName(file), File.ReadAllBytes(Repository.Path(file))), corpus.Value.Catalog, CancellationToken.None);

        Assert.NotNull(check.Flow);
        var text = FlowExplanation.Write(explained!);
        if (Environment.GetEnvironmentVariable(GoldenFlow.UpdateVariable) == "1") File.WriteAllText(golden, text);
        else Assert.Equal(File.ReadAllText(golden), text);
    }

    [Fact]
    public void A_flow_with_errors_is_not_explained() =>
        Assert.Null(FlowExplanation.Of(Source("flow: f\nsteps: [ { wat: 5s } ]"), Catalog.Empty, CancellationToken.None).Explained);

    [Theory]
    [InlineData("- wait: 90s", "time: 1m30s (the run's limit: 10m)")]
    [InlineData("- repeat: [ { wait: 1m } ]\n  while: input.go\n  max: 3\n  on_give_up: { wait: 5s }", "time: 3m5s (")]
    [InlineData("- if: input.go\n  then: { wait: 2m }\n  else: [ { wait: 3m }, done ]\n- wait: 30s", "time: 3m (")]
    [InlineData("- repeat: [ { wait: 1m } ]\n  while: input.go\n  max: 60\n  on_give_up: []", "time: 10m, the run's limit (its steps by themselves: 1h)")]
    [InlineData("- call: radist.list\n  retry: { max: 4, every: 20s }", "time: 3m (")]
    [InlineData("- call: radist.list\n  retry: { max: 4, every: 20s }", "calls of radist.list: 4")]
    [InlineData("- call: radist.remove\n  with: { id: 1 }\n  undo: { call: radist.remove, with: { id: 2 } }", "calls of radist.remove to take back: 3")]
    [InlineData("- prompt: {}\n  text: T\n  timeout: 1m\n  actions: { again: { label: A, restart: true } }", "prompts: 4")]
    [InlineData("- prompt: {}\n  text: T\n  timeout: 1m\n  actions: { more: { label: M, max: 2, do: [ { call: radist.list } ] } }", "calls of radist.list: 6")]
    public void The_worst_case_is_counted(string steps, string line)
    {
        var flow = "flow: f\nlanguages: [en]\nuses: { radist: radist }\ninput: { go: bool }\nlimits: { total: 10m }\nsteps:\n" + steps;

        var (check, explained) = FlowExplanation.Of(Source(flow), RadistLookalike.Catalog, CancellationToken.None);
        var text = explained is null ? "" : FlowExplanation.Write(explained);

        Assert.DoesNotContain(check.Findings, finding => finding.Severity == Severity.Error);
        Assert.Contains(line, text, StringComparison.Ordinal);
    }

    private static FlowSource Source(string flow) => new("flow.yaml", Encoding.UTF8.GetBytes(flow));
}
