using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Engine.Benchmarks;

/// <summary>One <c>engine serve</c> of the built host, as a process of its own.</summary>
internal sealed partial class NodeProcess : IAsyncDisposable
{
    private readonly Process process;

    private NodeProcess(Process process, Uri address) => (this.process, Address) = (process, address);

    public Uri Address { get; }

    public int Id => process.Id;

    /// <summary>Calls it with the key of <see cref="ReadKeyAsync"/>.</summary>
    public HttpClient Http { get; private set; } = new();

    /// <summary>Starts it; ends when it listens. What it logs is not shown: nodes that lose their database on purpose say so at length.</summary>
    public static async Task<NodeProcess> StartAsync(string home, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(HostProcess.Folder, "Engine.Host.dll"));
        foreach (var argument in (string[])["serve", "--port", "0", "--data", Path.Combine(home, "data"), .. arguments]) start.ArgumentList.Add(argument);
        foreach (var name in (string[])["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"]) start.Environment[name] = home;
        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        var errors = process.StandardError.ReadToEndAsync();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Open().Match(line) is { Success: true } found) return new NodeProcess(process, new Uri(new Uri(found.Groups[1].Value).GetLeftPart(UriPartial.Authority)));
        }

        throw new InvalidOperationException($"the node ended: {await errors}");
    }

    /// <summary>The API key that the first node of all prints.</summary>
    public async Task<string> ReadKeyAsync() => Key().Match(await process.StandardOutput.ReadLineAsync() ?? "").Value;

    public void Use(string key)
    {
        _ = process.StandardOutput.ReadToEndAsync();
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(5) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>Kills it (SIGKILL); ends when it is gone.</summary>
    public async Task KillAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
        Http.Dispose();
    }

    [GeneratedRegex(@"^Open\s+(http\S+)")]
    private static partial Regex Open();

    [GeneratedRegex(@"eng_\S+")]
    private static partial Regex Key();
}
