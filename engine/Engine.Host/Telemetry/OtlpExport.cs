using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Engine.Host;

/// <summary>
/// Sends metrics and traces to a collector, on threads of its own: a collector that is slow or gone costs its own data and nothing else. The standard
/// variables <c>OTEL_…</c> hold: endpoint, protocol, headers, interval, sampler.
/// </summary>
internal sealed class OtlpExport : IAsyncDisposable
{
    private static readonly string[] addressVariables =
        ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

    // What is not out by then is given up: a stopping engine waits for no collector.
    private static readonly TimeSpan lastChance = TimeSpan.FromSeconds(2);

    private readonly MeterProvider metrics;
    private readonly TracerProvider traces;

    private OtlpExport(MeterProvider metrics, TracerProvider traces)
    {
        this.metrics = metrics;
        this.traces = traces;
    }

    /// <summary>Begins to send; null where neither the setting nor a variable names a collector.</summary>
    /// <param name="collector">Lies over the variables; null: they decide.</param>
    /// <param name="node">This process, as its leases and log lines name it.</param>
    /// <param name="isGrpc">Null: the variables decide; without them, HTTP.</param>
    public static OtlpExport? Start(Uri? collector, string node, bool? isGrpc = null)
    {
        if (collector is null && addressVariables.All(name => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)))) return null;
        var resource = ResourceBuilder.CreateEmpty().AddService("engine", autoGenerateServiceInstanceId: false, serviceInstanceId: node)
            .AddTelemetrySdk().AddEnvironmentVariableDetector();
        var meters = OpenTelemetry.Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(EngineMeters.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
            .AddOtlpExporter(options => Configure(options, collector, "metrics", isGrpc))
            .Build();
        var tracers = OpenTelemetry.Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(EngineMeters.Name)
            .AddOtlpExporter(options => Configure(options, collector, "traces", isGrpc))
            .Build();
        return new OtlpExport(meters, tracers);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(
            Task.Run(() => metrics.Shutdown((int)lastChance.TotalMilliseconds)), Task.Run(() => traces.Shutdown((int)lastChance.TotalMilliseconds)));
        metrics.Dispose();
        traces.Dispose();
    }

    // The specification's default is http/protobuf; the package's is grpc.
    private static void Configure(OtlpExporterOptions options, Uri? collector, string signal, bool? isGrpc)
    {
        var word = Environment.GetEnvironmentVariable($"OTEL_EXPORTER_OTLP_{signal.ToUpperInvariant()}_PROTOCOL") is { Length: > 0 } own
            ? own
            : Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_PROTOCOL");
        options.Protocol = isGrpc ?? word == "grpc" ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        if (collector is null) return;
        options.Endpoint = options.Protocol == OtlpExportProtocol.Grpc ? collector : new Uri($"{collector.AbsoluteUri.TrimEnd('/')}/v1/{signal}");
    }
}
