using System.Globalization;
using YamlDotNet.Core;

namespace Engine.Flows;

/// <summary>Decodes plain and quoted scalars (YAML 1.2, 7.3), noting where each character came from.</summary>
internal static class FlowScalar
{
    /// <param name="start">Of the opening quote, or of the first character.</param>
    /// <param name="end">One past the closing quote, or past the last character.</param>
    public static void Read(string raw, int start, int end, ScalarStyle style, ScalarTrace trace)
    {
        var isPlain = style is not (ScalarStyle.DoubleQuoted or ScalarStyle.SingleQuoted);
        var i = isPlain ? start : start + 1;
        var stop = isPlain ? end : end - 1;
        while (i < stop)
        {
            i = raw[i] switch
            {
                '\\' when style == ScalarStyle.DoubleQuoted => ReadEscape(raw, i, stop, trace),
                '\'' when style == ScalarStyle.SingleQuoted => Add(trace, '\'', i, i + 2),
                ' ' or '\t' or '\r' or '\n' => ReadSpace(raw, i, stop, trace),
                var c => Add(trace, c, i, i + 1),
            };
        }
    }

    private static int Add(ScalarTrace trace, char c, int start, int end)
    {
        trace.Add(c, start, end);
        return end;
    }

    /// <summary>Spaces stay; a line break with all spaces around it becomes one space, several become one line break
    /// less.</summary>
    private static int ReadSpace(string raw, int start, int stop, ScalarTrace trace)
    {
        var end = start;
        var breaks = new List<int>();
        for (; end < stop && raw[end] is ' ' or '\t' or '\r' or '\n'; end++)
        {
            if (raw[end] == '\n') breaks.Add(end);
        }

        if (breaks.Count == 0)
        {
            for (var i = start; i < end; i++) trace.Add(raw[i], i, i + 1);
        }
        else if (breaks.Count == 1)
        {
            trace.Add(' ', breaks[0], breaks[0] + 1);
        }
        else
        {
            foreach (var at in breaks.Skip(1)) trace.Add('\n', at, at + 1);
        }

        return end;
    }

    private static int ReadEscape(string raw, int start, int stop, ScalarTrace trace)
    {
        if (start + 1 >= stop) return stop;
        var c = raw[start + 1];
        if (c is '\r' or '\n') return ReadEscapedBreak(raw, start + 1, stop, trace);
        var digits = c switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits == 0) return Add(trace, Unescape(c), start, start + 2);
        var end = start + 2 + digits;
        if (end > stop || !int.TryParse(
            raw.AsSpan(start + 2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number))
        {
            return stop;
        }

        if (number is < 0 or > 0x10FFFF) return stop;
        if (number <= 0xFFFF) return Add(trace, (char)number, start, end);
        foreach (var half in char.ConvertFromUtf32(number)) trace.Add(half, start, end);
        return end;
    }

    /// <summary>An escaped line break joins the lines; empty lines after it stay line breaks.</summary>
    private static int ReadEscapedBreak(string raw, int start, int stop, ScalarTrace trace)
    {
        var i = raw[start] == '\r' ? start + 2 : start + 1;
        for (; i < stop && raw[i] is ' ' or '\t' or '\r' or '\n'; i++)
        {
            if (raw[i] == '\n') trace.Add('\n', i, i + 1);
        }

        return i;
    }

    private static char Unescape(char c) => c switch
    {
        '0' => '\0',
        'a' => '\a',
        'b' => '\b',
        't' => '\t',
        'n' => '\n',
        'v' => '\v',
        'f' => '\f',
        'r' => '\r',
        'e' => '\e',
        'N' => '\u0085',
        '_' => '\u00A0',
        'L' => '\u2028',
        'P' => '\u2029',
        _ => c,
    };
}
