using Engine.Flows;
using Xunit;

namespace Engine.Tests;

/// <summary>A mark such as <c>«x»</c> stands around the characters to find; it is removed from the text before
/// reading.</summary>
public sealed class ScalarTests
{
    [Theory]
    [InlineData("k: plain «x» == 1", "x")]
    [InlineData("k: plain\n   goes «on»", "on")]
    [InlineData("k: plain\n\n\n   goes «on»", "on")]
    [InlineData("k: 'it''s «ok»'", "ok")]
    [InlineData("k: 'it«''»s ok'", "'")]
    [InlineData("k: 'single\n     «folded»'", "folded")]
    [InlineData("k: \"q \\\"x\\\" \\u00e9 \\x41 «end»\"", "end")]
    [InlineData("k: \"a «\\u00e9» b\"", "é")]
    [InlineData("k: \"😀 then «\\U0001F600» x\"", "😀")]
    [InlineData("k: \"emoji 😀 «x»\"", "x")]
    [InlineData("k: \"multi\n   line  dq \\\n   «joined»\"", "joined")]
    [InlineData("k: \"a \\\n\n   «b»\"", "b")]
    [InlineData("k: \"multi\n\n   «para»\"", "para")]
    [InlineData("k: |\n  one\n    more\n\n  «two»\n", "two")]
    [InlineData("k: |\n  one\n  «  »more\n", "  ")]
    [InlineData("k: |2\n   t«w»o\n", "w")]
    [InlineData("k: |+\n  «keep»\n\n", "keep")]
    [InlineData("k: |-\n  «strip»\n\n", "strip")]
    [InlineData("k: |  # comment\n  after «it»", "it")]
    [InlineData("k: >-\n  folded one\n  «two»\n\n  para\n    indented\n  tail", "two")]
    [InlineData("k: >-\n  folded one\n  two\n\n  «para»\n    indented\n  tail", "para")]
    [InlineData("k: >-\n  folded one\n\n\n    «indented»\n  tail", "indented")]
    [InlineData("k: >-\n  one\n    indented\n  «tail»", "tail")]
    [InlineData("k: >\n  x\n  😀 «y» z\n", "y")]
    [InlineData("k: >1-\n  «more»\n", "more")]
    [InlineData("k:\n  - l: |\n      deep\n       «er»", "er")]
    public void Each_character_is_found_where_it_stands(string marked, string expected)
    {
        foreach (var lines in new[] { marked, marked.ReplaceLineEndings("\r\n") })
        {
            var start = lines.IndexOf('«', StringComparison.Ordinal);
            var end = lines.IndexOf('»', StringComparison.Ordinal) - 1;
            var text = new FlowText("f.yaml", lines.Replace("«", "", StringComparison.Ordinal).Replace("»", "", StringComparison.Ordinal));
            var scalar = Last(text);
            var index = scalar.Value.LastIndexOf(expected, StringComparison.Ordinal);
            if (expected is "'" or "  ") index = scalar.Value.IndexOf(expected, StringComparison.Ordinal);

            Assert.True(scalar.IsExact);
            Assert.Equal(text.PlaceOf(start, end), scalar.PlaceOf(index, expected.Length));
        }
    }

    [Fact]
    public void A_place_past_the_last_character_is_the_end()
    {
        var scalar = Last(new FlowText("f.yaml", "k: 'ab'"));

        Assert.Equal(new Place("f.yaml", 1, 7, 1, 7), scalar.PlaceOf(2, 0));
        Assert.Equal(new Place("f.yaml", 1, 4, 1, 8), scalar.Place);
    }

    [Fact]
    public void A_block_of_nothing_but_spaces_is_found_at_its_beginning()
    {
        var scalar = Last(new FlowText("f.yaml", "k: |\n \n"));

        Assert.Equal(1, scalar.PlaceOf(0, 0).Line);
    }

    /// <summary>Random scalars in every style, compared with what the parser makes of them.</summary>
    [Fact]
    public void Decoding_again_gives_what_the_parser_gave()
    {
        var random = new Random(20260714);
        string[] pieces = ["a", "bc", "é", "😀", " ", "  ", "\n", "\n\n", "\n ", "\t", "''", "\\\"", "\\n", "\\u00e9", "\\\n", "\\ ", "#", ":"];
        var read = 0;
        for (var i = 0; i < 4_000; i++)
        {
            var body = string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => pieces[random.Next(pieces.Length)]));
            var indented = body.Replace("\n", "\n  ", StringComparison.Ordinal);
            var raw = random.Next(5) switch
            {
                0 => $"k: x{indented}",
                1 => $"k: '{indented}'",
                2 => $"k: \"{indented}\"",
                3 => $"k: |{(random.Next(2) == 0 ? "" : "+")}\n  {indented}x\n",
                _ => $"k: >{(random.Next(2) == 0 ? "" : "-")}\n  {indented}x\n\n",
            };
            if (random.Next(2) == 0) raw = raw.ReplaceLineEndings("\r\n");
            if (YamlReader.Read(new FlowText("f.yaml", raw), new FindingList()) is not YamlNode.Map { Entries: [{ Value: YamlNode.Value value }] })
            {
                continue;
            }

            read++;
            Assert.True(value.Scalar.IsExact, raw);
        }

        Assert.True(read > 2_000);
    }

    private static Scalar Last(FlowText text)
    {
        var node = YamlReader.Read(text, new FindingList());
        while (true)
        {
            switch (node)
            {
                case YamlNode.Value value:
                    return value.Scalar;
                case YamlNode.Map map:
                    node = map.Entries[^1].Value;
                    break;
                default:
                    node = ((YamlNode.List)node!).Items[^1];
                    break;
            }
        }
    }
}
