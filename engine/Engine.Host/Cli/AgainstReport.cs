using System.Collections.Immutable;
using System.Text.Json;
using Engine.Flows;

namespace Engine.Host;

/// <summary>Reports what new builds of plugins would do to flows that are right with the present ones.</summary>
/// <param name="now">Checks with the plugins in use.</param>
/// <param name="next">Checks with the new builds in their place.</param>
internal sealed class AgainstReport(
    Func<FlowSource, CancellationToken, FlowCheck> now, Func<FlowSource, CancellationToken, FlowCheck> next, TextWriter output, bool isJson)
{
    /// <summary>Checks each file twice; gives the exit code.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> files, ImmutableArray<PluginChange> changes, CancellationToken cancellation)
    {
        var before = CheckReport.CheckAll(files, now, cancellation);
        var right = files.Where((_, index) => before[index].Flow is not null).ToList();
        var broken = CheckReport.CheckAll(right, next, cancellation).Where(check => check.Flow is null).ToList();
        if (isJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(
                new
                {
                    Changes = changes.Select(change => new { change.Provider, change.Operations, change.What }),
                    Findings = broken.SelectMany(check => check.Findings).Select(CheckReport.ViewOf),
                },
                CheckReport.Json));
        }
        else
        {
            foreach (var change in changes) await output.WriteLineAsync(Display.Harmless(change.ToString()));
            if (changes.IsEmpty) await output.WriteLineAsync("the new build offers flows what the present one does");
            foreach (var check in broken)
            {
                foreach (var finding in check.Findings) FindingText.Write(output, finding, check.Text);
            }

            await output.WriteLineAsync(Summary(right.Count, broken.Count, files.Count - right.Count));
        }

        return broken.Count > 0 ? ExitCode.Negative : ExitCode.Fine;
    }

    private static string Summary(int right, int broken, int wrong)
    {
        var summary = broken == 0 ? $"{FindingText.Count(right, "flow")}, none breaks" : $"{broken} of {FindingText.Count(right, "flow")} would break";
        return wrong == 0 ? summary : $"{summary}; {FindingText.Count(wrong, "flow")} with findings already left out";
    }
}
