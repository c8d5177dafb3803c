using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Engine.History;

namespace Engine.EndToEnd;

/// <summary>
/// One customer under load: starts a run, answers what is asked, each time at any node that listens, and sends again under the same key
/// or transaction what was not acknowledged. Writes down every attempt and what came of it.
/// </summary>
/// <param name="nodes">Where engines listen at this moment.</param>
internal sealed class LoadedRun(HttpClient http, Func<IReadOnlyList<Uri>> nodes, string flow, string scenario, string key, Random random)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ImmutableArray<ClientInput>.Builder inputs = ImmutableArray.CreateBuilder<ClientInput>();
    private readonly Dictionary<string, int> answered = new(StringComparer.Ordinal);

    public string Key => key;

    public string Flow => flow;

    /// <summary>Empty until a start was acknowledged.</summary>
    public string Id { get; private set; } = "";

    /// <summary>Its exit code; empty while it goes on.</summary>
    public string Exit { get; private set; } = "";

    public ImmutableArray<ClientInput> Inputs => inputs.ToImmutable();

    /// <summary>The longest time between two answers of any node to a look at this run.</summary>
    public TimeSpan LongestSilence { get; private set; }

    /// <summary>Whether to ask for the run's end at its first prompt.</summary>
    public bool IsCancelling { get; init; }

    public async Task DriveAsync(CancellationToken cancellation)
    {
        var seen = TimeProvider.System.GetTimestamp();
        while (!cancellation.IsCancellationRequested && Exit.Length == 0)
        {
            if (Id.Length == 0) await StartAsync(cancellation);
            else if (await AskAsync(HttpMethod.Get, $"/v1/runs/{Id}", null, null, cancellation) is (HttpStatusCode.OK, var run))
            {
                var silence = TimeProvider.System.GetElapsedTime(seen);
                if (silence > LongestSilence) LongestSilence = silence;
                seen = TimeProvider.System.GetTimestamp();
                if (EngineClient.Find(run, "exit", "code") is { } code) Exit = code.GetString() ?? "";
                else await ActAsync(run, cancellation);
            }

            await Task.Delay(Pause, TimeProvider.System, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        object input = flow is "telegram-code" ? new { phone = "+79001234567" } : new { };
        var (status, run) = await AskAsync(HttpMethod.Post, "/v1/runs", new { flow, scenario, input }, key, cancellation);
        var isTaken = status is HttpStatusCode.Created or HttpStatusCode.OK;
        Id = isTaken ? run.GetProperty("id").GetString() ?? "" : "";
        inputs.Add(new ClientInput.Start(Now, isTaken, key, Id));
        if (status is { } refused && !isTaken && (int)refused < 500) throw new InvalidOperationException($"start of '{flow}' got {refused}: {run}");
    }

    private async Task ActAsync(JsonElement run, CancellationToken cancellation)
    {
        if (EngineClient.Find(run, "prompt") is not { } prompt || prompt.GetProperty("is_busy").GetBoolean()) return;
        if (IsCancelling && !answered.ContainsKey("cancel"))
        {
            var (taken, _) = await AskAsync(HttpMethod.Post, $"/v1/runs/{Id}/cancel", null, null, cancellation);
            inputs.Add(new ClientInput.Cancel(Now, taken is { } code && (int)code < 300));
            if (taken is { } done && (int)done < 300) answered["cancel"] = 1;
            return;
        }

        if (EngineClient.Find(prompt, "fields") is not { } fields || fields.GetArrayLength() == 0) return;
        var name = prompt.GetProperty("id").GetString() ?? "";
        var field = fields[0].GetProperty("name").GetString() ?? "";
        var values = new Dictionary<string, string> { [field] = field == "code" ? "12345" : "correct horse" };
        var transaction = $"answer-{name}";
        var (status, _) = await AskAsync(
            HttpMethod.Post, $"/v1/runs/{Id}/replies", new { prompt = name, transaction, action = "submit", values }, null, cancellation);
        inputs.Add(new ClientInput.Reply(Now, status is { } reply && (int)reply < 300, name, transaction));
        if (status is { } refused && (int)refused is >= 400 and < 500 && refused != HttpStatusCode.Conflict) throw new InvalidOperationException($"the answer to '{name}' of {Id} got {refused}");
    }

    /// <summary>One attempt at any node; no status where nobody answered.</summary>
    private async Task<(HttpStatusCode? Status, JsonElement Body)> AskAsync(
        HttpMethod method, string path, object? body, string? idempotency, CancellationToken cancellation)
    {
        var listening = nodes();
        if (listening.Count == 0) return (null, default);
        using var message = new HttpRequestMessage(method, new Uri(listening[random.Next(listening.Count)], path));
        if (body is not null) message.Content = JsonContent.Create(body);
        if (idempotency is not null) message.Headers.Add("Idempotency-Key", idempotency);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        try
        {
            using var response = await http.SendAsync(message, limit.Token);
            var text = await response.Content.ReadAsStringAsync(limit.Token);
            return (response.StatusCode, text.StartsWith('{') ? JsonElement.Parse(text) : default);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException or JsonException)
        {
            return (null, default);
        }
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();
}
