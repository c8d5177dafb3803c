using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Engine.Flows;

namespace Engine.Host;

/// <summary>Writes what came of tests.</summary>
internal sealed class TestReport(TextWriter output, bool withCoverage)
{
    private static readonly JsonSerializerOptions json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    public void WriteText(FlowTestOutcome outcome)
    {
        foreach (var file in outcome.Files)
        {
            foreach (var finding in file.Findings) FindingText.Write(output, finding, file.Text);
            foreach (var result in file.Results.Where(result => !result.IsPassed)) WriteFailure(file.File, result);
        }

        if (withCoverage) WriteCoverage(outcome);
        var results = outcome.Files.SelectMany(file => file.Results).ToList();
        var failed = results.Count(result => !result.IsPassed);
        var refused = outcome.Files.Count(file => file.Findings.Any(finding => finding.Severity == Severity.Error));
        var tail = refused == 0 ? "" : $", {Count(refused, "file")} with findings";
        output.WriteLine((failed == 0 ? $"{Count(results.Count, "test")} passed" : $"{failed} of {Count(results.Count, "test")} failed") + tail);
    }

    public void WriteJson(FlowTestOutcome outcome) => output.WriteLine(JsonSerializer.Serialize(
        new
        {
            Files = outcome.Files.Select(file => new
            {
                file.File,
                Findings = file.Findings.Select(finding => new
                {
                    finding.Code, finding.Place.Line, finding.Place.Column, Message = Display.Harmless(finding.Message),
                }),
                Tests = file.Results.Select(result => new
                {
                    result.Test.Name,
                    result.Test.Place.Line,
                    Passed = result.IsPassed,
                    Differences = result.Differences.Select(one => new { one.Place.Line, one.Place.Column, one.Expected, one.Was, TranscriptLine = one.Line }),
                    Transcript = result.IsPassed ? null : result.Transcript.Select(line => new { At = line.At.TotalSeconds, line.Kind, line.Text }),
                }),
            }),
            Coverage = withCoverage
                ? outcome.Coverage.Select(flow => new
                {
                    File = Shown(flow.File), Points = flow.Points.Length, Missed = flow.Missed.Select(point => new { point.Line, point.What }),
                })
                : null,
        },
        json));

    private void WriteFailure(string file, RehearsalResult result)
    {
        Write($"{file}({result.Test.Place.Line},{result.Test.Place.Column}): failed: {result.Test.Name}");
        foreach (var difference in result.Differences)
        {
            Write($"  line {difference.Place.Line}: expected {difference.Expected}");
            Write($"  {"",5 + 0}{new string(' ', Digits(difference.Place.Line))}  but was  {difference.Was}");
        }

        output.WriteLine();
        var marked = result.Differences.Select(difference => difference.Line).ToHashSet();
        var lines = TranscriptText.Lines(result.Transcript, marked).ToList();
        foreach (var line in lines) Write(line);
        output.WriteLine();
    }

    private void WriteCoverage(FlowTestOutcome outcome)
    {
        foreach (var flow in outcome.Coverage)
        {
            foreach (var point in flow.Missed) Write(string.Create(CultureInfo.InvariantCulture, $"{Shown(flow.File)}({point.Line}): not reached: {point.What}"));
        }

        foreach (var flow in outcome.Coverage)
        {
            Write($"{Shown(flow.File)}: {flow.Points.Length - flow.Missed.Count()} of {flow.Points.Length} branches, ends and failure paths reached");
        }
    }

    /// <summary>A path as seen from where the user stands.</summary>
    private static string Shown(string file) => Path.GetRelativePath(Environment.CurrentDirectory, file) is var relative && !relative.StartsWith("..", StringComparison.Ordinal) ? relative : file;

    private void Write(string line) => output.WriteLine(Display.Harmless(line));

    private static int Digits(int number) => number.ToString(CultureInfo.InvariantCulture).Length;

    private static string Count(int number, string noun) =>
        number.ToString(CultureInfo.InvariantCulture) + (number == 1 ? $" {noun}" : $" {noun}s");
}
