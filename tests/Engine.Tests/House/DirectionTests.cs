using Xunit;

namespace Engine.Tests;

/// <summary>Which project may know which; the other direction does not build, since references are not transitive.</summary>
public class DirectionTests
{
    private static readonly Dictionary<string, string[]> MayKnow = new()
    {
        ["Engine.Sdk"] = [],
        ["Engine.Sandbox"] = [],
        ["Engine.Flows"] = ["Engine.Sdk"],
        ["Engine.Plugins"] = ["Engine.Sdk", "Engine.Flows"],
        ["Engine.Runs"] = ["Engine.Sdk", "Engine.Flows"],
        ["Engine.Storage"] = ["Engine.Sdk", "Engine.Flows", "Engine.Runs"],
        ["Engine.Host"] = ["Engine.Sdk", "Engine.Flows", "Engine.Plugins", "Engine.Runs", "Engine.Storage", "Engine.Sandbox"],
        ["Engine.Hangfire"] = ["Engine.Sdk", "Engine.Flows", "Engine.Runs", "Engine.Storage", "Engine.Host"],
    };

    [Fact]
    public void An_engine_project_refers_only_to_the_projects_below_it()
    {
        foreach (var project in Repository.Projects("engine"))
        {
            Assert.True(MayKnow.ContainsKey(project.Name), $"{project} is not in the house: say in this test what it may know");
            Assert.Empty(project.References.Except(MayKnow[project.Name]).Select(other => $"{project} must not know {other}"));
        }
    }

    [Fact]
    public void Every_project_of_the_house_exists() =>
        Assert.Equal(MayKnow.Keys.Order(StringComparer.Ordinal), Repository.Projects("engine").Select(project => project.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void A_plugin_knows_the_sdk_and_nothing_else()
    {
        foreach (var plugin in Repository.Projects("plugins").Where(project => !IsSimulator(project)))
        {
            Assert.Equal(["Engine.Sdk"], plugin.References);
            Assert.Empty(plugin.Frameworks);
        }
    }

    [Fact]
    public void A_simulator_knows_the_sandbox_and_nothing_else()
    {
        foreach (var simulator in Repository.Projects("plugins").Where(IsSimulator))
        {
            Assert.Equal(["Engine.Sandbox"], simulator.References);
        }
    }

    [Fact]
    public void The_engine_builds_plugins_beside_itself_without_knowing_them()
    {
        var plugins = Repository.Projects("plugins").Select(project => project.Name).ToHashSet();
        foreach (var project in Repository.Projects("engine"))
        {
            Assert.Empty(project.References.Intersect(plugins));
            Assert.True(project.Name == "Engine.Host" || !project.BuiltBeside.Any(), $"{project} must not build plugins");
        }
    }

    private static bool IsSimulator(ProjectFile project) => project.Name.EndsWith(".Simulator", StringComparison.Ordinal);
}
