using System.Diagnostics.Metrics;
using Engine.Host;
using Xunit;

namespace Engine.Tests.Telemetry;

[Collection(PlayedEngineAlone.Name)]
public sealed class MetricsDocTests(PlayedEngine played)
{
    [Fact]
    public void The_document_lists_every_instrument_with_its_unit()
    {
        var document = File.ReadAllText(Repository.Path("engine/docs/operations.md"));
        var known = Instruments().Concat(played.Collector.Metrics.Where(metric => metric.Name.StartsWith("engine.", StringComparison.Ordinal)).Select(metric => (metric.Name, metric.Unit)));

        Assert.All(known.Distinct(), one => Assert.Contains($"| `{one.Item1}` | {one.Item2} |", document, StringComparison.Ordinal));
    }

    [Fact]
    public void Names_and_units_follow_the_conventions() =>
        Assert.All(Instruments(), one => Assert.True(
            one.Name.StartsWith("engine.", StringComparison.Ordinal) && (one.Unit == "s" || (one.Unit.StartsWith('{') && one.Unit.EndsWith('}'))), one.Name));

    [Fact]
    public void No_metric_is_labelled_with_an_id() =>
        Assert.DoesNotContain(
            played.Collector.Metrics.Where(metric => metric.Name.StartsWith("engine.", StringComparison.Ordinal)).SelectMany(metric => metric.Labels.Values),
            value => value.StartsWith("run_", StringComparison.Ordinal) || value.StartsWith("con_", StringComparison.Ordinal));

    private static List<(string Name, string Unit)> Instruments()
    {
        var found = new List<(string, string)>();
        using var listener = new MeterListener();
        using var meters = new EngineMeters();
        listener.InstrumentPublished = (instrument, _) =>
        {
            // Engines of other tests have instruments of the same names.
            if (instrument.Meter.Name == EngineMeters.Name) found.Add((instrument.Name, instrument.Unit ?? ""));
        };
        listener.Start();
        return [.. found.Distinct()];
    }
}
