using System.Text;
using Engine.Flows;
using Xunit;

namespace Engine.Tests;

public sealed class MutatedFlowTests
{
    private static readonly string[] Pieces =
        ["=", "{{ ", " }}", "session", ".status", "?.", "(", ")", "'", "\"", " is ", "or", "[]", "{ ", " }", ": ", "null", "1", "as: ", "- ", "\n", " => ", "@", "&& ", "input", "form", "~", "#"];

    [Theory]
    [InlineData("telegram-qr.yaml", 1)]
    [InlineData("paths.yaml", 2)]
    [InlineData("types.yaml", 3)]
    [InlineData("failures.yaml", 4)]
    public void A_flow_with_random_mistakes_gives_findings_and_no_exception(string file, int seed)
    {
        var random = new Random(seed);
        var flow = GoldenFlow.Strip(File.ReadAllText(Path.Combine(GoldenFlow.Folder, "compiler", file)));
        var rounds = int.TryParse(Environment.GetEnvironmentVariable("ENGINE_MUTATIONS"), out var wanted) ? wanted : 5;

        for (var i = 0; i < rounds; i++)
        {
            var text = new StringBuilder(flow);
            for (var mistakes = random.Next(1, 4); mistakes > 0; mistakes--) Mutate(text, random);

            var check = Compiled.Check(text.ToString());

            Assert.True(check.Flow is null == check.Findings.Any(found => found.Severity == Severity.Error), text.ToString());
            Assert.DoesNotContain(check.Findings, found => found.Code == FindingCodes.NotChecked.Code);
        }
    }

    private static void Mutate(StringBuilder text, Random random)
    {
        var at = random.Next(text.Length);
        switch (random.Next(3))
        {
            case 0:
                text.Remove(at, Math.Min(random.Next(1, 12), text.Length - at));
                break;
            case 1:
                text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                break;
            default:
                text[at] = (char)random.Next(32, 127);
                break;
        }
    }
}
