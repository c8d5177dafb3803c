using System.Collections.Immutable;

namespace Engine.Host;

/// <summary>How this node is: what it sees itself, and the problems that other parts of the engine tell of.</summary>
public sealed class EngineHealth
{
    /// <summary>How old the pump's last round may be. It looks every second where nothing is due.</summary>
    public static readonly TimeSpan OldestRound = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan storeLimit = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan storeBelief = TimeSpan.FromMilliseconds(500);

    private readonly MeteredRunStore store;
    private readonly FlowLibrary flows;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private ImmutableArray<Func<IEnumerable<HealthProblem>>> sources = [];
    private Task<bool> asked = Task.FromResult(false);
    private DateTimeOffset askedAt;
    private volatile IReadOnlyList<HealthProblem> latest = [];

    internal EngineHealth(MeteredRunStore store, FlowLibrary flows, TimeProvider time)
    {
        this.store = store;
        this.flows = flows;
        this.time = time;
    }

    /// <summary>Whether the pump has all that it may work on, and so does not ask for more. Set by whoever runs it.</summary>
    internal Func<bool> IsPumpFull { get; set; } = () => false;

    /// <summary>When the pump went round last; null before the first time.</summary>
    public DateTimeOffset? LastRound => store.LastClaim;

    /// <summary>What was found at the last look.</summary>
    public IReadOnlyList<HealthProblem> Latest => latest;

    /// <summary>Lets a part of the engine tell of its problems. It is asked at every look, from any thread, and must answer at once.</summary>
    public void Add(Func<IEnumerable<HealthProblem>> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        lock (gate) sources = sources.Add(source);
    }

    /// <summary>Looks now. Answers within a second, also where the store does not.</summary>
    public async Task<IReadOnlyList<HealthProblem>> LookAsync()
    {
        var isStoreThere = await AnswersAsync();
        var found = new List<HealthProblem>();
        if (!isStoreThere) found.Add(new HealthProblem("store_unreachable", "the store does not answer: see that the database runs and can be reached", IsBlocking: true));
        if (!flows.Offered.Any()) found.Add(new HealthProblem("no_flows", "no flow is offered: see the findings of the flow files", IsBlocking: true));
        if (store.LastClaim is not { } last)
        {
            found.Add(new HealthProblem("pump_silent", "the pump has not gone round yet", IsBlocking: true));
        }
        else if (time.GetUtcNow() - last > OldestRound && !IsPumpFull())
        {
            found.Add(new HealthProblem("pump_silent", $"the pump last went round at {last:O}: runs do not go on here", IsBlocking: true));
        }

        foreach (var source in sources) found.AddRange(source());
        latest = found;
        return found;
    }

    /// <summary>One question at a time, however many ask for the health, and one answer for half a second.</summary>
    private async Task<bool> AnswersAsync()
    {
        Task<bool> answer;
        lock (gate)
        {
            if (asked.IsCompleted && time.GetUtcNow() - askedAt is var age && (age < TimeSpan.Zero || age > storeBelief))
            {
                askedAt = time.GetUtcNow();
                asked = Task.Run(AskAsync);
            }

            answer = asked;
        }

        try
        {
            return await answer.WaitAsync(storeLimit, time);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task<bool> AskAsync()
    {
        try
        {
            await store.NextDueAsync(CancellationToken.None);
            return true;
        }
        catch (Exception)
        {
            // The pump says in the log what is wrong.
            return false;
        }
    }
}
