using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Engine.Tests;

/// <summary>
/// The edge cases of the provider notes: 1.6 of Radist, 2.9 of Whatsgate, 3.8 of amoCRM. Each stands, by its number, in the name of a flow test or of a test of
/// a simulator, of a plugin, or of the running engine.
/// </summary>
public sealed partial class EdgeCaseTests
{
    private static readonly Dictionary<string, int> lists = new(StringComparer.Ordinal) { ["1.6"] = 24, ["2.9"] = 15, ["3.8"] = 19 };

    public static TheoryData<string> Lists => [.. lists.Keys];

    [Theory]
    [MemberData(nameof(Lists))]
    public void Every_edge_case_is_in_the_name_of_a_test(string list)
    {
        var tried = Tried().Where(one => one.List == list).Select(one => one.Number).ToHashSet();

        Assert.Equal([], Enumerable.Range(1, lists[list]).Except(tried));
        Assert.Equal([], tried.Except(Enumerable.Range(1, lists[list])));
    }

    [Fact]
    public void Names_are_read_with_all_their_numbers() => Assert.Equal(
        [("3.8", 7), ("3.8", 19), ("1.6", 14), ("1.6", 16), ("3.8", 6), ("3.8", 5)],
        NumbersIn("Case_3_8_07_and_19_declining").Concat(NumbersIn("Edge_cases_1_6_14_and_1_6_16_x")).Concat(NumbersIn("3.8.6 the code is used (3.8.5)")));

    private static IEnumerable<(string List, int Number)> Tried() =>
        Repository.Files("workflows", "*.test.yaml").SelectMany(file => FlowTest().Matches(File.ReadAllText(file)))
            .Concat(Repository.Files("tests", "*.cs").SelectMany(file => Method().Matches(File.ReadAllText(file))))
            .SelectMany(name => NumbersIn(name.Groups[1].Value));

    private static IEnumerable<(string List, int Number)> NumbersIn(string name) => Numbers().Matches(name).SelectMany(match =>
        match.Groups["number"].Captures.Select(number => (
            $"{match.Groups["a"].Value}.{match.Groups["b"].Value}", int.Parse(number.Value, CultureInfo.InvariantCulture))));

    [GeneratedRegex(@"^  (?! )([^#\n]+):\s*$", RegexOptions.Multiline)]
    private static partial Regex FlowTest();

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex Method();

    [GeneratedRegex(@"(?<![0-9])(?<a>1|2|3)[._](?<b>6|9|8)[._](?<number>[0-9]{1,2})(?:_and_(?![123]_[689]_)(?<number>[0-9]{1,2}))*")]
    private static partial Regex Numbers();
}
