using System.Globalization;

namespace Engine.Host;

/// <summary>A transcript as lines for people: the moment, what it is, and what happened; a mark where it is not as expected.</summary>
internal static class TranscriptText
{
    /// <param name="marked">The indexes of lines to mark.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<TranscriptLine> transcript, IReadOnlySet<int?> marked)
    {
        for (var i = 0; i < transcript.Count; i++)
        {
            var line = transcript[i];
            yield return $"{(marked.Contains(i) ? ">" : " ")} {Transcript.ToText(line.At),8}  {line.Kind,-7}  {line.Text}";
            var repeats = Repeats(transcript, i - 1, marked);
            if (repeats == 0) continue;
            i += repeats * 2;
            yield return $"  {"",8}  {"",-7}  … the same {(repeats == 1 ? "once more" : $"{repeats.ToString(CultureInfo.InvariantCulture)} times more")}, until {Transcript.ToText(transcript[i].At)}";
        }
    }

    /// <summary>How often a call with its answer comes again right after itself, unmarked.</summary>
    private static int Repeats(IReadOnlyList<TranscriptLine> transcript, int call, IReadOnlySet<int?> marked)
    {
        if (call < 0 || transcript[call].Kind != "call" || transcript[call + 1].Kind != "answer") return 0;
        var count = 0;
        for (var next = call + 2; next + 1 < transcript.Count; next += 2, count++)
        {
            var isSame = transcript[next].Kind == "call" && transcript[next].Text == transcript[call].Text
                && transcript[next + 1].Kind == "answer" && transcript[next + 1].Text == transcript[call + 1].Text;
            if (!isSame || marked.Contains(next) || marked.Contains(next + 1)) break;
        }

        return count;
    }
}
