using System.Xml.Linq;
using Xunit;

namespace Engine.Tests;

/// <summary>Which packages a project may use. A new one needs a sentence of defence: its row in the README.</summary>
public class PackageTests
{
    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Engine.Sdk"] = [],
        ["Engine.Sandbox"] = [],
        ["Engine.Plugins"] = [],
        ["Engine.Runs"] = [],
        ["Engine.Flows"] = ["Microsoft.CodeAnalysis.CSharp.Scripting", "Microsoft.CodeAnalysis.Analyzers", "YamlDotNet"],
        ["Engine.Storage"] = ["Microsoft.Data.Sqlite", "Npgsql"],
        ["Engine.Host"] = ["Microsoft.AspNetCore.OpenApi", "QRCoder", "Spectre.Console", "System.CommandLine"],
    };

    private static readonly string[] MayUseAspNetCore = ["Engine.Host", "Engine.Sandbox"];

    [Fact]
    public void An_engine_project_uses_only_its_own_packages()
    {
        foreach (var project in Repository.Projects("engine"))
        {
            Assert.Empty(project.Packages.Except(MayUse.GetValueOrDefault(project.Name, [])).Select(name => $"{project} must not use {name}"));
        }
    }

    [Fact]
    public void Only_the_host_and_the_sandbox_see_the_web_server()
    {
        var web = Repository.Projects("engine").Where(project => project.IsWeb || project.Frameworks.Any()).Select(project => project.Name);

        Assert.Empty(web.Except(MayUseAspNetCore));
    }

    [Fact]
    public void Plugins_bring_no_packages_without_a_sentence_of_defence() =>
        Assert.Empty(Repository.Projects("plugins").SelectMany(project => project.Packages));

    [Fact]
    public void Versions_stand_in_one_place()
    {
        var own = Repository.Files("", "*.csproj")
            .Where(file => XDocument.Load(file).Descendants("PackageReference").Any(reference => reference.Attribute("Version") is not null));

        Assert.Empty(own);
    }

    [Fact]
    public void Every_project_has_a_lock_file() =>
        Assert.Empty(Repository.Files("", "*.csproj")
            .Where(file => !File.Exists(Path.Combine(Path.GetDirectoryName(file) ?? "", "packages.lock.json"))).ToList());

    [Fact]
    public void Every_package_has_a_row_in_the_readme()
    {
        var rows = File.ReadLines(Repository.Path("README.md")).Where(line => line.StartsWith('|')).ToList();

        Assert.Empty(CentralPackages().Where(name => !rows.Any(row => row.Split('|')[1].Contains($"`{name}`", StringComparison.Ordinal))).ToList());
    }

    [Fact]
    public void Every_central_package_is_used_by_a_project()
    {
        var used = Repository.Files("", "*.csproj").Concat(Repository.Files("", "Directory.Build.props"))
            .SelectMany(file => XDocument.Load(file).Descendants("PackageReference"))
            .Select(reference => reference.Attribute("Include")?.Value ?? "");

        Assert.Empty(CentralPackages().Except(used));
    }

    private static IEnumerable<string> CentralPackages() =>
        XDocument.Load(Repository.Path("Directory.Packages.props")).Descendants("PackageVersion")
            .Select(package => package.Attribute("Include")?.Value ?? "");
}
