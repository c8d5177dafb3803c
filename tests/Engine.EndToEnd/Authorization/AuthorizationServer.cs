using System.Diagnostics;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;

namespace Engine.EndToEnd;

/// <summary>
/// The authorization server of <c>tests/OidcProvider</c>, as a child process on loopback. Nobody here wrote it, so it does not share our mistakes: it
/// demands PKCE, rotates refresh tokens, and revokes the whole grant when a spent one comes back.
/// </summary>
internal sealed class AuthorizationServer : IAsyncDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(2);
    private static readonly SemaphoreSlim installing = new(1);

    private readonly Process process;
    private readonly HttpClient http;

    private AuthorizationServer(Process process, Uri address)
    {
        this.process = process;
        Address = address;
        http = new HttpClient { BaseAddress = address };
    }

    /// <summary>The issuer.</summary>
    public Uri Address { get; }

    /// <summary>Starts it for a client that comes back to this address.</summary>
    public static async Task<AuthorizationServer> StartAsync(Uri returnUrl)
    {
        var folder = await InstallAsync();
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("server.mjs");
        start.ArgumentList.Add(returnUrl.AbsoluteUri);
        var process = Process.Start(start) ?? throw new InvalidOperationException("node did not start");
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(patience);
        var line = await process.StandardOutput.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException("the authorization server did not start");
        return new AuthorizationServer(process, new Uri(line));
    }

    /// <summary>Changes how it answers.</summary>
    /// <param name="tokenDelay">How long each answer of the token endpoint takes.</param>
    /// <param name="accessTokenFor">How long the access tokens of the future are good.</param>
    public async Task SetAsync(TimeSpan? tokenDelay = null, TimeSpan? accessTokenFor = null)
    {
        var wanted = new Dictionary<string, long>(StringComparer.Ordinal);
        if (tokenDelay is { } delay) wanted["token_delay_ms"] = (long)delay.TotalMilliseconds;
        if (accessTokenFor is { } life) wanted["access_token_s"] = (long)life.TotalSeconds;
        using var answer = await http.PostAsJsonAsync("control", wanted);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>How many refreshes it granted so far, how many requests to the token endpoint it refused, and how many refresh tokens were withdrawn.</summary>
    public async Task<(int Refreshes, int Refused, int Revoked)> CountAsync()
    {
        var counts = await http.GetFromJsonAsync<JsonElement>("control");
        return (Count("refreshes"), Count("refused"), Count("revoked"));

        int Count(string name) => counts.GetProperty(name).GetInt32();
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    // Beside the test's own build, so that the sources stay as they were checked out; again only when the lock file changes.
    private static async Task<string> InstallAsync()
    {
        await installing.WaitAsync();
        try
        {
            var source = Checkout.File("tests", "OidcProvider");
            var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "oidc-provider")).FullName;
            foreach (var file in Directory.EnumerateFiles(source)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
            var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(folder, "package-lock.json"))));
            var done = Path.Combine(folder, "installed");
            if (File.Exists(done) && await File.ReadAllTextAsync(done) == hash) return folder;

            var start = new ProcessStartInfo(Tools.Get(Tool.Npm)) { WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true };
            foreach (var argument in (string[])["ci", "--ignore-scripts", "--no-audit", "--no-fund"]) start.ArgumentList.Add(argument);
            using var npm = Process.Start(start) ?? throw new InvalidOperationException("npm did not start");
            var (output, errors) = (npm.StandardOutput.ReadToEndAsync(), npm.StandardError.ReadToEndAsync());
            using var limit = new CancellationTokenSource(patience);
            await npm.WaitForExitAsync(limit.Token);
            if (npm.ExitCode != 0) throw new InvalidOperationException($"npm ci failed:\n{await output}\n{await errors}");
            await File.WriteAllTextAsync(done, hash);
            return folder;
        }
        finally
        {
            installing.Release();
        }
    }
}
