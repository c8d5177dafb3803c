using System.Data.Common;

namespace Engine.Storage;

/// <summary>The row that a query stands at. Flags are numbers in both databases.</summary>
internal readonly struct Row(DbDataReader reader, SqlDialect dialect)
{
    public string GetString(int column) => dialect.FromColumn(reader.GetString(column));

    public long GetInt64(int column) => reader.GetInt64(column);

    public int GetInt32(int column) => checked((int)reader.GetInt64(column));

    public bool GetBoolean(int column) => reader.GetInt64(column) != 0;

    public byte[] GetBytes(int column) => reader.GetFieldValue<byte[]>(column);

    public bool IsDBNull(int column) => reader.IsDBNull(column);
}
