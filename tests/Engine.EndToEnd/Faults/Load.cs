using System.Collections.Concurrent;
using System.Net.Http.Headers;

namespace Engine.EndToEnd;

/// <summary>Customers who come all the time until told otherwise, each with a run.</summary>
internal sealed class Load : IAsyncDisposable
{
    // Each flow with a way through it that takes a few seconds, one where the provider's answer to the creation is lost, and one whose every call
    // takes three seconds, so that there is always a node in the middle of one: nobody scans there, and it is cancelled.
    private const string Slow = "slow";

    private static readonly (string Flow, string Scenario)[] Kinds =
    [
        ("telegram-code", "scan"), ("telegram-qr", "scan"), ("telegram-code", "two-step"), ("telegram-qr", "two-step"), ("telegram-code", "create-lost"), ("telegram-qr", Slow),
    ];

    private readonly HttpClient http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromSeconds(5), ConnectTimeout = TimeSpan.FromSeconds(2) });
    private readonly CancellationTokenSource patience = new();
    private readonly CancellationTokenSource closed = new();
    private readonly ConcurrentBag<LoadedRun> runs = [];
    private readonly Cluster cluster;
    private readonly Task coming;
    private readonly Random random;

    /// <param name="atOnce">Runs open at the same time.</param>
    /// <param name="limit">Runs in all.</param>
    public Load(Cluster cluster, int atOnce, int limit, int seed)
    {
        this.cluster = cluster;
        random = new Random(seed);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cluster.ApiKey);
        coming = ComeAsync(atOnce, limit);
    }

    public IReadOnlyCollection<LoadedRun> Runs => runs;

    /// <summary>Lets nobody in any more, and waits until every run has ended.</summary>
    public async Task FinishAsync(TimeSpan within)
    {
        await closed.CancelAsync();
        patience.CancelAfter(within);
        await coming;
    }

    /// <summary>Runs that were started and have not ended.</summary>
    public int Open => runs.Count(run => run.Id.Length > 0 && run.Exit.Length == 0);

    /// <summary>Waits until so many runs are open.</summary>
    public async Task OpenAsync(int count)
    {
        for (var tries = 0; Open < count; tries++)
        {
            if (tries == 1200) throw new InvalidOperationException($"only {Open} of {count} runs are open at the same time");
            await Task.Delay(100);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await closed.CancelAsync();
        await patience.CancelAsync();
        await coming.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        http.Dispose();
        patience.Dispose();
        closed.Dispose();
    }

    private async Task ComeAsync(int atOnce, int limit)
    {
        var begun = 0;
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(async _ =>
        {
            while (!closed.IsCancellationRequested && Interlocked.Increment(ref begun) is var number && number <= limit)
            {
                var (flow, scenario) = Kinds[number % Kinds.Length];
                Random own;
                lock (random) own = new Random(random.Next());
                var run = new LoadedRun(http, Listening, flow, scenario, $"load-{number}", own) { IsCancelling = number % 13 == 0 || scenario == Slow };
                runs.Add(run);
                await run.DriveAsync(patience.Token);
            }
        }));
    }

    private List<Uri> Listening() => [.. cluster.Nodes.Select(node => node.Address).OfType<Uri>()];
}
