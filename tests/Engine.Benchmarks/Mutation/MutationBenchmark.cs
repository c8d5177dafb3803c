using System.Text;
using System.Text.Json;

namespace Engine.Benchmarks;

/// <summary>How precise the checker is: the share of mistakes that it refuses, and of those that it shows at the very line.</summary>
internal static class MutationBenchmark
{
    public const double WantedRefused = 97;

    public const double WantedAtLine = 95;

    public static Task<bool> RunAsync()
    {
        var run = MutationRun.Of(MutationCorpus.Load(Root(), Path.Combine(AppContext.BaseDirectory, "plugins")), Step);
        Console.WriteLine(Markdown(run));
        if (Environment.GetEnvironmentVariable("ENGINE_MUTATION_REPORT") is { Length: > 0 } path)
        {
            File.WriteAllText(path, path.EndsWith(".json", StringComparison.Ordinal) ? Json(run) : Markdown(run));
        }

        var isGood = run.False.IsEmpty;
        isGood &= Measurement.ReportAtLeast("refused", run.RefusedPercent, "%", WantedRefused);
        isGood &= Measurement.ReportAtLeast("of those at the very line", run.AtLinePercent, "%", WantedAtLine);
        return Task.FromResult(isGood);
    }

    /// <summary>Every how many mutants one is judged, for a quick look.</summary>
    private static int Step => int.TryParse(Environment.GetEnvironmentVariable("ENGINE_MUTATION_STEP"), out var step) ? step : 1;

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Engine.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("run it within the repository");
    }

    private static string Markdown(MutationRun run)
    {
        var text = new StringBuilder();
        foreach (var finding in run.False) text.AppendLine($"FALSE FINDING {finding}");
        text.AppendLine("| operator | sites | excluded | mutants | refused | at the line |");
        text.AppendLine("|---|---|---|---|---|---|");
        foreach (var group in run.All.GroupBy(one => one.Mutant.Operator).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            AppendRow(text, group.Key, group.Count(), [.. run.Judged.Where(one => one.Mutant.Operator == group.Key)]);
        }

        AppendRow(text, "**all**", run.All.Length, run.Judged);
        text.AppendLine().AppendLine("| excluded by the rule | mutants |").AppendLine("|---|---|");
        foreach (var group in run.All.Where(one => one.Mutant.Excluded is not null).GroupBy(one => one.Mutant.Excluded))
        {
            text.AppendLine($"| {group.Key} | {group.Count()} |");
        }

        text.AppendLine().AppendLine("Survivors:").AppendLine();
        foreach (var one in run.Judged.Where(one => !one.IsRefused)) text.AppendLine($"- {Describe(one)}");
        text.AppendLine().AppendLine("Refused elsewhere:").AppendLine();
        foreach (var one in run.Judged.Where(one => one.IsRefused && !one.IsAtLine))
        {
            text.AppendLine($"- {Describe(one)}: {string.Join(", ", one.Findings.Select(found => $"{found.Code} in line {found.Place.Line}"))}");
        }

        return text.ToString();
    }

    private static void AppendRow(StringBuilder text, string name, int sites, IReadOnlyCollection<Judgement> judged)
    {
        var refused = judged.Count(one => one.IsRefused);
        text.AppendLine($"| {name} | {sites} | {sites - judged.Count} | {judged.Count} | {Percent(refused, judged.Count)} | {Percent(judged.Count(one => one.IsAtLine), refused)} |");
    }

    private static string Percent(int part, int whole) => whole == 0 ? "" : $"{100.0 * part / whole:0.0} %";

    private static string Describe(Judgement one) =>
        $"{one.Flow}({one.Line}) {one.Mutant.Operator}: `{one.Text}`{(one.Mutant.Renamed is var (old, @new) ? $" {old} → {@new}" : "")}";

    private static string Json(MutationRun run) => JsonSerializer.Serialize(run.Judged.Select(one => new
    {
        one.Flow,
        one.Line,
        one.Mutant.Operator,
        one.Text,
        one.IsRefused,
        one.IsAtLine,
        Findings = one.Findings.Select(found => found.ToString()),
    }));
}
