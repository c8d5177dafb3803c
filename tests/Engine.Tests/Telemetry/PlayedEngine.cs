using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Engine.Host;
using Engine.Runs;
using Engine.Tests.Host;
using Xunit;

namespace Engine.Tests.Telemetry;

/// <summary>
/// The shipped flows played once over the API, with a collector and the most verbose log listening; what came of it is looked at by the tests of a class.
/// </summary>
public sealed class PlayedEngine : IAsyncLifetime
{
    private readonly List<string> secrets = ["correct horse", "+79001234567", "79001234567", "8123456:AAE-key-of-a-bot"];

    internal HeardLog Log { get; } = new();

    internal OtlpReceiver Collector { get; private set; } = null!;

    internal string Node { get; private set; } = "";

    /// <summary>The run that asked for a code and a password and succeeded.</summary>
    internal string Run { get; private set; } = "";

    public async Task InitializeAsync()
    {
        Collector = await OtlpReceiver.StartAsync();
        var root = Directory.CreateTempSubdirectory("engine-telemetry-").FullName;
        var options = new EngineOptions
        {
            DataFolder = Path.Combine(root, "data"), KeyFile = Path.Combine(root, "keys", "engine.key"), Otlp = Collector.Address,
        };
        await using (var engine = await EmbeddedEngine.StartAsync(options, TimeProvider.System, Log, default))
        {
            await using var server = await EngineServer.ServeAsync(engine, port: 0, default);
            Node = engine.Node;
            await PlayAsync(engine, await ClientAsync(engine, server.Listening));
        }

        Directory.Delete(root, recursive: true);
    }

    public async Task DisposeAsync() => await Collector.DisposeAsync();

    /// <summary>A secret of the played runs that stands in these bytes, as it is or packed; null for none.</summary>
    internal string? FindSecretIn(byte[] bytes) => secrets.SelectMany(FormsOf).FirstOrDefault(form => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(form)) >= 0);

    internal int SecretCount => secrets.Count;

    private async Task PlayAsync(EmbeddedEngine engine, HttpClient client)
    {
        Run = await StartAsync(engine, client, new { flow = "telegram-code", scenario = "two-step", input = new { phone = "+79001234567" } });
        var connection = await FinishAsync(engine, client, Run, RunStatus.Succeeded);
        (await client.PostAsync($"/v1/connections/{connection}/probe", null)).EnsureSuccessStatusCode();

        var bot = await StartAsync(engine, client, new { flow = "telegram-bot", scenario = "scan" });
        await FinishAsync(engine, client, bot, RunStatus.Succeeded);

        var failing = await StartAsync(engine, client, new { flow = "telegram-qr", scenario = "html" });
        await RunningEngine.UntilAsync(engine, new RunId(failing), found => found.Status == RunStatus.Failed);

        var scanned = await StartAsync(engine, client, new { flow = "telegram-qr", scenario = "manual" });
        var shown = await RunningEngine.UntilAsync(engine, new RunId(scanned), found => found.Prompt?.Show?.Qr is not null);
        secrets.Add(shown.Prompt!.Show!.Qr!["tg://login?token=".Length..]);
        secrets.Add(SessionId().Match(Encoding.UTF8.GetString(shown.State.Span)) is { Success: true } found ? found.Groups[1].Value : throw new InvalidOperationException("no session"));
        (await client.PostAsync($"/v1/runs/{scanned}/cancel", null)).EnsureSuccessStatusCode();
        await RunningEngine.UntilAsync(engine, new RunId(scanned), found => found.Status == RunStatus.Cancelled);
    }

    private async Task<string> StartAsync(EmbeddedEngine engine, HttpClient client, object wish)
    {
        var id = (await (await client.PostAsJsonAsync("/v1/runs", wish)).JsonAsync()).Text("id");
        var world = await engine.FindWorldAsync((await engine.Store.FindAsync(new RunId(id), default))!, default);
        secrets.AddRange(world!.Settings.Where(setting => setting.Key.Contains("key", StringComparison.Ordinal)).Select(setting => setting.Value));
        return id;
    }

    /// <summary>Answers what is asked until the run ends; gives the connection.</summary>
    private static async Task<string?> FinishAsync(EmbeddedEngine engine, HttpClient client, string run, RunStatus end)
    {
        PromptId? answered = null;
        while (true)
        {
            var found = await RunningEngine.UntilAsync(engine, new RunId(run), found => found.Status.IsFinal() || (found.Prompt is { CanSubmit: true } asked && asked.Id != answered));
            if (found.Status.IsFinal())
            {
                Assert.Equal(end, found.Status);
                return found.Connection?.Value;
            }

            answered = found.Prompt!.Id;
            var values = found.Prompt.Fields.ToDictionary(field => field.Name, field => field.Name switch
            {
                "code" => "12345",
                "password" => "correct horse",
                "key" or "token" => "8123456:AAE-key-of-a-bot",
                var other => throw new InvalidOperationException($"nobody knows '{other}'"),
            });
            var reply = await client.PostAsJsonAsync($"/v1/runs/{run}/replies", new { prompt = answered.Value.Value, transaction = answered.Value.Value, action = "submit", values });
            reply.EnsureSuccessStatusCode();
        }
    }

    private async Task<HttpClient> ClientAsync(EmbeddedEngine engine, Uri address)
    {
        var key = AccessToken.New(AccessToken.ApiKeyPrefix);
        secrets.Add(key);
        await engine.Access.AddApiKeyAsync("telemetry", AccessToken.HashOf(key), ApiScopes.Api, default);
        var client = new HttpClient { BaseAddress = address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private static IEnumerable<string> FormsOf(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        return [secret, Uri.EscapeDataString(secret), Convert.ToBase64String(bytes), Convert.ToHexString(bytes), Convert.ToHexStringLower(bytes)];
    }

    private static Regex SessionId() => new("\"session_id\":\"([^\"]{8,})\"");
}
