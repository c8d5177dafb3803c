using System.Text.RegularExpressions;
using Engine.Flows;
using Xunit;

namespace Engine.Tests;

/// <summary>Each code has an entry in findings.md: its meaning, a wrong example and the mended one.</summary>
public sealed partial class FindingsDocTests
{
    private static readonly string Document = File.ReadAllText(Repository.Path("engine/docs/findings.md")).ReplaceLineEndings("\n");

    /// <summary>The codes of files, which no flow can show, with the tests that have them.</summary>
    private static readonly (string Code, string Test)[] OfFiles =
        [("FILE001", "Cli/CheckReportTests.cs"), ("FILE002", "Cli/CheckReportTests.cs"), ("FILE003", "Cli/CheckReportTests.cs")];

    [Fact]
    public void Every_code_has_an_entry_with_its_meaning_and_two_examples()
    {
        var entries = Entry().Matches(Document).Select(entry => entry.Groups["head"].Value).ToHashSet(StringComparer.Ordinal);

        Assert.All(FindingCodes.All, code => Assert.Contains($"{code.Code}: {code.Meaning}", entries));
        Assert.All(OfFiles, file => Assert.Contains(entries, head => head.StartsWith(file.Code + ": ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_entry_is_of_a_code_that_exists()
    {
        var codes = FindingCodes.All.Select(code => code.Code).Concat(OfFiles.Select(file => file.Code)).ToHashSet(StringComparer.Ordinal);

        Assert.All(Heading().Matches(Document), heading => Assert.Contains(heading.Groups["code"].Value, codes));
    }

    [Fact]
    public void Every_code_of_a_file_has_a_test() => Assert.All(OfFiles, file =>
        Assert.Contains(file.Code, File.ReadAllText(Repository.Path($"tests/Engine.Tests/{file.Test}")), StringComparison.Ordinal));

    [GeneratedRegex("^### (?<head>.+)\n\nWrong:\n\n```yaml\n[^`]*```\n\nMended:\n\n```yaml\n[^`]+```$", RegexOptions.Multiline)]
    private static partial Regex Entry();

    [GeneratedRegex("^### (?<code>[A-Z]+[0-9]+): ", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
