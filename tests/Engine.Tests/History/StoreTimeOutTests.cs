using Engine.Postgres;
using Engine.Tests.FlowTests;
using Xunit;
using Xunit.Abstractions;

namespace Engine.Tests.History;

/// <summary>The store does what it is told, and tells its caller that no answer came: at one and at five of a hundred calls, of engine and clients alike.</summary>
public sealed class StoreTimeOutTests(ITestOutputHelper output)
{
    private static readonly int[] Seeds = Sweep.IsLong ? [.. Enumerable.Range(1, 100)] : [1, 2];

    // A database takes ten times as long.
    private static readonly int[] DatabaseSeeds = Sweep.IsLong ? [.. Enumerable.Range(1, 10)] : [1, 2];

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.05)]
    public void Every_shipped_flow_ends_whole_though_answers_of_the_store_are_lost_in_memory(double share)
    {
        var sweep = new Sweep(output);
        var scenarios = ShippedPlugins.Scenarios.All;
        sweep.TimeOut([.. scenarios.Where((_, index) => Sweep.IsLong || index % 3 == 0)], Seeds, share, PlayedStore.InMemory);
        sweep.Judge(least: 180);
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.05)]
    public void Every_shipped_flow_ends_whole_though_answers_of_the_store_are_lost_on_SQLite(double share)
    {
        var scenarios = ShippedPlugins.Scenarios.All;
        var sweep = new Sweep(output);
        sweep.TimeOut([.. scenarios.Where((_, index) => Sweep.IsLong || index % 8 == 0)], DatabaseSeeds, share, PlayedStore.OnSqlite);
        sweep.Judge(least: 20);
    }

    [PostgresTheory]
    [InlineData(0.01)]
    [InlineData(0.05)]
    public void Every_shipped_flow_ends_whole_though_answers_of_the_store_are_lost_on_PostgreSQL(double share)
    {
        var scenarios = ShippedPlugins.Scenarios.All;
        var sweep = new Sweep(output);
        sweep.TimeOut([.. scenarios.Where((_, index) => Sweep.IsLong || index % 8 == 1)], DatabaseSeeds, share, PlayedStore.OnPostgres);
        sweep.Judge(least: 20);
    }
}
