using Xunit;

namespace Engine.EndToEnd;

/// <summary>One engine, with its sandbox, for all tests of a class: each run has a world of its own.</summary>
public sealed class RunningEngine : IAsyncLifetime
{
    private readonly TempFolder home = new();
    private EngineProcess? process;
    private EngineClient? client;

    internal EngineClient Client => client ?? throw new InvalidOperationException("not started");

    internal Uri Address { get; private set; } = new("http://localhost");

    internal string OpenUrl { get; private set; } = "";

    /// <summary>The engine's first API key.</summary>
    internal string Key { get; private set; } = "";

    public async Task InitializeAsync()
    {
        process = EngineProcess.Serve(home.Path, ["--flows", QuickFlows.Write(home.Path)]);
        var open = await process.OpenAddressAsync();
        OpenUrl = open.AbsoluteUri;
        Address = new Uri(open.GetLeftPart(UriPartial.Authority));
        Key = await process.ApiKeyAsync();
        client = new EngineClient(open, Key);
    }

    public async Task DisposeAsync()
    {
        client?.Dispose();
        if (process is not null) await process.DisposeAsync();
        home.Dispose();
    }
}

/// <summary>The shipped flows with shorter waits, and nothing else changed.</summary>
internal static class QuickFlows
{
    /// <summary>Writes them below a folder; gives where.</summary>
    public static string Write(string home)
    {
        var folder = Directory.CreateDirectory(Path.Combine(home, "quick-flows")).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(EngineProcess.HostFolder, "workflows"), "*.yaml"))
        {
            var text = File.ReadAllText(file)
                .Replace("every: 5s", "every: 1s", StringComparison.Ordinal)
                .Replace("every: 3s", "every: 1s", StringComparison.Ordinal)
                .Replace("after: 60s", "after: 2s", StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(folder, Path.GetFileName(file)), text);
        }

        return folder;
    }
}
