using System.Globalization;

namespace Engine.Flows;

/// <summary>Which characters may stand where.</summary>
internal static class Characters
{
    /// <summary>Control characters and Unicode's own line breaks.</summary>
    public static bool IsControl(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';

    /// <summary>Characters that change the direction in which text is shown.</summary>
    public static bool IsDirection(char c) => c is >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069';

    /// <summary>Characters that cannot be seen: controls other than line breaks and tabs, direction marks, zero-width
    /// characters.</summary>
    public static bool IsHidden(char c) =>
        c is not ('\n' or '\t' or '\r') && (IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format);

    /// <summary>The first character that has no place in any value: a control character or half a surrogate pair; -1
    /// for none.</summary>
    public static int IndexOfForbidden(string value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (char.IsHighSurrogate(value[i]) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1])) i++;
            else if (char.IsSurrogate(value[i])) return i;
            else if (IsControl(value[i]) && value[i] is not ('\n' or '\t' or '\r')) return i;
        }

        return -1;
    }

    /// <summary>The first character that cannot be seen, from <paramref name="start"/> up to <paramref name="end"/>;
    /// -1 for none.</summary>
    public static int IndexOfHidden(string value, int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            if (IsHidden(value[i])) return i;
        }

        return -1;
    }

    /// <summary>The character by its number, such as <c>U+200B</c>.</summary>
    public static string Show(char c) => string.Create(CultureInfo.InvariantCulture, $"U+{(int)c:X4}");

    /// <summary>A piece of the file fit for a message: hidden characters by their numbers, no line breaks, at most 60
    /// characters.</summary>
    public static string Quote(string value)
    {
        var line = value.ReplaceLineEndings(" ");
        if (line.Length > 60) line = string.Concat(line.AsSpan(0, 57), "...");
        return $"'{string.Concat(line.Select(c => IsHidden(c) ? $"<{Show(c)}>" : c.ToString()))}'";
    }
}
