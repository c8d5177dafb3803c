namespace Engine.Flows.Expressions;

/// <summary>
/// All the functions that expressions may call, by their names in snake_case. Each charges the budget for what it loops over
/// or makes; whatever is not here cannot be called. Texts are compared ordinally.
/// </summary>
public static class Functions
{
    public static bool IsEmpty(this string text) => text.Length == 0;

    public static bool StartsWith(this string text, string part) => Charged(text).StartsWith(part, StringComparison.Ordinal);

    public static bool EndsWith(this string text, string part) => Charged(text).EndsWith(part, StringComparison.Ordinal);

    public static bool Contains(this string text, string part)
    {
        Fuel.ChargeSteps((int)Math.Min(int.MaxValue, ((long)text.Length * part.Length / 64) + 1));
        return text.Contains(part, StringComparison.Ordinal);
    }

    /// <summary>Without white space at both ends.</summary>
    public static string Trim(this string text) => Made(text).Trim();

    public static string Lower(this string text) => Made(text).ToLowerInvariant();

    public static string Upper(this string text) => Made(text).ToUpperInvariant();

    /// <summary>The first characters; all of them where there are fewer.</summary>
    public static string Start(this string text, int count) => Made(text)[..Math.Clamp(count, 0, text.Length)];

    /// <summary>The last characters; all of them where there are fewer.</summary>
    public static string End(this string text, int count) => Made(text)[^Math.Clamp(count, 0, text.Length)..];

    public static TimeSpan Seconds(this int count) => TimeSpan.FromSeconds(count);

    public static TimeSpan Minutes(this int count) => TimeSpan.FromMinutes(count);

    public static TimeSpan Hours(this int count) => TimeSpan.FromHours(count);

    public static TimeSpan Days(this int count) => TimeSpan.FromDays(count);

    public static bool Any<T>(this IReadOnlyList<T> list, Func<T, bool> test)
    {
        foreach (var item in list)
        {
            Fuel.ChargeSteps();
            if (test(item)) return true;
        }

        return false;
    }

    public static bool All<T>(this IReadOnlyList<T> list, Func<T, bool> test)
    {
        foreach (var item in list)
        {
            Fuel.ChargeSteps();
            if (!test(item)) return false;
        }

        return true;
    }

    /// <summary>How many pass the test.</summary>
    public static int CountOf<T>(this IReadOnlyList<T> list, Func<T, bool> test)
    {
        var count = 0;
        foreach (var item in list)
        {
            Fuel.ChargeSteps();
            if (test(item)) count++;
        }

        return count;
    }

    /// <summary>The first that passes the test; null for none.</summary>
    public static T? First<T>(this IReadOnlyList<T> list, Func<T, bool> test)
        where T : class
    {
        foreach (var item in list)
        {
            Fuel.ChargeSteps();
            if (test(item)) return item;
        }

        return null;
    }

    private static string Charged(string text)
    {
        Fuel.ChargeSteps((text.Length / 64) + 1);
        return text;
    }

    private static string Made(string text)
    {
        Fuel.ChargeCharacters(text.Length);
        return text;
    }
}
