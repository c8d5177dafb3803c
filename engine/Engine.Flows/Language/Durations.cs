using System.Globalization;
using System.Text;

namespace Engine.Flows;

/// <summary>Durations as flows write them.</summary>
public static class Durations
{
    /// <summary>Reads one such as <c>1h30m</c>; null where it is none.</summary>
    public static TimeSpan? Parse(string text) => Grammar.ParseDuration(text);

    /// <summary>Such as <c>1h30m</c>; parts of a second are rounded up.</summary>
    public static string Words(TimeSpan time)
    {
        var seconds = (long)Math.Ceiling(time.TotalSeconds);
        if (seconds == 0) return "0s";
        var words = new StringBuilder();
        foreach (var (length, unit) in new[] { (86400L, 'd'), (3600L, 'h'), (60L, 'm'), (1L, 's') })
        {
            if (seconds >= length) words.Append((seconds / length).ToString(CultureInfo.InvariantCulture)).Append(unit);
            seconds %= length;
        }

        return words.ToString();
    }
}
