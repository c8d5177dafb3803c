using System.Text;
using Engine.Flows;
using Xunit;

namespace Engine.Tests;

public sealed class FlowFileLimitTests
{
    [Fact]
    public void A_file_of_more_than_256_kB_is_refused() =>
        Assert.Equal(
            "f.yaml(1,1): error YAML002: the file has 262145 bytes; a flow may have 262144",
            OnlyFinding(new byte[256 * 1024 + 1]));

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused_at_their_place() =>
        Assert.Equal(
            "f.yaml(2,9): error YAML001: byte 0xFF is not UTF-8; save the file as UTF-8",
            OnlyFinding([.. "flow: f\ntitle: é"u8, 0xFF, .. "\nsteps: []"u8]));

    [Fact]
    public void Half_a_character_at_the_end_is_refused() =>
        Assert.Equal(
            "f.yaml(1,8): error YAML001: byte 0xD0 is not UTF-8; save the file as UTF-8", OnlyFinding([.. "flow: f"u8, 0xD0]));

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_first_key() =>
        Assert.Empty(Read([0xEF, 0xBB, 0xBF, .. "flow: f\nsteps: []"u8]).Findings);

    [Fact]
    public void Utf16_is_refused() =>
        Assert.Equal(
            "f.yaml(1,1): error YAML001: byte 0xFF is not UTF-8; save the file as UTF-8",
            OnlyFinding([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("flow: f")]));

    [Theory]
    [InlineData("[", 34)]
    [InlineData("{a: ", 130)]
    [InlineData("- ", 67)]
    [InlineData("? ", 67)]
    public void Deep_nesting_is_refused_at_the_first_level_too_many(string level, int column) =>
        Assert.Equal(
            $"f.yaml(1,{column}): error YAML006: nested deeper than 32 levels; a flow needs far fewer",
            OnlyFinding(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(level, 200_000 / level.Length)))));

    [Fact]
    public void More_than_20000_parts_are_refused() =>
        Assert.Contains("error YAML007: the file has more than 20000 parts; split the flow",
            OnlyFinding(Encoding.UTF8.GetBytes("steps:\n" + string.Concat(Enumerable.Repeat("- a\n", 20_000)))),
            StringComparison.Ordinal);

    [Fact]
    public void A_value_of_more_than_32_kB_is_refused() =>
        Assert.Equal(
            "f.yaml(2,8): error YAML008: this value has 32769 characters; a single value may have 32768",
            OnlyFinding(Encoding.UTF8.GetBytes($"flow: f\ntitle: {new string('x', 32_769)}\nsteps: []")));

    private static FlowReading Read(byte[] content) => FlowReader.Read(new FlowSource("f.yaml", content));

    private static string OnlyFinding(byte[] content) => Assert.Single(Read(content).Findings).ToString();
}
