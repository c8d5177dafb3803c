using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Engine.EndToEnd;
using Engine.Flows;
using Engine.Runs;
using Engine.Sdk;

namespace Engine.Benchmarks;

/// <summary>
/// Rotating refresh tokens under a crowd: in each round, 32 callers in each of several processes on one store find that the provider rejects the access
/// token they have. The provider is npm's oidc-provider, which revokes everything when a spent refresh token comes back. The processes work with
/// the store, the refresher and the plugin as the engine puts them together.
/// </summary>
internal static class RefreshBenchmark
{
    public const int Callers = 32;
    private const int Processes = 8;
    private const int Rounds = 200;

    private static readonly Uri returnUrl = new("http://127.0.0.1/v1/return/oidc");

    public static async Task<bool> RunAsync()
    {
        Console.WriteLine($"refresh: {Rounds} rounds of {Callers} callers in each of {Processes} processes, oidc-provider rotating, its token endpoint up to 40 s slow");
        var folder = Directory.CreateTempSubdirectory("engine-bench-");
        var workers = new List<Process>();
        try
        {
            await using var server = await AuthorizationServer.StartAsync(returnUrl);
            await StoreConnectionAsync(folder.FullName, await FirstTokens.GetAsync(server.Address, returnUrl));
            for (var number = 1; number <= Processes; number++) workers.Add(Start(folder.FullName, server.Address, number));
            var (doubled, unanswered) = (0, 0);
            var began = Stopwatch.GetTimestamp();
            for (var round = 1; round <= Rounds; round++)
            {
                await server.SetAsync(tokenDelay: DelayOf(round));
                var before = await server.CountAsync();
                var answers = await Task.WhenAll(workers.Select(worker => AskAsync(worker, round)));
                var after = await server.CountAsync();
                if (after.Refreshes - before.Refreshes != 1 || after.Refused != before.Refused) doubled++;
                unanswered += answers.Count(answer => answer != string.Create(CultureInfo.InvariantCulture, $"{round + 1} {Callers}"));
            }

            Console.WriteLine($"  {Rounds} rounds in {Stopwatch.GetElapsedTime(began).TotalMinutes:0.0} min");
            var isOnce = Measurement.Report("rounds without exactly one refresh", doubled, "", 0);
            return Measurement.Report("processes whose callers did not all get the new tokens", unanswered, "", 0) & isOnce;
        }
        finally
        {
            foreach (var worker in workers)
            {
                worker.StandardInput.Close();
                await worker.WaitForExitAsync();
                worker.Dispose();
            }

            folder.Delete(recursive: true);
        }
    }

    /// <summary>What one connection holds at first.</summary>
    private static async Task StoreConnectionAsync(string folder, JsonElement tokens)
    {
        await using var store = await RefreshWorker.OpenStoreAsync(folder);
        var now = TimeProvider.System.GetUtcNow();
        var run = new StoredRun(
            new RunId("run_bench"), "oidc", "version", Purpose.Connect, "bench", null, null, RunStatus.Running, "connect", now, now, now, 1, 0, 0, null, null,
            ReadOnlyMemory<byte>.Empty);
        await store.CreateAsync(run, null, [], CancellationToken.None);
        var claimed = (await store.ClaimDueAsync(new ClaimRequest("bench", 1, TimeSpan.FromMinutes(1)), CancellationToken.None)).Single();
        var connection = new Connection(
            RefreshWorker.Connection, "oidc", "oidc", "bench", "bench", null, JsonElement.Parse("{}"), tokens, ConnectionHealth.Active, null, now, now, 1);
        var isSaved = await store.SaveAsync(
            new RunSave(claimed.Lease, claimed.Run with { Status = RunStatus.Succeeded, Due = null, Revision = 2 }, [], true, connection, null, false),
            CancellationToken.None);
        if (!isSaved) throw new InvalidOperationException("the connection was not stored");
    }

    // Mostly fast, so that the rounds end; every fiftieth as slow as the target says, and some in between.
    private static TimeSpan DelayOf(int round) => TimeSpan.FromSeconds(round % 50 == 0 ? 40 : round % 10 == 0 ? 2 : 0.02 * (round % 7));

    private static Process Start(string folder, Uri issuer, int number)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        string[] arguments = [typeof(RefreshBenchmark).Assembly.Location, RefreshWorker.Word, folder, issuer.AbsoluteUri.TrimEnd('/'), $"process-{number}"];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
    }

    private static async Task<string?> AskAsync(Process worker, int version)
    {
        await worker.StandardInput.WriteLineAsync(version.ToString(CultureInfo.InvariantCulture));
        await worker.StandardInput.FlushAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        return await worker.StandardOutput.ReadLineAsync(limit.Token);
    }
}
