using System.Text;
using Engine.Flows;
using Engine.Host;
using Engine.Tests.Host;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Xunit;

namespace Engine.Tests.Telemetry;

[Collection(PlayedEngineAlone.Name)]
public sealed class OtlpTests(PlayedEngine played)
{
    [Fact]
    public void The_metrics_of_a_played_flow_arrive()
    {
        var metrics = played.Collector.Metrics.ToList();

        Seen("engine.run.started", ("engine.flow", "telegram-code"), ("engine.run.purpose", "connect"));
        Seen("engine.run.ended", ("engine.flow", "telegram-code"), ("engine.run.status", "succeeded"), ("engine.run.exit", "succeeded"));
        Seen("engine.run.ended", ("engine.flow", "telegram-qr"), ("engine.run.status", "failed"), ("engine.run.exit", "provider_changed"));
        Seen("engine.run.ended", ("engine.flow", "telegram-qr"), ("engine.run.status", "cancelled"));
        Seen("engine.run.duration", ("engine.flow", "telegram-code"));
        Seen("engine.run.lateness");
        Seen("engine.run.claimed");
        Seen("engine.run.saves");
        Seen("engine.inbox.accepted", ("engine.inbox.kind", "reply"));
        Seen("engine.inbox.accepted", ("engine.inbox.kind", "cancel"));
        Seen("engine.store.duration", ("engine.store.operation", "claim"));
        Seen("engine.provider.call.duration", ("engine.provider", "radist"), ("engine.operation", "telegram_login"));
        Seen("engine.provider.call.duration", ("engine.operation", "telegram_init"), ("error.type", "provider_changed"));
        Seen("engine.connection.probes", ("engine.provider", "radist"), ("engine.connection.health", "active"));

        void Seen(string name, params (string, string)[] labels) =>
            Assert.True(metrics.Any(metric => metric.Is(name, labels) && metric.Value > 0), $"{name} {string.Join(' ', labels)}");
    }

    [Fact]
    public void What_is_in_the_store_is_counted()
    {
        var open = played.Collector.Metrics.Where(metric => metric.Name == "engine.run.open").Select(metric => metric.Labels["engine.run.status"]).Distinct();

        Assert.Equal(["running", "waiting_callback", "waiting_provider", "waiting_user"], open.Order(StringComparer.Ordinal));
        Assert.Contains(played.Collector.Metrics, metric => metric is { Name: "engine.run.overdue", Unit: "s" });
    }

    [Fact]
    public void A_span_of_each_advance_holds_the_calls_it_made_and_what_was_journaled()
    {
        var spans = played.Collector.Spans.ToList();
        var advances = spans.Where(span => span.Name == "run.advance" && span.Tags.GetValueOrDefault("engine.run.id") == played.Run).ToList();
        var call = Assert.Single(spans, span => span.Name == "radist.create_connection" && span.Tags["engine.run.id"] == played.Run);
        var exchange = spans.First(span => span.Parent == call.Id);

        Assert.Contains(advances, span => span.Id == call.Parent);
        Assert.Contains(advances, span => span.Tags.GetValueOrDefault("engine.run.exit") == "succeeded");
        Assert.Contains("ended", advances.SelectMany(span => span.Events));
        Assert.Equal(("POST", "POST", "127.0.0.1", "3"), (exchange.Name, exchange.Tags["http.request.method"], exchange.Tags["server.address"], $"{exchange.Kind}"));
    }

    [Fact]
    public void A_request_is_a_span_named_by_its_route()
    {
        var reply = played.Collector.Spans.First(span => span.Name == "POST /v1/runs/{id}/replies" && span.Tags["engine.run.id"] == played.Run);

        Assert.Equal(("", "202"), (reply.Parent, reply.Tags["http.response.status_code"]));
    }

    [Fact]
    public void Only_the_listed_attributes_are_sent()
    {
        string[] known =
        [
            "engine.run.id", "engine.run.step", "engine.run.status", "engine.run.exit", "engine.flow", "engine.provider", "engine.operation", "engine.connection.id",
            "engine.in_doubt", "error.type", "http.request.method", "http.response.status_code", "http.route", "server.address",
        ];

        Assert.Empty(played.Collector.Spans.SelectMany(span => span.Tags.Keys).Distinct().Except(known));
    }

    [Fact]
    public void The_sender_names_itself_by_its_node() =>
        Assert.Equal(("engine", played.Node), (played.Collector.Resource["service.name"], played.Collector.Resource["service.instance.id"]));

    [Fact]
    public void No_secret_is_in_any_byte_that_was_sent()
    {
        Assert.True(played.SecretCount >= 8);
        Assert.NotNull(played.FindSecretIn(Encoding.UTF8.GetBytes("so that it is seen that one would be found: correct%20horse")));
        Assert.All(played.Collector.Bodies, body => Assert.Null(played.FindSecretIn(body)));
    }

    [Fact]
    public void No_secret_is_in_any_line_of_the_most_verbose_log()
    {
        Assert.Contains(played.Log.Lines, line => line.Contains($"run {played.Run} ended", StringComparison.Ordinal));
        Assert.All(played.Log.Lines, line => Assert.Null(played.FindSecretIn(Encoding.UTF8.GetBytes(line))));
    }

    [Fact]
    public async Task A_collector_may_be_spoken_to_by_grpc()
    {
        await using var collector = await OtlpReceiver.StartAsync(HttpProtocols.Http2);
        using var meters = new EngineMeters();
        await using (OtlpExport.Start(collector.Address, "node-1", isGrpc: true)) meters.InboxAccepted("grpc");

        Assert.Contains(collector.Metrics, metric => metric.Is("engine.inbox.accepted", ("engine.inbox.kind", "grpc")));
    }

    [Fact]
    public async Task A_collector_that_is_gone_disturbs_no_run()
    {
        await using var engine = await RunningEngine.StartAsync(options => options with { Otlp = new Uri("http://127.0.0.1:9") }, null, Samples.Ask);
        var outcome = await engine.Engine.StartRunAsync(new RunWish("ask", new Dictionary<string, string>(), Purpose.Connect, null, "s", null, null), default);

        await engine.UntilAsync(Assert.IsType<WishOutcome.Started>(outcome).Run.Value, found => found.Prompt is not null);
    }

    [Fact]
    public void Nothing_is_sent_unless_a_collector_is_named() => Assert.Null(OtlpExport.Start(null, "node-1"));
}
