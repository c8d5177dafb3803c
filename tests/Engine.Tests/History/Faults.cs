using Engine.Runs;
using Engine.Storage;

namespace Engine.Tests.History;

/// <summary>What goes wrong at the store's calls. One for each played run.</summary>
internal abstract class Faults
{
    /// <summary>The engine is dead; what it holds in memory is gone.</summary>
    public sealed class EngineDiedException : Exception;

    /// <summary>Nothing goes wrong; the writes are counted.</summary>
    public sealed class None : Faults
    {
        public override Task<T> AroundAsync<T>(string name, Func<Task<T>> call)
        {
            if (Writes.Has(name)) Count++;
            return call();
        }
    }

    /// <summary>The engine dies just before or just after one of its writes.</summary>
    public sealed class Crash(int at, bool isBefore) : Faults
    {
        public override async Task<T> AroundAsync<T>(string name, Func<Task<T>> call)
        {
            var isTheOne = Writes.Has(name) && ++Count == at;
            if (isTheOne && isBefore) throw new EngineDiedException();
            var result = await call();
            return isTheOne ? throw new EngineDiedException() : result;
        }

        public override string ToString() => $"crash {(isBefore ? "before" : "after")} write {at}";
    }

    /// <summary>
    /// What is asked of the database is carried out, and its caller is told that nothing came back in time: below every call of the store,
    /// of which some ask the database more than once. In memory there is no below.
    /// </summary>
    public sealed class TimeOuts(int seed, double share, LostAnswers? database) : Faults
    {
        private readonly Random random = new(seed);

        public override async Task<T> AroundAsync<T>(string name, Func<Task<T>> call)
        {
            if (database is null)
            {
                var result = await call();
                return IsLost() ? throw new StorageUnavailableException("the store", "no answer in time") : result;
            }

            database.IsLost = IsLost;
            try
            {
                return await call();
            }
            finally
            {
                database.IsLost = null;
            }
        }

        private bool IsLost()
        {
            var isLost = random.NextDouble() < share;
            if (isLost) Count++;
            return isLost;
        }

        public override string ToString() => $"time-outs of {share:P0}, seed {seed}";
    }

    /// <summary>How often it came to it.</summary>
    public int Count { get; protected set; }

    /// <param name="name">The store's method.</param>
    public abstract Task<T> AroundAsync<T>(string name, Func<Task<T>> call);
}

/// <summary>The store as one engine process sees it: with faults, and out of reach once the process is dead.</summary>
internal sealed class ProcessStore(IRunStore inner, Faults faults) : DisturbedStore(inner)
{
    public bool IsDead { get; set; }

    protected override Task<T> DoAsync<T>(string name, Func<Task<T>> call) =>
        IsDead ? throw new Faults.EngineDiedException() : faults.AroundAsync(name, call);
}
