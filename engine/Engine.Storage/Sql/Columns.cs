using System.Text.Json;

namespace Engine.Storage;

/// <summary>How values stand in columns: times as UTC ticks, enums as words.</summary>
internal static class Columns
{
    public static long ToColumn(this DateTimeOffset time) => time.UtcTicks;

    public static string ToColumn<T>(this T word) where T : struct, Enum => Words<T>.ByValue[word];

    /// <summary>Texts for PostgreSQL's <c>unnest</c>.</summary>
    public static string?[] Texts(IEnumerable<string?> texts) => [.. texts.Select(text => text is null ? null : PostgresText.Escape(text))];

    public static DateTimeOffset Time(this Row row, int column) =>
        new(row.GetInt64(column), TimeSpan.Zero);

    public static DateTimeOffset? TimeOrNull(this Row row, int column) =>
        row.IsDBNull(column) ? null : row.Time(column);

    public static long? NumberOrNull(this Row row, int column) =>
        row.IsDBNull(column) ? null : row.GetInt64(column);

    public static string? TextOrNull(this Row row, int column) =>
        row.IsDBNull(column) ? null : row.GetString(column);

    public static byte[]? BytesOrNull(this Row row, int column) =>
        row.IsDBNull(column) ? null : row.GetBytes(column);

    public static T Word<T>(this Row row, int column) where T : struct, Enum =>
        Words<T>.ByText[row.GetString(column)];

    private static class Words<T> where T : struct, Enum
    {
        public static readonly Dictionary<T, string> ByValue =
            Enum.GetValues<T>().ToDictionary(x => x, x => JsonNamingPolicy.SnakeCaseLower.ConvertName(x.ToString()));

        public static readonly Dictionary<string, T> ByText =
            ByValue.ToDictionary(x => x.Value, x => x.Key, StringComparer.Ordinal);
    }
}
