using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Engine.EndToEnd;

/// <summary>The built engine as a child process, with a data folder, a key and a home of its own.</summary>
internal sealed partial class EngineProcess : IAsyncDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(3);

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();
    private readonly Task reading;

    private EngineProcess(Process process)
    {
        this.process = process;
        reading = Task.WhenAll(CopyAsync(process.StandardOutput, output), CopyAsync(process.StandardError, errors));
    }

    /// <summary>The host's own build output, not the copy beside the tests.</summary>
    public static string HostFolder { get; } = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "Engine.Host", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))));

    public bool HasExited => process.HasExited;

    public int Id => process.Id;

    /// <summary>Once it has ended.</summary>
    public int ExitCode => process.ExitCode;

    public string Output
    {
        get
        {
            lock (output) return output.ToString();
        }
    }

    public string Errors
    {
        get
        {
            lock (errors) return errors.ToString();
        }
    }

    /// <summary>Starts <c>engine</c> with these arguments.</summary>
    /// <param name="home">Where defaults lead, so that no test touches its owner's files.</param>
    public static EngineProcess Start(string home, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(DotnetPath)
        {
            WorkingDirectory = home,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add(Path.Combine(HostFolder, "Engine.Host.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("ENGINE_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment.Concat([("HOME", home), ("XDG_DATA_HOME", home), ("XDG_CONFIG_HOME", home), ("LC_ALL", "C.UTF-8")]))
        {
            start.Environment[name] = value;
        }

        return new EngineProcess(Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start"));
    }

    /// <summary>Starts <c>engine serve</c> on any free port.</summary>
    public static EngineProcess Serve(string home, IEnumerable<string> arguments, params (string Name, string Value)[] environment) => Start(
        home,
        ["serve", "--port", "0", "--data", Path.Combine(home, "data"), "--key-file", Path.Combine(home, "key", "engine.key"), .. arguments],
        environment);

    /// <summary>The address it prints, with the one-time token.</summary>
    public async Task<Uri> OpenAddressAsync() => new((await LineAsync(OpenLine())).Groups[1].Value);

    /// <summary>The API key of the first start.</summary>
    public async Task<string> ApiKeyAsync() => (await LineAsync(KeyLine())).Groups[1].Value;

    public async Task TypeAsync(string line)
    {
        await process.StandardInput.WriteLineAsync(line);
        await process.StandardInput.FlushAsync();
    }

    /// <summary>Waits for text in what it has printed.</summary>
    public async Task<Match> LineAsync(Regex wanted)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < patience)
        {
            var isOver = process.HasExited && reading.IsCompleted;
            if (wanted.Match(Output) is { Success: true } found) return found;
            if (isOver) break;
            await Task.Delay(50);
        }

        throw new InvalidOperationException($"the engine did not print '{wanted}'; it printed:\n{Output}\n{Errors}");
    }

    /// <summary>Its exit code; throws when it goes on for too long.</summary>
    public async Task<int> ExitCodeAsync()
    {
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(patience);
        await process.WaitForExitAsync(limit.Token);
        await reading;
        return process.ExitCode;
    }

    /// <summary>Waits until it has ended, whatever ended it.</summary>
    public async Task WaitForEndAsync(CancellationToken cancellation) => await process.WaitForExitAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static string DotnetPath =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    private static async Task CopyAsync(StreamReader from, StringBuilder to)
    {
        var buffer = new char[4096];
        while (await from.ReadAsync(buffer) is > 0 and var count)
        {
            lock (to) to.Append(buffer, 0, count);
        }
    }

    [GeneratedRegex(@"^Open\s+(http\S+)", RegexOptions.Multiline)]
    private static partial Regex OpenLine();

    [GeneratedRegex(@"^API key\s+(\S+)", RegexOptions.Multiline)]
    private static partial Regex KeyLine();
}
