using System.Globalization;
using Engine.Runs;

namespace Engine.History;

/// <summary>Reads what journal entries say.</summary>
internal static class JournalText
{
    public static string? Text(this JournalEntry entry, string name) => entry.Detail.GetValueOrDefault(name);

    public static long? Number(this JournalEntry entry, string name) =>
        long.TryParse(entry.Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The number in an id such as <c>e7</c> or <c>p3</c>; null where it is none.</summary>
    public static int? NumberIn(string? id) =>
        id is { Length: > 1 } && int.TryParse(id.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static string? Effect(this JournalEntry entry) => entry.Text("effect");

    /// <summary>The operation without its provider; null where the entry names none.</summary>
    public static string? Operation(this JournalEntry entry) => entry.Text("operation") is { } name ? name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..] : null;

    public static bool IsSent(this JournalEntry entry) => entry.Kind is "call_sent" or "confirm_sent";
}
