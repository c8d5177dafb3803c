using System.Collections.Immutable;

namespace Engine.Flows;

/// <summary>An operation's path: letters, holes, and the place of a key.</summary>
internal static class ProviderPath
{
    /// <summary>Where the key of <c>auth: { path: … }</c> stands.</summary>
    public const string KeyMark = "{auth}";

    private const string Letters = "-._~!$'()*,;:@/";

    /// <summary>The stretch that is wrong and what is; null where nothing is.</summary>
    public static (int Start, int Length, string Message)? FindProblem(string path)
    {
        if (!path.StartsWith('/')) return (0, path.Length, "a path begins with '/'; the address that it is below is a setting of type url");
        var isKeyed = false;
        for (var i = 0; i < path.Length; i++)
        {
            if (string.CompareOrdinal(path, i, "{{", 0, 2) == 0)
            {
                var end = path.IndexOf("}}", i, StringComparison.Ordinal);
                if (end < 0) return (i, 2, "'{{' is not closed; '}}' is missing");
                i = end + 1;
            }
            else if (string.CompareOrdinal(path, i, KeyMark, 0, KeyMark.Length) == 0)
            {
                if (isKeyed) return (i, KeyMark.Length, "the key stands in the path once");
                isKeyed = true;
                i += KeyMark.Length - 1;
            }
            else if (path[i] is '?' or '#')
            {
                return (i, 1, path[i] == '?' ? "what follows '?' goes into 'query'" : "'#' cannot stand in a path");
            }
            else if (!char.IsAsciiLetterOrDigit(path[i]) && !Letters.Contains(path[i], StringComparison.Ordinal))
            {
                return (i, 1, "this character cannot stand in a path; a value goes into a hole: '{{ … }}'");
            }
        }

        var segments = path.Split('/');
        return segments.Any(segment => segment is "." or "..") || path.Contains("//", StringComparison.Ordinal)
            ? (0, path.Length, "a path has no empty segments, '.' or '..'")
            : null;
    }

    /// <summary>The parts of a path that has no problem; holes are numbered from <paramref name="first"/>.</summary>
    public static ImmutableArray<PathPart> PartsOf(string path, int first)
    {
        var parts = ImmutableArray.CreateBuilder<PathPart>();
        var at = 0;
        while (at < path.Length)
        {
            var (hole, key) = (IndexOf("{{"), IndexOf(KeyMark));
            var next = Math.Min(hole, key);
            if (next > at) parts.Add(new PathPart.Literal(path[at..next]));
            if (next == path.Length) break;
            if (next == hole)
            {
                parts.Add(new PathPart.Value(first++));
                at = path.IndexOf("}}", hole, StringComparison.Ordinal) + 2;
            }
            else
            {
                parts.Add(new PathPart.Key());
                at = key + KeyMark.Length;
            }
        }

        return parts.ToImmutable();

        int IndexOf(string mark) => path.IndexOf(mark, at, StringComparison.Ordinal) is >= 0 and var found ? found : path.Length;
    }
}
