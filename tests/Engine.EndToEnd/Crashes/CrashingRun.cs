using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Engine.Sandbox;

namespace Engine.EndToEnd;

/// <summary>
/// One run, its engine that is killed once, and its person: who scans, types, and sends an answer again, under the same transaction, until
/// it is acknowledged, as our page does.
/// </summary>
internal sealed class CrashingRun(SandboxServer sandbox, string flow, string scenario, string killAt) : IAsyncDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(120);

    private readonly TempFolder home = new();
    private readonly HttpClient phone = new();
    private readonly HashSet<string> answeredSteps = [];
    private EngineProcess? engine;
    private EngineClient? client;
    private string key = "";
    private bool isScanned;

    public bool WasKilled { get; private set; }

    /// <summary>From the first engine's start to the run's end.</summary>
    public TimeSpan Took { get; private set; }

    /// <summary>Brings the run to its end; gives its exit code, or what was wrong.</summary>
    public async Task<string> DriveAsync()
    {
        var waited = Stopwatch.StartNew();
        try
        {
            return await DriveAsync(waited);
        }
        finally
        {
            Took = waited.Elapsed;
        }
    }

    private async Task<string> DriveAsync(Stopwatch waited)
    {
        await StartEngineAsync(("ENGINE_TEST_KILL_AT_SAVE", killAt));
        string? id = null;
        while (waited.Elapsed < patience)
        {
            try
            {
                id ??= await StartRunAsync();
                var run = await Client.RunAsync(id);
                if (EngineClient.IsOver(run)) return await JudgeAsync(run);
                if (await ActAsync(id, run) is { } wrong) return wrong;
            }
            catch (HttpRequestException)
            {
                await RestartAsync();
            }
            catch (InvalidOperationException refused)
            {
                return $"{refused.Message} {engine?.Errors}";
            }

            await Task.Delay(100);
        }

        return $"took longer than {patience}: {(id is null ? "not started" : await Client.RunAsync(id))} {engine?.Errors}";
    }

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        phone.Dispose();
        if (engine is not null) await engine.DisposeAsync();
        home.Dispose();
    }

    private EngineClient Client => client ?? throw new InvalidOperationException("not started");

    private async Task StartEngineAsync(params (string, string)[] environment)
    {
        engine = EngineProcess.Serve(
            home.Path, ["--sandbox-url", sandbox.Address.AbsoluteUri, "--flows", QuickFlows.Write(home.Path)], environment);
        var address = await engine.OpenAddressAsync();
        if (key.Length == 0) key = await engine.ApiKeyAsync();
        client?.Dispose();
        client = new EngineClient(address, key);
    }

    // A broken request means that the engine was killed; its end is waited for, since it holds the data folder until then.
    private async Task RestartAsync()
    {
        if (engine is null) return;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await engine.WaitForEndAsync(limit.Token);
        await engine.DisposeAsync();
        WasKilled = true;
        await StartEngineAsync();
    }

    // The same key again gives the run that was made first, if it was made.
    private async Task<string> StartRunAsync()
    {
        object input = flow == "telegram-code" ? new { phone = "+79001234567" } : new { };
        return (await Client.StartAsync(new { flow, scenario, input }, $"start-{killAt}")).GetProperty("id").GetString() ?? "";
    }

    private async Task<string?> ActAsync(string id, JsonElement run)
    {
        if (EngineClient.QrOf(run) is not null && !isScanned)
        {
            var address = PhoneOf(run);
            using var twoStep = await phone.PostAsync(new Uri($"{address}/two-step?on=true"), null);
            using var scan = await phone.PostAsync(new Uri($"{address}/scan"), null);
            isScanned = scan.IsSuccessStatusCode;
        }

        if (EngineClient.Find(run, "prompt", "fields") is not { } fields || fields.GetArrayLength() == 0) return null;
        var prompt = run.GetProperty("prompt");
        if (prompt.GetProperty("is_busy").GetBoolean()) return null;
        var step = prompt.GetProperty("step").GetString() ?? "";
        if (answeredSteps.Contains(step)) return $"'{step}' was asked twice: {prompt}";

        var name = prompt.GetProperty("id").GetString() ?? "";
        var field = fields[0].GetProperty("name").GetString() ?? "";
        var values = new Dictionary<string, string> { [field] = field == "code" ? "12345" : "correct horse" };
        var status = await Client.ReplyAsync(id, name, $"answer-{name}", "submit", values);
        if ((int)status is >= 200 and < 300) answeredSteps.Add(step);
        else if (status != HttpStatusCode.Conflict) return $"the answer to '{step}' got {status}";
        return null;
    }

    private async Task<string> JudgeAsync(JsonElement run)
    {
        var code = run.GetProperty("exit").GetProperty("code").GetString() ?? "";
        var world = PhoneOf(run).Split('/')[^2];
        var calls = sandbox.FindCalls(world) ?? throw new InvalidOperationException($"there is no world '{world}'");
        var created = calls.Count(call => call.Operation == "create_connection");
        var stored = (await Client.GetAsync("/v1/connections")).GetProperty("connections").GetArrayLength();
        return (code, created, stored) is ("succeeded", 1, 1) or ("in_doubt", 0 or 1, 0)
            ? code
            : $"ended as {code} with {created} creations and {stored} stored connections: {string.Join(", ", calls.Select(call => call.Operation))}";
    }

    private static string PhoneOf(JsonElement run) =>
        new Uri(EngineClient.Find(run, "sandbox", "phone_url")?.GetString() ?? "").GetLeftPart(UriPartial.Path);
}
