using System.Collections.Concurrent;
using System.Collections.Immutable;
using Engine.Flows;

namespace Engine.Benchmarks;

/// <summary>What became of one mutant.</summary>
/// <param name="IsAtLine">Whether a finding stands at a right line; false where it was not refused.</param>
/// <param name="Line">The line of the mistake, in the mutant.</param>
internal sealed record Judgement(string Flow, Mutant Mutant, bool IsRefused, bool IsAtLine, int Line, string Text, ImmutableArray<Finding> Findings);

/// <summary>The mutants of the whole corpus, and what the checker says of them.</summary>
/// <param name="False">Findings of the flows as they are; there should be none.</param>
internal sealed record MutationRun(ImmutableArray<Finding> False, ImmutableArray<(string Flow, Mutant Mutant)> All, ImmutableArray<Judgement> Judged)
{
    /// <param name="step">1 judges every mutant; n every n-th.</param>
    public static MutationRun Of(MutationCorpus corpus, int step = 1)
    {
        var mistaken = corpus.Flows.SelectMany(flow => MutationCorpus.Check(flow.Name, flow.Text, corpus.Catalog)).ToImmutableArray();
        var all = corpus.Flows
            .SelectMany(flow => MutationOperators.Of(MutatedText.Of(flow.Name, flow.Text), corpus.Catalog)
                .Where(mutant => mutant.Renamed is not null || mutant.Apply(flow.Text) != flow.Text)
                .Select(mutant => (Flow: flow, Mutant: mutant)))
            .ToList();
        var chosen = all.Where(one => one.Mutant.Excluded is null).Where((_, index) => index % step == 0).ToList();
        var judged = new ConcurrentDictionary<int, Judgement>();
        Parallel.For(0, chosen.Count, index => judged[index] = Judge(corpus, chosen[index].Flow, chosen[index].Mutant));
        return new MutationRun(
            mistaken, [.. all.Select(one => (one.Flow.Name, one.Mutant))], [.. judged.OrderBy(pair => pair.Key).Select(pair => pair.Value)]);
    }

    public double RefusedPercent => 100.0 * Judged.Count(one => one.IsRefused) / Judged.Length;

    public double AtLinePercent => 100.0 * Judged.Count(one => one.IsAtLine) / Judged.Count(one => one.IsRefused);

    private static Judgement Judge(MutationCorpus corpus, (string Name, string Text) flow, Mutant mutant)
    {
        var catalog = mutant.Renamed is var (old, @new) ? corpus.WithRenamed(old, @new) : corpus.Catalog;
        var text = mutant.Apply(flow.Text);
        var findings = MutationCorpus.Check(flow.Name, text, catalog);
        var isRefused = findings.Any(finding => finding.Severity == Severity.Error);
        var right = mutant.RightLines(flow.Text);
        var isAtLine = isRefused && findings.Any(finding => right.Any(line => line >= finding.Place.Line && line <= finding.Place.EndLine));
        var line = 1 + text.AsSpan(0, mutant.Start).Count('\n');
        return new Judgement(flow.Name, mutant, isRefused, isAtLine, line, text.Split('\n')[line - 1].Trim(), findings);
    }
}
