using System.Text.Encodings.Web;
using System.Text.Json;
using Engine.Flows;

namespace Engine.Host;

/// <summary>Checks flow files and reports what was found, as text or as JSON.</summary>
internal sealed class CheckReport(Func<FlowSource, CancellationToken, FlowCheck> check, TextWriter output, bool isJson)
{
    /// <summary>How reports are written as JSON.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    /// <summary>Checks the files in turn; gives the exit code.</summary>
    public Task<int> RunAsync(IReadOnlyList<string> files, CancellationToken cancellation) => WriteAsync(Check(files, check, cancellation));

    /// <summary>Reports what was found in files; gives the exit code.</summary>
    public async Task<int> WriteAsync(IReadOnlyList<FlowCheck> checks)
    {
        var findings = checks.SelectMany(found => found.Findings).ToList();
        if (isJson)
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(findings.Select(ViewOf), Json));
        }
        else
        {
            foreach (var found in checks)
            {
                foreach (var finding in found.Findings) FindingText.Write(output, finding, found.Text);
            }

            await output.WriteLineAsync(FindingText.Summary(
                checks.Count, checks.Count(found => found.Findings.Length > 0), findings.Count));
        }

        return findings.Any(finding => finding.Severity == Severity.Error) ? ExitCode.Negative : ExitCode.Fine;
    }

    /// <summary>Checks files that one engine would be given; the results are in the order of the files.</summary>
    public static FlowCheck[] Check(
        IReadOnlyList<string> files, Func<FlowSource, CancellationToken, FlowCheck> check, CancellationToken cancellation)
    {
        var checks = CheckAll(files, check, cancellation);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < checks.Length; i++)
        {
            if (checks[i].Flow is not { } flow || names.TryAdd(flow.Name, files[i])) continue;
            checks[i] = WithDuplicate(checks[i], files[i], flow.Name, names[flow.Name]);
        }

        return checks;
    }

    /// <summary>Checks files at the same time; the results are in the order of the files.</summary>
    public static FlowCheck[] CheckAll(
        IReadOnlyList<string> files, Func<FlowSource, CancellationToken, FlowCheck> check, CancellationToken cancellation)
    {
        var checks = new FlowCheck[files.Count];
        Parallel.For(0, files.Count, new ParallelOptions { CancellationToken = cancellation }, index =>
        {
            var (source, unreadable) = FlowFileReader.Read(files[index]);
            checks[index] = source is not null
                ? check(source, cancellation)
                : new FlowCheck(null, "", unreadable is null ? [] : [unreadable]);
        });
        return checks;
    }

    /// <summary>An engine that is given both files takes one name only once.</summary>
    private static FlowCheck WithDuplicate(FlowCheck second, string file, string name, string first) => second with
    {
        Findings = second.Findings.Add(NameTaken(file, second.Text, name, first)),
    };

    /// <summary>Says of a file that another one defines its flow already.</summary>
    public static Finding NameTaken(string file, string text, string name, string first) => new(
        FindingCodes.FlowNamedTwice.Code, Severity.Error, PlaceOfName(file, text, name),
        $"flow '{name}' is also defined in '{first}'; give each flow a name of its own");

    private static Place PlaceOfName(string file, string text, string name)
    {
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("flow:", StringComparison.Ordinal)) continue;
            var column = lines[i].IndexOf(name, "flow:".Length, StringComparison.Ordinal) + 1;
            if (column > 0) return new Place(file, i + 1, column, i + 1, column + name.Length);
        }

        return new Place(file, 1, 1, 1, 1);
    }

    /// <summary>A finding as JSON shows it.</summary>
    public static object ViewOf(Finding finding) => new
    {
        finding.Code,
        Severity = finding.Severity == Severity.Error ? "error" : "warning",
        Message = Display.Harmless(finding.Message),
        finding.Place.File,
        finding.Place.Line,
        finding.Place.Column,
        finding.Place.EndLine,
        finding.Place.EndColumn,
    };
}
