using System.Globalization;
using System.Text;

namespace Engine.Storage;

/// <summary>
/// PostgreSQL's text holds neither the character NUL nor half of a surrogate pair, which a caller's key or a provider's name may. Such
/// characters are written as U+0001 and four hex digits, and so is U+0001 itself: each text is stored in one way and read back as it was.
/// </summary>
internal static class PostgresText
{
    private const char Mark = '\u0001';
    private const int Digits = 4;

    public static string Escape(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '\0' or Mark || char.IsSurrogate(text[i])) return EscapeAll(text);
        }

        return text;
    }

    public static string Unescape(string text)
    {
        if (!text.Contains(Mark, StringComparison.Ordinal)) return text;
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != Mark || i + Digits >= text.Length)
            {
                plain.Append(text[i]);
                continue;
            }

            plain.Append((char)ushort.Parse(text.AsSpan(i + 1, Digits), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            i += Digits;
        }

        return plain.ToString();
    }

    private static string EscapeAll(string text)
    {
        var escaped = new StringBuilder(text.Length + Digits);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                escaped.Append(text[i]).Append(text[++i]);
            }
            else if (text[i] is '\0' or Mark || char.IsSurrogate(text[i]))
            {
                escaped.Append(Mark).Append(((int)text[i]).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                escaped.Append(text[i]);
            }
        }

        return escaped.ToString();
    }
}
