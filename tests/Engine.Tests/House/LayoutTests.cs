using Xunit;

namespace Engine.Tests;

/// <summary>Where things lie, and how long a file may grow.</summary>
public class LayoutTests
{
    /// <summary>The list, then what git and the SDK look for at the root and nowhere else.</summary>
    private static readonly string[] TopLevel =
    [
        "engine", "plugins", "workflows", "tests", "Engine.sln", "README.md",
        ".ci", ".editorconfig", ".git", ".gitattributes", ".gitignore", "global.json",
        "Directory.Build.props", "Directory.Packages.props", "Directory.Solution.targets", "Directory.Build.rsp",
    ];

    /// <summary>What building, running and editors leave behind; git ignores it.</summary>
    private static readonly string[] LeftByTools = ["artifacts", ".vs", ".idea", ".vscode", "TestResults"];

    [Fact]
    public void The_top_level_holds_the_product_and_what_the_tools_need()
    {
        var found = Directory.EnumerateFileSystemEntries(Repository.Root).Select(entry => Path.GetFileName(entry));

        Assert.Empty(found.Except(TopLevel).Except(LeftByTools).Where(name => !name.EndsWith(".user", StringComparison.Ordinal)).ToList());
    }

    [Fact]
    public void No_source_file_is_longer_than_500_lines() =>
        Assert.Empty(Repository.Files("", "*.cs").Where(file => File.ReadLines(file).Count() > 500).ToList());

    [Fact]
    public void A_project_has_one_namespace_and_it_is_file_scoped()
    {
        foreach (var project in Repository.Projects("engine"))
        {
            var folder = Path.GetRelativePath(Repository.Root, Path.GetDirectoryName(project.File) ?? "");
            var others = Repository.Files(folder, "*.cs")
                .SelectMany(file => File.ReadLines(file).Where(line => line.StartsWith("namespace ", StringComparison.Ordinal)))
                .Distinct()
                // The functions of expressions are extension methods called Any, All, First: beside the engine they would take over LINQ's.
                .Where(line => line != $"namespace {project};" && line != "namespace Engine.Flows.Expressions;");

            Assert.Empty(others);
        }
    }

    [Fact]
    public void No_file_names_the_machine_it_was_written_on()
    {
        string[] places = ["/wor" + "k/", "/ro" + "ot/", "file:" + "///"];
        var named = Repository.Files("engine", "*.*").Concat(Repository.Files("plugins", "*.*")).Concat(Repository.Files("workflows", "*.*"))
            .Where(file => Path.GetExtension(file) is ".cs" or ".csproj" or ".props" or ".targets" or ".md" or ".yaml" or ".json" or ".js" or ".html")
            .Where(file => places.Any(place => File.ReadAllText(file).Contains(place, StringComparison.Ordinal)));

        Assert.Empty(named);
    }
}
