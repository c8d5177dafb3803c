using System.CommandLine;
using Engine.Host;
using Engine.Plugins;
using Xunit;

namespace Engine.Tests;

public sealed class AllowedPluginsTests : IDisposable
{
    private const string Good = """
        public record In(string Text); public record Out(string Text);
        [Provider("good")]
        public class GoodProvider
        {
            [Operation(Effect.Safe)]
            public Task<Result<Out>> SayAsync(In input, CancellationToken cancellation) => Task.FromResult<Result<Out>>(new Out(input.Text));
        }
        """;

    private readonly PluginFolders folders = new();
    private readonly HttpMessageInvoker http = new(ScriptedProvider.Answering(200, "{}"));
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    private string KeyFile => Path.Combine(folders.Builds, "keys", "engine.key");

    private string ListFile => new EngineOptions { KeyFile = KeyFile }.AllowedPluginsFile;

    private string Folder => Path.Combine(folders.Plugins, "Good");

    public void Dispose()
    {
        output.Dispose();
        error.Dispose();
        http.Dispose();
        folders.Dispose();
    }

    [Fact]
    public void A_folder_that_was_not_allowed_is_not_loaded_and_the_message_says_how_to_allow_it()
    {
        folders.Write("Good", Good);

        using var plugins = Load();

        Assert.Empty(plugins.Catalog.Providers);
        var problem = Assert.Single(plugins.Problems);
        Assert.Matches($"^build [0-9a-f]{{64}} is not allowed on this engine; who trusts it says so with 'engine plugin allow {Folder}'$", problem.Message);
    }

    [Fact]
    public async Task A_folder_that_was_allowed_is_loaded_until_a_file_of_it_changes()
    {
        folders.Write("Good", Good);
        using var plugins = Load();

        Assert.Equal(0, await RunAsync("allow", Folder));
        plugins.Refresh();
        var provider = Assert.Single(plugins.Catalog.Providers);
        Assert.Equal($"good  build {provider.Build}\n  say (safe)\nallowed\n", output.ToString().ReplaceLineEndings("\n"));

        folders.WriteFile("Good", "Extra.dll", [1]);
        plugins.Refresh();

        Assert.Contains("is not allowed on this engine", Assert.Single(plugins.Problems).Message, StringComparison.Ordinal);
        Assert.Equal(provider.Build, Assert.Single(plugins.Catalog.Providers).Build);
    }

    [Fact]
    public async Task Allowing_twice_changes_nothing()
    {
        folders.Write("Good", Good);
        await RunAsync("allow", Folder);
        var list = await File.ReadAllTextAsync(ListFile);

        Assert.Equal(0, await RunAsync("allow", Folder));

        Assert.EndsWith("was allowed before\n", output.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(list, await File.ReadAllTextAsync(ListFile));
    }

    [Fact]
    public async Task Allowing_runs_none_of_the_plugins_code()
    {
        var marker = Path.Combine(folders.Plugins, "ran");
        folders.Write("Good", Good + $$"""
            static class Start { [ModuleInitializer] internal static void Run() => System.IO.File.WriteAllText(@"{{marker}}", ""); }
            """);

        await RunAsync("allow", Folder);
        await RunAsync("list", "--plugins", folders.Plugins);

        Assert.False(File.Exists(marker));
        Assert.EndsWith("  allowed\n", output.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_that_is_kept_in_the_data_folder_is_not_loaded_either_once_its_line_is_gone()
    {
        folders.Write("Good", Good);
        await RunAsync("allow", Folder);
        string build;
        using (var before = Load()) build = Assert.Single(before.Catalog.Providers).Build;
        File.Delete(ListFile);

        using var after = Load();

        Assert.Null(after.FindProvider("good", build));
    }

    [Fact]
    public void A_plugin_that_came_with_the_engine_is_allowed_and_stays_so_for_its_runs()
    {
        folders.Write("Good", Good);
        string build;
        using (var before = Load(shipped: folders.Plugins)) build = Assert.Single(before.Catalog.Providers).Build;
        Directory.Delete(Folder, recursive: true);

        using var after = Load();

        Assert.NotNull(after.FindProvider("good", build));
    }

    [Fact]
    public async Task A_folder_that_holds_no_plugin_is_not_allowed()
    {
        folders.WriteFile("Good", "readme.txt", [1]);

        Assert.Equal(1, await RunAsync("allow", Folder));

        Assert.Contains("is not the folder of one built plugin: that holds its dll", error.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(ListFile));
    }

    private PluginCatalog Load(string shipped = "none") => PluginCatalog.Load(
        [folders.Plugins], folders.Builds, http, TimeProvider.System, new AllowedPlugins(ListFile, shipped, TimeProvider.System));

    private Task<int> RunAsync(params string[] arguments) => CommandLine.RunAsync(
        new RootCommand { PluginCommand.Create() }, ["plugin", .. arguments, "--key-file", KeyFile], output, error, default);
}
