namespace Engine.Storage;

/// <summary>In what the two databases differ where one text of SQL serves both.</summary>
/// <param name="ForUpdate">After the SELECT of a row that the same write decides by: others wait until it is done. Empty where only one writes.</param>
/// <param name="SkipLocked">After the SELECT of rows to take: those that another takes at this moment are left to it.</param>
/// <param name="BeginMigration">Begins a transaction that no other migration runs beside.</param>
internal sealed record SqlDialect(string ForUpdate, string SkipLocked, string BeginMigration)
{
    public static readonly SqlDialect Sqlite = new("", "", "BEGIN IMMEDIATE");

    // The number names this lock among others in the database; it has no meaning.
    public static readonly SqlDialect Postgres = new("FOR UPDATE", "FOR UPDATE SKIP LOCKED", "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(7236251094)");

    public bool IsPostgres => ReferenceEquals(this, Postgres);

    /// <summary>Whether a text column is one of those in a parameter that holds a JSON list.</summary>
    public string IsAmong(string column, string list) => IsPostgres
        ? $"{column} IN (SELECT json_array_elements_text(CAST({list} AS json)))"
        : $"{column} IN (SELECT value FROM json_each({list}))";

    /// <summary>The order of runs, newest first, that an index serves.</summary>
    public string NewestFirst => IsPostgres ? "number DESC" : "created_at DESC, number DESC";

    /// <summary>A text as it can be stored here.</summary>
    public string ToColumn(string text) => IsPostgres ? PostgresText.Escape(text) : text;

    public string FromColumn(string text) => IsPostgres ? PostgresText.Unescape(text) : text;
}
