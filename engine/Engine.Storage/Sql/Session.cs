using System.Data;
using System.Data.Common;
using System.Text.RegularExpressions;
using Engine.Runs;

namespace Engine.Storage;

/// <summary>One connection with its prepared statements. For one thread at a time.</summary>
internal sealed partial class Session(DbConnection connection, SqlDialect dialect) : IDisposable
{
    private readonly Dictionary<string, Statement> prepared = new(StringComparer.Ordinal);

    private List<RunHint> hints = [];

    public SqlDialect Dialect => dialect;

    /// <summary>Whether anything can still be done with it.</summary>
    public bool IsConnected => connection.State == ConnectionState.Open;

    /// <summary>Ends the SELECT of the row that a write decides by: until it is done, other nodes wait with theirs.</summary>
    public string ForUpdate => dialect.ForUpdate;

    /// <summary>Ends the SELECT of rows that a write takes: those that another node takes at this moment are left to it.</summary>
    public string SkipLocked => dialect.SkipLocked;

    /// <summary>Runs statements once, without keeping them, however long they take.</summary>
    public void Run(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandTimeout = 0;
#pragma warning disable CA2100 // The text is our own: migrations and settings.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    /// <summary>Keeps other nodes from writing to a table until this write is done.</summary>
    public void LockTable(string table)
    {
        if (dialect.IsPostgres) Run($"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE");
    }

    /// <summary>Runs a statement; gives the number of rows it changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> values) =>
        Prepare(sql, values).ExecuteNonQuery();

    /// <summary>The rows that a statement gives.</summary>
    public List<T> List<T>(string sql, Func<Row, T> read, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var reader = Prepare(sql, values).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(read(new Row(reader, dialect)));
        return rows;
    }

    /// <summary>The first row; null where there is none.</summary>
    public T? First<T>(string sql, Func<Row, T> read, params ReadOnlySpan<(string Name, object? Value)> values)
        where T : class
    {
        using var reader = Prepare(sql, values).ExecuteReader();
        return reader.Read() ? read(new Row(reader, dialect)) : null;
    }

    /// <summary>The number in the first column of the first row; null where there is no row or no number.</summary>
    public long? Number(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var reader = Prepare(sql, values).ExecuteReader();
        return reader.Read() ? new Row(reader, dialect).NumberOrNull(0) : null;
    }

    /// <summary>Tells other nodes of it with the commit. Where there are none, nobody is told.</summary>
    public void Hint(RunId run, bool hasWork)
    {
        if (dialect.IsPostgres) hints.Add(new RunHint(run, hasWork));
    }

    /// <summary>The hints since the last call.</summary>
    public IReadOnlyList<RunHint> TakeHints()
    {
        if (hints.Count == 0) return [];
        var taken = hints;
        hints = [];
        return taken;
    }

    public DbTransaction Begin() => connection.BeginTransaction();

    public void Dispose()
    {
        foreach (var statement in prepared.Values) statement.Command.Dispose();
        connection.Dispose();
    }

    private DbCommand Prepare(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (!prepared.TryGetValue(sql, out var statement))
        {
            statement = NewStatement(sql, values);
            prepared.Add(sql, statement);
        }

        for (var i = 0; i < statement.Used.Length; i++) Set(statement.Command.Parameters[i], values[statement.Used[i]].Value);
        return statement.Command;
    }

    private Statement NewStatement(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = connection.CreateCommand();
        var written = ParameterName.Matches(sql).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        List<string> names = [];
        List<int> used = [];
        for (var i = 0; i < values.Length; i++)
        {
            if (!written.Contains(values[i].Name)) continue;
            var parameter = command.CreateParameter();
            if (!dialect.IsPostgres) parameter.ParameterName = values[i].Name;
            names.Add(values[i].Name);
            used.Add(i);
            command.Parameters.Add(parameter);
        }

        // PostgreSQL numbers its parameters; done here once, it need not be done at each execution.
#pragma warning disable CA2100 // Every statement is put together from constants; values are always parameters.
        command.CommandText = dialect.IsPostgres ? ParameterName.Replace(sql, match => $"${names.IndexOf(match.Value) + 1}") : sql;
#pragma warning restore CA2100
        return new Statement(command, [.. used]);
    }

    /// <summary>A type that was seen once stays, so that a null later makes no other statement of it.</summary>
    private void Set(DbParameter parameter, object? value)
    {
        var stored = value switch
        {
            null => DBNull.Value,
            bool flag => flag ? 1L : 0L,
            int number => (long)number,
            string text => dialect.ToColumn(text),
            _ => value,
        };
        if (dialect.IsPostgres && stored is long or string or byte[])
        {
            parameter.DbType = stored switch { long => DbType.Int64, string => DbType.String, _ => DbType.Binary };
        }

        parameter.Value = stored;
    }

    /// <param name="Used">Which of the given values the text names, by their places; the others are for other forms of it.</param>
    private sealed record Statement(DbCommand Command, int[] Used);

    [GeneratedRegex("@[a-z_0-9]+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ParameterName { get; }
}
