using System.Text.Encodings.Web;
using System.Text.Json;
using Engine.Flows;

namespace Engine.Host;

/// <summary>Checks flow files and reports what was found, as text or as JSON.</summary>
internal sealed class CheckReport(Func<FlowSource, CancellationToken, FlowCheck> check, TextWriter output, bool isJson)
{
    private static readonly JsonSerializerOptions json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    /// <summary>Checks the files in turn; gives the exit code.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        var checks = new List<FlowCheck>();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            var checkedFile = Check(file, cancellation);
            checks.Add(checkedFile.Flow is { } flow && !names.TryAdd(flow.Name, file)
                ? WithDuplicate(checkedFile, file, flow.Name, names[flow.Name])
                : checkedFile);
        }

        var findings = checks.SelectMany(found => found.Findings).ToList();
        if (isJson)
        {
            await output.WriteLineAsync(Json(findings));
        }
        else
        {
            foreach (var found in checks)
            {
                foreach (var finding in found.Findings) FindingText.Write(output, finding, found.Text);
            }

            await output.WriteLineAsync(FindingText.Summary(
                files.Count, checks.Count(found => found.Findings.Length > 0), findings.Count));
        }

        return findings.Any(finding => finding.Severity == Severity.Error) ? ExitCode.Negative : ExitCode.Fine;
    }

    private FlowCheck Check(string file, CancellationToken cancellation)
    {
        var (source, unreadable) = FlowFileReader.Read(file);
        if (source is not null) return check(source, cancellation);
        return new FlowCheck(null, "", unreadable is null ? [] : [unreadable]);
    }

    /// <summary>An engine that is given both files takes one name only once.</summary>
    private static FlowCheck WithDuplicate(FlowCheck second, string file, string name, string first) => second with
    {
        Findings = second.Findings.Add(NameTaken(file, second.Text, name, first)),
    };

    /// <summary>Says of a file that another one defines its flow already.</summary>
    public static Finding NameTaken(string file, string text, string name, string first) => new(
        "FILE003", Severity.Error, PlaceOfName(file, text, name),
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

    private static string Json(IReadOnlyList<Finding> findings) => JsonSerializer.Serialize(
        findings.Select(finding => new
        {
            finding.Code,
            Severity = finding.Severity == Severity.Error ? "error" : "warning",
            Message = Display.Harmless(finding.Message),
            finding.Place.File,
            finding.Place.Line,
            finding.Place.Column,
            finding.Place.EndLine,
            finding.Place.EndColumn,
        }),
        json);
}
