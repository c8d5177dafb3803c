using System.Net.Http.Json;
using System.Text.Json;
using Engine.Sandbox;
using Xunit;

namespace Engine.EndToEnd;

/// <summary>
/// Callbacks of the simulated Whatsgate, and a kill of the engine. The flow asks every four minutes here instead of every four seconds,
/// so that a run which ends in time was woken by the callback. The numbers are those of the provider's edge cases.
/// </summary>
public sealed class WhatsgateRunTests : IAsyncLifetime
{
    private readonly TempFolder home = new();
    private readonly HttpClient http = new();
    private SandboxServer? sandbox;
    private EngineProcess? process;
    private EngineClient? client;

    private EngineClient Client => client ?? throw new InvalidOperationException("not started");

    [Fact]
    public async Task Case_2_9_7_a_callback_before_the_answer_to_the_creation_is_kept_and_wakes_the_poll()
    {
        var run = await StartAsync("callback-early");

        await Client.UntilAsync(run, shown => Status(shown) == "succeeded");

        Assert.Equal(["callback.ready 200"], await CallsAsync(run, "callback"));
        Assert.Single(await CallsAsync(run, "sessions_get"));
    }

    [Fact]
    public async Task Case_2_9_7_a_callback_that_comes_twice_is_answered_twice_and_connects_once()
    {
        var run = await StartAsync("callback-twice");

        await Client.UntilAsync(run, shown => Status(shown) == "succeeded");
        while ((await CallsAsync(run, "callback")).Length < 2) await Task.Delay(200);

        Assert.Equal(["callback.ready 200", "callback.ready 200"], await CallsAsync(run, "callback"));
        Assert.Single((await Client.GetAsync("/v1/connections")).GetProperty("connections").EnumerateArray());
    }

    [Fact]
    public async Task Case_2_9_13_a_forged_callback_is_answered_and_only_makes_the_engine_ask()
    {
        var run = await StartAsync("manual");
        await Client.UntilAsync(run, IsFramed);
        var address = await CallbackAddressAsync(run);

        for (var id = 1; id <= 3; id++)
        {
            using var answer = await http.PostAsJsonAsync(address, new { id, whatsapp_id = "any", event_action = "ready", event_data = new { number = "70000000000" } });
            Assert.Equal($$"""{"result":"OK","id":{{id}}}""", await answer.Content.ReadAsStringAsync());
        }

        while ((await CallsAsync(run, "sessions_get")).Length < 2) await Task.Delay(200);
        Assert.Equal("waiting_user", Status(await Client.RunAsync(run)));
        using var linked = await http.PostAsync(new Uri($"{await WorldUrlAsync(run)}/phone/link"), null);
        var done = await Client.UntilAsync(run, shown => Status(shown) == "succeeded");
        Assert.Equal("succeeded", Status(done));
    }

    [Fact]
    public async Task Case_2_9_4_a_session_is_deleted_though_the_engine_was_killed_in_between()
    {
        var run = await StartAsync("not-linked");
        await Client.UntilAsync(run, IsFramed);
        Assert.Empty(await CallsAsync(run, "session_delete"));
        var key = await (process ?? throw new InvalidOperationException()).ApiKeyAsync();

        await process.DisposeAsync();
        Client.Dispose();
        process = Serve();
        client = new EngineClient(await process.OpenAddressAsync(), key);
        Assert.False(EngineClient.IsOver(await Client.RunAsync(run)));
        await Client.CancelAsync(run);
        await Client.UntilAsync(run, shown => Status(shown) == "cancelled");

        while ((await CallsAsync(run, "session_delete")).Length < 1) await Task.Delay(200);
        Assert.Equal(["session_delete 200"], await CallsAsync(run, "session_delete"));
        Assert.Equal(["session_create 200"], await CallsAsync(run, "session_create"));
    }

    public async Task InitializeAsync()
    {
        sandbox = await SandboxServer.StartAsync(
            new SandboxOptions(Path.Combine(home.Path, "sandbox"), [Path.Combine(EngineProcess.HostFolder, "plugins")], TimeProvider.System), CancellationToken.None);
        var folder = Directory.CreateDirectory(Path.Combine(home.Path, "slow-flows")).FullName;
        var flow = await File.ReadAllTextAsync(Path.Combine(EngineProcess.HostFolder, "workflows", "whatsgate.yaml"));
        await File.WriteAllTextAsync(Path.Combine(folder, "whatsgate.yaml"), flow.Replace("every: 4s", "every: 4m", StringComparison.Ordinal));
        process = Serve();
        client = new EngineClient(await process.OpenAddressAsync(), await process.ApiKeyAsync());
    }

    public async Task DisposeAsync()
    {
        client?.Dispose();
        http.Dispose();
        if (process is not null) await process.DisposeAsync();
        if (sandbox is not null) await sandbox.DisposeAsync();
        home.Dispose();
    }

    private static string Status(JsonElement run) => run.GetProperty("status").GetString() ?? "";

    private static bool IsFramed(JsonElement run) => EngineClient.Find(run, "prompt", "show", "frame") is { ValueKind: JsonValueKind.String };

    private EngineProcess Serve() => EngineProcess.Serve(
        home.Path, ["--flows", Path.Combine(home.Path, "slow-flows"), "--sandbox-url", sandbox?.Address.AbsoluteUri ?? ""]);

    /// <summary>Starts a run and chooses the QR code.</summary>
    private async Task<string> StartAsync(string scenario)
    {
        var run = (await Client.StartAsync(new { flow = "whatsgate", scenario })).GetProperty("id").GetString() ?? "";
        var asked = await Client.UntilAsync(run, shown => EngineClient.Find(shown, "prompt", "id") is { ValueKind: JsonValueKind.String });
        await Client.ReplyAsync(run, EngineClient.Find(asked, "prompt", "id")?.GetString() ?? "", Guid.NewGuid().ToString(), "submit", new { way = "qr" });
        return run;
    }

    private async Task<string> WorldUrlAsync(string run)
    {
        var phone = EngineClient.Find(await Client.RunAsync(run), "sandbox", "phone_url")?.GetString() ?? "";
        return phone[..phone.IndexOf("/phone", StringComparison.Ordinal)];
    }

    /// <summary>What the run's world was called with, or called, of operations that begin so.</summary>
    private async Task<string[]> CallsAsync(string run, string operation) =>
    [
        .. (sandbox?.FindCalls((await WorldUrlAsync(run)).Split('/')[^1]) ?? [])
            .Where(call => call.Operation.StartsWith(operation, StringComparison.Ordinal))
            .Select(call => $"{call.Operation} {call.Status}"),
    ];

    /// <summary>The address that the engine gave the provider, as the provider's own API tells it.</summary>
    private async Task<Uri> CallbackAddressAsync(string run)
    {
        var url = await WorldUrlAsync(run);
        var settings = sandbox?.FindWorld(url.Split('/')[^1])?.Settings ?? throw new InvalidOperationException();
        using var message = new HttpRequestMessage(HttpMethod.Post, $"{url}/api/v1/sessions-get") { Content = JsonContent.Create(new { }) };
        message.Headers.Add("X-Api-Key", settings["api_key"]);
        using var answer = await http.SendAsync(message);
        var sessions = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return new Uri(sessions.GetProperty("data")[0].GetProperty("callback").GetString() ?? "");
    }
}
