namespace Engine.Storage;

/// <summary>Where a store keeps what it keeps.</summary>
public abstract record StorePlace
{
    private StorePlace() { }

    /// <summary>What messages call it. Never a secret.</summary>
    public abstract string Name { get; }

    public sealed override string ToString() => Name;

    /// <summary>The SQLite file <c>engine.db</c> in a data folder, for one engine.</summary>
    public sealed record Folder(string Path) : StorePlace
    {
        public override string Name => Path;
    }

    /// <summary>A PostgreSQL database, for any number of engines.</summary>
    /// <param name="ConnectionString">As Npgsql takes it, such as <c>Host=db;Database=engine;Username=engine</c>. May hold a password: shown nowhere.</param>
    public sealed record Server(string ConnectionString) : StorePlace
    {
        public override string Name => PostgresPlace.NameOf(ConnectionString);

        /// <summary>Whether the given time provider tells the time, not the database: for tests that play with time.</summary>
        internal bool IsTimeGiven { get; init; }
    }
}
