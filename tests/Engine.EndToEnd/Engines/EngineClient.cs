using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Engine.EndToEnd;

/// <summary>An integrator: talks to <c>/v1</c> with an API key, and knows only what the API says.</summary>
internal sealed class EngineClient : IDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(90);

    private readonly HttpClient http;

    public EngineClient(Uri engine, string key)
    {
        http = new HttpClient { BaseAddress = new Uri(engine.GetLeftPart(UriPartial.Authority)) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", key);
    }

    /// <summary>A started run, as the API shows it.</summary>
    /// <param name="key">Sent as <c>Idempotency-Key</c>; null for none.</param>
    public async Task<JsonElement> StartAsync(object request, string? key = null)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "/v1/runs") { Content = JsonContent.Create(request) };
        if (key is not null) message.Headers.Add("Idempotency-Key", key);
        using var response = await http.SendAsync(message);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        return response.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK ? body : throw new InvalidOperationException($"{body}");
    }

    public Task<JsonElement> GetAsync(string path) => http.GetFromJsonAsync<JsonElement>(path);

    public Task<JsonElement> RunAsync(string id) => GetAsync($"/v1/runs/{id}");

    /// <summary>Posts a body; gives the status of the answer.</summary>
    public async Task<HttpStatusCode> PostAsync(string path, object body)
    {
        using var response = await http.PostAsJsonAsync(path, body);
        return response.StatusCode;
    }

    /// <summary>Calls an operation with a connection's stored credentials; gives status and body.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> CallAsync(string connection, string operation)
    {
        using var response = await http.PostAsJsonAsync($"/v1/connections/{connection}/operations/{operation}", new { });
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    public async Task<JsonElement> DeleteAsync(string path)
    {
        using var response = await http.DeleteAsync(path);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async Task CancelAsync(string id)
    {
        using var response = await http.PostAsync($"/v1/runs/{id}/cancel", null);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>A new link for the run's person.</summary>
    public async Task<string> LinkAsync(string id)
    {
        using var response = await http.PostAsync($"/v1/runs/{id}/links", null);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("url").GetString() ?? "";
    }

    /// <summary>Answers a prompt; gives the status of the answer.</summary>
    public async Task<HttpStatusCode> ReplyAsync(string run, string prompt, string transaction, string action, object values)
    {
        using var response = await http.PostAsJsonAsync($"/v1/runs/{run}/replies", new { prompt, transaction, action, values });
        return response.StatusCode;
    }

    /// <summary>The run once it is as wanted; throws with its last state when that takes too long.</summary>
    public async Task<JsonElement> UntilAsync(string id, Func<JsonElement, bool> isWanted)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var run = await RunAsync(id);
            if (isWanted(run)) return run;
            if (waited.Elapsed > patience || IsOver(run)) throw new InvalidOperationException($"the run stands at {run}");
            await Task.Delay(200);
        }
    }

    /// <summary>The payload of the QR code that is shown; null for none.</summary>
    public static string? QrOf(JsonElement run) =>
        Find(run, "prompt", "show", "qr") is { ValueKind: JsonValueKind.String } qr ? qr.GetString() : null;

    public static bool IsOver(JsonElement run) => Find(run, "exit") is not null;

    /// <summary>A nested member; null where it is missing or null.</summary>
    public static JsonElement? Find(JsonElement element, params string[] path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element)) return null;
        }

        return element.ValueKind == JsonValueKind.Null ? null : element;
    }

    public void Dispose() => http.Dispose();
}
