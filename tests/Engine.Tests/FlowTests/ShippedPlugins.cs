using Engine.Flows;
using Engine.Host;
using Engine.Tests.History;

namespace Engine.Tests.FlowTests;

/// <summary>The plugins that ship and the scenarios of the flows that ship, loaded once for all tests of a process; they change nothing in them.</summary>
internal static class ShippedPlugins
{
    private static readonly Lazy<KnownPlugins> known = new(Load);
    private static readonly Lazy<ShippedScenarios> scenarios = new(ShippedScenarios.Load);

    public static Catalog Catalog => known.Value.Catalog;

    /// <summary>What <c>engine test workflows</c> plays.</summary>
    public static ShippedScenarios Scenarios => scenarios.Value;

    /// <summary>The loaded assembly of a provider build; null where there is none.</summary>
    public static System.Reflection.Assembly? FindAssembly(string provider, string build) => known.Value.Plugins.FindAssembly(provider, build);

    /// <summary>Runs test files as <c>engine test --coverage</c> does; gives what it would print.</summary>
    public static (FlowTestOutcome Outcome, string Text) Run(string folder, bool withCoverage = true)
    {
        var outcome = new FlowTestRun(known.Value.Plugins).Run(FlowFiles.FindTests([folder]), withCoverage ? FlowFiles.Find([folder]) : [], default);
        using var text = new StringWriter { NewLine = "\n" };
        new TestReport(text, withCoverage).WriteText(outcome);
        return (outcome, text.ToString().Replace(folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal));
    }

    private static KnownPlugins Load()
    {
        var loaded = KnownPlugins.Load(null, TextWriter.Null);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => loaded.Dispose();
        return loaded;
    }
}
