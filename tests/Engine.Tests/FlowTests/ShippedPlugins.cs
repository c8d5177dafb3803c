using Engine.Flows;
using Engine.Host;
using Xunit;

namespace Engine.Tests.FlowTests;

/// <summary>The plugins that ship, loaded once for all tests that need them.</summary>
public sealed class ShippedPlugins : IDisposable
{
    private readonly KnownPlugins known = KnownPlugins.Load(null, TextWriter.Null);

    internal Catalog Catalog => known.Catalog;

    /// <summary>The loaded assembly of a provider build; null where there is none.</summary>
    internal System.Reflection.Assembly? FindAssembly(string provider, string build) => known.Plugins.FindAssembly(provider, build);

    /// <summary>Runs test files as <c>engine test --coverage</c> does; gives what it would print.</summary>
    internal (FlowTestOutcome Outcome, string Text) Run(string folder, bool withCoverage = true)
    {
        var outcome = new FlowTestRun(known.Plugins).Run(FlowFiles.FindTests([folder]), withCoverage ? FlowFiles.Find([folder]) : [], default);
        using var text = new StringWriter { NewLine = "\n" };
        new TestReport(text, withCoverage).WriteText(outcome);
        return (outcome, text.ToString().Replace(folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));
    }

    public void Dispose() => known.Dispose();
}

[CollectionDefinition(Name)]
public sealed class SharedPlugins : ICollectionFixture<ShippedPlugins>
{
    public const string Name = "shipped plugins";
}
