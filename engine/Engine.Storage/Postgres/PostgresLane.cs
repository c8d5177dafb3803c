namespace Engine.Storage;

/// <summary>One connection that is made anew when it was lost. For one thread.</summary>
/// <param name="tag">Marks this node's hints.</param>
internal sealed class PostgresLane(PostgresPlace place, string tag) : IDisposable
{
    private const int MaxTries = 10;

    /// <summary>How long a server that could not be connected to is left alone: what waits meanwhile is told at once.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private Session? session;
    private Exception? refusal;
    private long refusedAt;

    public T Read<T>(Func<Session, T> read) => Do(read);

    /// <summary>A transaction. It begins anew where another node was faster, and where the connection was lost before its commit.</summary>
    public T Write<T>(Func<Session, T> write) => Again(open => WriteOnce(open, write));

    /// <summary>A statement that is a transaction by itself.</summary>
    public T State<T>(Func<Session, T> state) => Again(state);


    public void Dispose() => session?.Dispose();

    /// <summary>The exception as the caller gets it.</summary>
    public Exception ForCaller(Exception thrown) => PostgresTrouble.ForCaller(place.Name, thrown);

    private T WriteOnce<T>(Session open, Func<Session, T> write)
    {
        using var transaction = open.Begin();
        var result = write(open);
        if (RunHints.Write(tag, open.TakeHints()) is { } hints)
        {
            open.Execute("SELECT pg_notify(@channel, @hints)", ("@channel", RunHints.Channel), ("@hints", hints));
        }

        try
        {
            transaction.Commit();
        }
        catch (Exception thrown) when (PostgresTrouble.IsLost(thrown))
        {
            // Whether it was done, nobody knows: it must not be done twice.
            throw new StorageUnavailableException(place.Name, PostgresTrouble.NoAnswer, thrown);
        }

        return result;
    }

    private T Again<T>(Func<Session, T> perform)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return Do(perform);
            }
            catch (Exception thrown) when (tries < MaxTries && PostgresTrouble.IsRace(thrown))
            {
                session?.TakeHints();
            }
        }
    }

    private T Do<T>(Func<Session, T> perform)
    {
        var isFresh = session is null;
        while (true)
        {
            var open = session ??= Connect();
            try
            {
                return perform(open);
            }
            catch (Exception thrown) when (thrown is StorageUnavailableException || PostgresTrouble.IsLost(thrown) || !open.IsConnected)
            {
                // An error need not say that it took the connection with it: one that is closed is never used again.
                Drop();

                // A connection that lay idle may have been lost long ago; a new one tells whether the server is there.
                if (isFresh || thrown is StorageUnavailableException || thrown.InnerException is TimeoutException) throw;
                isFresh = true;
            }
        }
    }

    private Session Connect()
    {
        if (refusal is not null && TimeProvider.System.GetElapsedTime(refusedAt) < Pause) throw refusal;
        try
        {
            var made = new Session(place.Connect(), SqlDialect.Postgres);
            refusal = null;
            return made;
        }
        catch (Exception thrown)
        {
            (refusal, refusedAt) = (thrown, TimeProvider.System.GetTimestamp());
            throw;
        }
    }

    private void Drop()
    {
        session?.Dispose();
        session = null;
    }
}
