using System.Globalization;
using Engine.Runs;

namespace Engine.Storage;

/// <summary>
/// For tests, and used by nothing else: a database that does what it is told and tells some callers that no answer came in time. It stands below
/// every call of the store, whichever part of the engine makes it. The variable <c>ENGINE_TEST_LOSE_ANSWERS</c> gives share and seed for a process,
/// such as <c>0.05:7</c>; without it there is no such thing.
/// </summary>
internal sealed class LostAnswers
{
    private const int ClaimsOfAStart = 20;

    private volatile Func<bool>? isLost;

    /// <summary>What a test wants of this process; null: nothing.</summary>
    public static Func<bool>? OfProcess()
    {
        if (Environment.GetEnvironmentVariable("ENGINE_TEST_LOSE_ANSWERS")?.Split(':') is not [var share, var seed]) return null;
        var limit = double.Parse(share, CultureInfo.InvariantCulture);
        var random = new Random(int.Parse(seed, CultureInfo.InvariantCulture));
        return () =>
        {
            lock (random) return random.NextDouble() < limit;
        };
    }

    /// <summary>What <see cref="IsLost"/> becomes when the engine has claimed runs some times: one that does not come up shows nothing.</summary>
    public Func<bool>? OnceItWorks { get; set; }

    /// <summary>Asked after each call whether its answer is lost; from any thread. Null: none is.</summary>
    public Func<bool>? IsLost
    {
        get => isLost;
        set => isLost = value;
    }

    public Database Around(Database inner) => new LosingDatabase(inner, this);

    public RunWakes Around(RunWakes inner) => new LosingWakes(inner, this);

    private async Task<T> AfterAsync<T>(Task<T> call)
    {
        var answer = await call;
        return IsLost?.Invoke() == true ? throw new StorageUnavailableException("the store", "no answer in time") : answer;
    }

    private sealed class LosingDatabase(Database inner, LostAnswers lost) : Database
    {
        public override string Name => inner.Name;

        public override bool IsHurried
        {
            get => inner.IsHurried;
            set => inner.IsHurried = value;
        }

        public override SqlDialect Dialect => inner.Dialect;

        public override TimeProvider Time => inner.Time;

        public override Task<T> ReadAsync<T>(Func<Session, T> read, CancellationToken cancellation) => lost.AfterAsync(inner.ReadAsync(read, cancellation));

        public override Task<T> WriteAsync<T>(Func<Session, T> write, CancellationToken cancellation) => lost.AfterAsync(inner.WriteAsync(write, cancellation));

        public override Task<T> WorkAsync<T>(Func<Session, T> write, CancellationToken cancellation) => lost.AfterAsync(inner.WorkAsync(write, cancellation));

        public override ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class LosingWakes(RunWakes inner, LostAnswers lost) : RunWakes, IAsyncDisposable
    {
        private int claims;

        public override Task<IReadOnlyList<TakenRun>> ClaimAsync(ClaimRequest request, CancellationToken cancellation)
        {
            if (lost.OnceItWorks is { } wanted && Interlocked.Increment(ref claims) == ClaimsOfAStart) lost.IsLost = wanted;
            return lost.AfterAsync(inner.ClaimAsync(request, cancellation));
        }

        public override Task<IReadOnlyList<RunId>> RenewAsync(IReadOnlyList<Lease> leases, TimeSpan by, CancellationToken cancellation) =>
            lost.AfterAsync(inner.RenewAsync(leases, by, cancellation));

        public override Task<bool> PostponeAsync(Lease lease, DateTimeOffset due, CancellationToken cancellation) =>
            lost.AfterAsync(inner.PostponeAsync(lease, due, cancellation));

        public override Task<bool> SaveAsync(RunSave save, SealedBody body, CancellationToken cancellation) =>
            lost.AfterAsync(inner.SaveAsync(save, body, cancellation));

        public async ValueTask DisposeAsync()
        {
            if (inner is IAsyncDisposable own) await own.DisposeAsync();
        }
    }
}
