using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Engine.EndToEnd;

/// <summary>One of several engines over one database: with a data folder of its own, and whatever befalls it.</summary>
internal sealed class ClusterNode(int number, string home, IReadOnlyList<string> arguments) : IAsyncDisposable
{
    private EngineProcess? process;

    public int Number => number;

    /// <summary>Where it listens now; null while it is away.</summary>
    public Uri? Address { get; private set; }

    public string Errors => process?.Errors ?? "";

    /// <summary>Writes about runs, other than renewals of leases, that the store has refused it since others have taken these runs over.</summary>
    public int RefusedWrites => Errors.Split('\n').Count(line => line.Contains("\"run.write_refused\"", StringComparison.Ordinal) && !line.Contains("\"renew\"", StringComparison.Ordinal));

    /// <summary>How many runs it works on at this moment; null where it does not say.</summary>
    public async Task<int?> InFlightAsync(HttpClient http, string key)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(Address ?? throw new InvalidOperationException("it is away"), "/v1/health"));
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await http.SendAsync(message);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync()).TryGetProperty("runs_in_flight", out var runs) ? runs.GetInt32() : null;
    }

    /// <summary>The number of signals on Linux.</summary>
    public enum Signal
    {
        Kill = 9,
        Terminate = 15,
        Continue = 18,
        Stop = 19,
    }

    /// <summary>Starts it; ends when it listens.</summary>
    public async Task StartAsync(params (string Name, string Value)[] environment)
    {
        process = EngineProcess.Start(home, ["serve", "--port", "0", "--verbose", "--log", "json", "--data", Path.Combine(home, "data"), .. arguments], environment);
        Address = new Uri((await process.OpenAddressAsync()).GetLeftPart(UriPartial.Authority));
    }

    /// <summary>The API key that it printed: of the first start of all.</summary>
    public Task<string> ApiKeyAsync() => Running.ApiKeyAsync();

    /// <summary>To this process alone, which this test has started.</summary>
    public void Send(Signal signal)
    {
        if (signal is Signal.Kill or Signal.Terminate) Address = null;
        if (!Running.HasExited) _ = Kill(Running.Id, (int)signal);
    }

    /// <summary>Waits for its end, whatever ended it; gives how long it took.</summary>
    public async Task<TimeSpan> EndedAsync(TimeSpan patience)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var limit = new CancellationTokenSource(patience);
        await Running.WaitForEndAsync(limit.Token);
        Address = null;
        return TimeProvider.System.GetElapsedTime(began);
    }

    /// <summary>Once it has ended.</summary>
    public int ExitCode => Running.ExitCode;

    /// <summary>Kills it and starts it again.</summary>
    public async Task KillAndStartAsync()
    {
        Send(Signal.Kill);
        await EndedAsync(TimeSpan.FromSeconds(30));
        await Running.DisposeAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (process is null) return;
        if (!process.HasExited) _ = Kill(process.Id, (int)Signal.Continue);
        await process.DisposeAsync();
    }

    private EngineProcess Running => process ?? throw new InvalidOperationException("not started");

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
