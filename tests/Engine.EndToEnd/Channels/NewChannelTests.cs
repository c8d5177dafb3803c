using System.Net;
using System.Text.Json;
using Xunit;

namespace Engine.EndToEnd;

/// <summary>Does what engine/docs/new-channel.md says, in a running engine that has other work.</summary>
public sealed class NewChannelTests : IAsyncLifetime
{
    private readonly TempFolder home = new();
    private readonly WalkThrough guide;
    private EngineProcess? engine;
    private EngineClient? client;

    public NewChannelTests() => guide = new WalkThrough(File.ReadAllText(Checkout.File("engine", "docs", "new-channel.md")), home.Path);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        client?.Dispose();
        if (engine is not null) await engine.DisposeAsync();
        home.Dispose();
    }

    [Fact]
    public async Task A_channel_is_added_and_its_plugin_replaced_while_the_engine_runs_under_load()
    {
        await ServeAsync(await FollowServeAsync(1, "serve"));
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 12).Select(_ => LoadAsync(stop.Token)).ToArray();

        await guide.FollowAsync(2);
        await guide.FollowAsync(3);
        var printed = await guide.FollowAsync(4);
        Assert.Contains("Pager: connected", printed, StringComparison.Ordinal);
        await UntilAsync(async () => await FindFlowAsync("pager") is not null);

        var first = await StartAtPromptAsync();
        var version = await VersionAsync();
        var steps = guide.Commands(5, "").ToArray();
        foreach (var step in steps[..^1]) await guide.RunAsync(step);
        await UntilAsync(async () => await VersionAsync() != version);
        version = await VersionAsync();
        await guide.RunAsync(steps[^1]);
        await UntilAsync(async () => await VersionAsync() != version);
        var second = await StartAtPromptAsync();

        Assert.Equal("Ann at Pager", await FinishAsync(second));
        Assert.Equal("Ann", await FinishAsync(first));

        await guide.FollowAsync(6);
        await UntilAsync(async () => await FindFlowAsync("beeper") is not null);
        await StartAtPromptAsync("beeper");
        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(load), ended => Assert.NotEqual(0, ended));
    }

    [Fact]
    public async Task Only_what_was_allowed_is_loaded_and_a_changed_plugin_must_be_allowed_again()
    {
        await FollowServeAsync(1, "serve");
        await guide.FollowAsync(2);
        await guide.FollowAsync(3);
        await guide.FollowAsync(4);
        await guide.FollowAsync(6);
        var commands = guide.Commands(7, "allow").ToArray();
        var serve = WalkThrough.ArgumentsOf(commands[^1]);
        await ServeAsync(serve, isLoaded: false);
        Assert.Contains("only those that were allowed", engine?.Output, StringComparison.Ordinal);
        Assert.Null(await FindFlowAsync("pager"));

        foreach (var command in commands[..^1]) await EndAsync(WalkThrough.ArgumentsOf(command));
        await UntilAsync(async () => await FindFlowAsync("pager") is not null && await FindFlowAsync("beeper") is not null);
        var version = await VersionAsync();

        await guide.FollowAsync(5);
        await UntilAsync(() => Task.FromResult(engine?.Errors.Contains("is not allowed on this engine", StringComparison.Ordinal) == true));
        Assert.Equal(version, await VersionAsync());

        await EndAsync(["plugin", "allow", Path.Combine("mine", "plugins", "Pager")]);
        await UntilAsync(async () => await VersionAsync() != version);
    }

    /// <summary>Runs the commands of the section that starts the engine, up to it; gives the engine's own arguments.</summary>
    private async Task<string[]> FollowServeAsync(int section, string kind)
    {
        var commands = guide.Commands(section, kind).ToArray();
        foreach (var command in commands[..^1]) await guide.RunAsync(command);
        return WalkThrough.ArgumentsOf(commands[^1]);
    }

    /// <param name="isLoaded">Whether the shipped flows are served too, to give the engine work.</param>
    private async Task ServeAsync(string[] arguments, bool isLoaded = true)
    {
        string[] work = isLoaded ? ["--plugins", Path.Combine(EngineProcess.HostFolder, "plugins"), "--flows", QuickFlows.Write(home.Path)] : [];
        engine = EngineProcess.Start(home.Path, [.. arguments, "--port", "0", "--data", home.File("data"), .. work]);
        var address = await engine.OpenAddressAsync();
        client = new EngineClient(address, await engine.ApiKeyAsync());
    }

    private async Task EndAsync(string[] arguments)
    {
        await using var command = EngineProcess.Start(home.Path, arguments);
        Assert.Equal(0, await command.ExitCodeAsync());
    }

    /// <summary>Connects Telegram again and again; gives how often. A run that does not succeed throws.</summary>
    private async Task<int> LoadAsync(CancellationToken stop)
    {
        for (var ended = 0; ; ended++)
        {
            if (stop.IsCancellationRequested) return ended;
            var run = await Client.StartAsync(new { flow = "telegram-qr", subject = "load" });
            var last = await Client.UntilAsync(run.GetProperty("id").GetString() ?? "", EngineClient.IsOver);
            Assert.Equal("succeeded", last.GetProperty("status").GetString());
        }
    }

    private async Task<string> StartAtPromptAsync(string flow = "pager")
    {
        var id = (await Client.StartAsync(new { flow })).GetProperty("id").GetString() ?? "";
        await Client.UntilAsync(id, run => EngineClient.Find(run, "prompt", "id") is not null);
        return id;
    }

    /// <summary>Hands in the key; gives the connection's account.</summary>
    private async Task<string?> FinishAsync(string id)
    {
        var prompt = EngineClient.Find(await Client.RunAsync(id), "prompt", "id")?.GetString() ?? "";
        Assert.Equal(HttpStatusCode.Accepted, await Client.ReplyAsync(id, prompt, $"key of {id}", "submit", new { key = "open-sesame" }));
        var run = await Client.UntilAsync(id, EngineClient.IsOver);
        var connection = await Client.GetAsync($"/v1/connections/{run.GetProperty("connection").GetString()}");
        return connection.GetProperty("account").GetString();
    }

    private async Task<JsonElement?> FindFlowAsync(string name) =>
        (await Client.GetAsync("/v1/flows")).GetProperty("flows").EnumerateArray()
            .Cast<JsonElement?>().FirstOrDefault(flow => flow?.GetProperty("name").GetString() == name);

    private async Task<string?> VersionAsync() => (await FindFlowAsync("pager"))?.GetProperty("version").GetString();

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await isSo()) await Task.Delay(100, limit.Token);
    }

    private EngineClient Client => client ?? throw new InvalidOperationException("not started");
}
