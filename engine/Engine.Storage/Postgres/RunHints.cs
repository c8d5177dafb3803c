using System.Text;
using Engine.Runs;

namespace Engine.Storage;

/// <summary>Hints as PostgreSQL carries them: <c>TAG wRUN cRUN …</c>, w for work and c for a change.</summary>
internal static class RunHints
{
    public const string Channel = "engine_runs";

    // PostgreSQL's own limit is 8,000 bytes. What does not fit is not said: hints may be lost.
    private const int LimitCharacters = 7800;

    /// <summary>Null where there is nothing to say.</summary>
    public static string? Write(string tag, IReadOnlyList<RunHint> hints)
    {
        if (hints.Count == 0) return null;
        var text = new StringBuilder(tag);
        foreach (var hint in hints)
        {
            var run = hint.Run.Value;
            if (text.Length + run.Length + 2 > LimitCharacters) break;
            if (run.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-')) text.Append(' ').Append(hint.HasWork ? 'w' : 'c').Append(run);
        }

        return text.Length == tag.Length ? null : text.ToString();
    }

    /// <summary>What another node says; nothing where it is this one, or no hint at all.</summary>
    public static IEnumerable<RunHint> Read(string payload, string ownTag)
    {
        var words = payload.Split(' ');
        return words[0] == ownTag
            ? []
            : words.Skip(1).Where(word => word.Length > 1).Select(word => new RunHint(new RunId(word[1..]), word[0] == 'w'));
    }
}
