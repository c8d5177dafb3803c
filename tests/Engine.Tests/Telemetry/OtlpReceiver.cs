using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Engine.Tests.Telemetry;

/// <summary>A collector within this process: takes OTLP by HTTP/protobuf or by gRPC and keeps what came, as it came.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<(string Path, byte[] Body)> received;

    private OtlpReceiver(WebApplication app, ConcurrentQueue<(string, byte[])> received)
    {
        this.app = app;
        this.received = received;
    }

    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Every byte that came.</summary>
    public IEnumerable<byte[]> Bodies => received.Select(one => one.Body);

    public IEnumerable<SeenMetric> Metrics => received.Where(one => one.Path.EndsWith("/v1/metrics", StringComparison.Ordinal) || one.Path.Contains("MetricsService", StringComparison.Ordinal))
        .SelectMany(one => new ProtoMessage(one.Body).Messages(1, 2, 2)).SelectMany(SeenMetric.Of);

    public IEnumerable<SeenSpan> Spans => received.Where(one => one.Path.EndsWith("/v1/traces", StringComparison.Ordinal) || one.Path.Contains("TraceService", StringComparison.Ordinal))
        .SelectMany(one => new ProtoMessage(one.Body).Messages(1, 2, 2)).Select(SeenSpan.Of);

    /// <summary>The attributes of whoever sent it.</summary>
    public IReadOnlyDictionary<string, string> Resource => Attributes.Of(new ProtoMessage(Bodies.First()).Messages(1, 1).First(), 1);

    public static async Task<OtlpReceiver> StartAsync(HttpProtocols protocols = HttpProtocols.Http1)
    {
        var received = new ConcurrentQueue<(string, byte[])>();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        var app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var isGrpc = context.Request.ContentType == "application/grpc";

            // gRPC puts a flag and the length, five bytes, before each message.
            received.Enqueue((context.Request.Path.Value ?? "", body.ToArray()[(isGrpc ? 5 : 0)..]));
            if (!isGrpc) return;
            context.Response.ContentType = "application/grpc";
            context.Response.AppendTrailer("grpc-status", "0");
            await context.Response.Body.WriteAsync(new byte[5]);
        });
        await app.StartAsync();
        return new OtlpReceiver(app, received);
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}

/// <summary>One data point.</summary>
/// <param name="Value">The number; of a histogram, how many were measured.</param>
internal sealed record SeenMetric(string Name, string Unit, double Value, IReadOnlyDictionary<string, string> Labels)
{
    public static IEnumerable<SeenMetric> Of(ProtoMessage metric)
    {
        var points = metric.Messages(5, 1).Concat(metric.Messages(7, 1))
            .Select(point => (Value: point.Has(4) ? BitConverter.UInt64BitsToDouble(point.Number(4)) : (long)point.Number(6), Labels: Attributes.Of(point, 7)))
            .Concat(metric.Messages(9, 1).Select(point => (Value: (double)point.Number(4), Labels: Attributes.Of(point, 9))));
        return points.Select(point => new SeenMetric(metric.Text(1), metric.Text(3), point.Value, point.Labels));
    }

    public bool Is(string name, params (string Name, string Value)[] labels) =>
        Name == name && labels.All(label => Labels.GetValueOrDefault(label.Name) == label.Value);
}

internal sealed record SeenSpan(string Name, string Id, string Parent, string Trace, ulong Kind, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> Events)
{
    public static SeenSpan Of(ProtoMessage span) => new(
        span.Text(5), span.Hex(2), span.Hex(4), span.Hex(1), span.Number(6), Attributes.Of(span, 9), [.. span.Messages(11).Select(happened => happened.Text(2))]);
}

internal static class Attributes
{
    public static IReadOnlyDictionary<string, string> Of(ProtoMessage message, int field) => message.Messages(field).ToDictionary(
        pair => pair.Text(1),
        pair => pair.Messages(2).Select(value => value.Has(1) ? value.Text(1) : value.Number(value.Has(2) ? 2 : 3).ToString(System.Globalization.CultureInfo.InvariantCulture)).First());
}
