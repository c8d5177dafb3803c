using Engine.Flows;
using Engine.Host;
using Xunit;

namespace Engine.Tests.Cli;

public sealed class FindingTextTests
{
    [Fact]
    public void Carets_stand_under_the_very_characters()
    {
        Assert.Equal(
            """
            a.yaml(2,10): error FLOW001: what is wrong
              call: radist.telegram_int
                     ^^^^^^
            
            """,
            Written("steps:\n  call: radist.telegram_int\n", new Place("a.yaml", 2, 10, 2, 16)));
    }

    [Fact]
    public void Tabs_before_the_finding_stay_tabs_under_it() =>
        Assert.Equal("\t  \t^^", CaretsUnder("\tx:\tno", 5, 7));

    [Fact]
    public void An_emoji_is_two_columns_wide_and_two_units_long()
    {
        const string line = "😀 = badd";

        Assert.Equal("     ^^^^", CaretsUnder(line, 6, 10));
        Assert.Equal("^^", CaretsUnder(line, 1, 3));
    }

    [Fact]
    public void Wide_and_combining_characters_count_as_they_are_shown() =>
        Assert.Equal("     ^", CaretsUnder("名前e\u0301x", 5, 6));

    [Fact]
    public void Carets_end_with_the_line_where_the_finding_goes_on() =>
        Assert.Equal("   ^^^", LinesOf("  [abc\n  ]", new Place("a", 1, 4, 2, 4))[2]);

    [Fact]
    public void A_finding_at_the_end_of_a_line_has_one_caret() =>
        Assert.Equal("    ^", CaretsUnder("poll", 5, 5));

    [Fact]
    public void Carriage_returns_are_not_shown() =>
        Assert.Equal("poll:", LinesOf("poll:\r\nx\r\n", new Place("a", 1, 1, 1, 5))[1]);

    [Fact]
    public void Without_a_text_only_the_finding_is_written() =>
        Assert.Single(LinesOf("", new Place("a", 1, 1, 1, 1)));

    [Fact]
    public void A_place_past_the_last_line_is_written_without_a_line() =>
        Assert.Single(LinesOf("one\ntwo", new Place("a", 7, 1, 7, 1)));

    [Fact]
    public void Nothing_in_a_file_can_steer_the_terminal() =>
        Assert.Equal("a\uFFFD[2Jb \uFFFDc", LinesOf("a\u001b[2Jb \u202Ec", new Place("a", 1, 1, 1, 2))[1]);

    [Fact]
    public void A_very_long_line_is_cut_around_the_finding()
    {
        var lines = LinesOf(new string('x', 900) + "bad" + new string('y', 900), new Place("a", 1, 901, 1, 904));

        Assert.Equal(242, lines[1].Length);
        Assert.Equal("bad", lines[1].Substring(lines[2].IndexOf('^', StringComparison.Ordinal), lines[2].Count(c => c == '^')));
    }

    [Theory]
    [InlineData(1, 0, 0, "1 flow, no findings")]
    [InlineData(2, 0, 0, "2 flows, no findings")]
    [InlineData(2, 1, 3, "3 findings in 1 of 2 flows")]
    [InlineData(1, 1, 1, "1 finding in 1 of 1 flow")]
    public void The_summary_counts_in_words(int files, int filesWithFindings, int findings, string expected) =>
        Assert.Equal(expected, FindingText.Summary(files, filesWithFindings, findings));

    private static string CaretsUnder(string line, int column, int endColumn) =>
        LinesOf(line, new Place("a", 1, column, 1, endColumn))[2];

    private static string[] LinesOf(string text, Place place) => Written(text, place).TrimEnd('\n').Split('\n');

    private static string Written(string text, Place place)
    {
        using var output = new StringWriter { NewLine = "\n" };
        FindingText.Write(output, new Finding("FLOW001", Severity.Error, place, "what is wrong"), text);
        return output.ToString();
    }
}
