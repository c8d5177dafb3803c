using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Engine.Benchmarks;

/// <summary>One reply and when its consequence was seen, in milliseconds.</summary>
internal readonly record struct SeenReply(bool IsSameNode, double AfterAccepted, double AfterSent);

/// <summary>A person's page: follows its run by the stream of one node, and replies at that one and the other in turn.</summary>
internal sealed class RepliedPage(NodeProcess own, NodeProcess other, Random random)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<SeenReply> seen = [];

    public IReadOnlyList<SeenReply> Seen => seen;

    public bool HasEnded { get; private set; }

    public async Task VisitAsync()
    {
        if (await BenchNodes.StartRunAsync(own, NodeFlows.Replies) is not { } run) return;
        using var limit = new CancellationTokenSource(Patience);
        using var stream = await own.Http.GetAsync(new Uri($"/v1/runs/{run}/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, limit.Token);
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync(limit.Token));
        string? answered = null;
        (bool IsSame, long Sent, Task<long> Accepted)? waiting = null;
        while (await reader.ReadLineAsync(limit.Token) is { } line)
        {
            var at = TimeProvider.System.GetTimestamp();
            if (line.StartsWith("event: run.ended", StringComparison.Ordinal)) HasEnded = true;
            if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
            using var view = JsonDocument.Parse(line.AsMemory(6));
            if (!view.RootElement.TryGetProperty("prompt", out var prompt)) continue;
            var id = prompt.ValueKind == JsonValueKind.Object && !prompt.GetProperty("is_busy").GetBoolean() ? prompt.GetProperty("id").GetString() : null;
            if ((id is null || id == answered) && !HasEnded) continue;
            if (waiting is { } reply)
            {
                var accepted = await reply.Accepted;
                seen.Add(new SeenReply(reply.IsSame, Milliseconds(accepted, at), Milliseconds(reply.Sent, at)));
                waiting = null;
            }

            if (HasEnded) return;
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(100, 900)), limit.Token);
            var isSame = random.Next(2) == 0;
            var sent = TimeProvider.System.GetTimestamp();
            waiting = (isSame, sent, ReplyAsync(isSame ? own : other, run, id ?? "", limit.Token));
            answered = id;
        }
    }

    /// <summary>Gives the moment at which the reply was accepted. What was refused for now is sent again, under the same transaction, as our page does.</summary>
    private static async Task<long> ReplyAsync(NodeProcess node, string run, string prompt, CancellationToken cancellation)
    {
        while (true)
        {
            using var answer = await node.Http.PostAsJsonAsync(
                $"/v1/runs/{run}/replies", new { prompt, transaction = $"t-{prompt}", action = "submit", values = new { word = "word" } }, cancellation);
            var at = TimeProvider.System.GetTimestamp();
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                await Task.Delay(100, cancellation);
                continue;
            }

            answer.EnsureSuccessStatusCode();
            return at;
        }
    }

    private static double Milliseconds(long from, long to) => (to - from) * 1000.0 / TimeProvider.System.TimestampFrequency;
}
