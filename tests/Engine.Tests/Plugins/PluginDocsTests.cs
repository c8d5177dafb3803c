using Engine.Plugins;
using Xunit;

namespace Engine.Tests;

public sealed class PluginDocsTests
{
    [Fact]
    public void The_plugin_of_the_documentation_compiles_and_loads()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "engine", "docs", "plugins.md"));
        var start = text.IndexOf("```csharp\n", StringComparison.Ordinal) + "```csharp\n".Length;
        var sample = text[start..text.IndexOf("\n```", start, StringComparison.Ordinal)];
        using var folders = new PluginFolders();
        using var http = new HttpMessageInvoker(ScriptedProvider.Answering(200, "{}"));
        folders.Write("Acme", sample, usings: "");

        using var plugins = PluginCatalog.Load([folders.Plugins], folders.Builds, http, TimeProvider.System);

        Assert.Empty(plugins.Problems);
        var provider = Assert.Single(plugins.Catalog.Providers);
        Assert.Null(plugins.Try("acme", provider.Build, new ProviderSettings([new("api_key", "k")])));
        Assert.Equal("check_code", Assert.Single(provider.Operations).Name);
    }
}
