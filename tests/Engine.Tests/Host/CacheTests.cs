using System.Diagnostics;
using System.Text;
using Engine.Flows;
using Engine.Host;
using Engine.Plugins;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Engine.Tests.Host;

public sealed class CacheTests : IDisposable
{
    private const string Good = """
        public record In(string Text);
        public record Out(string Text);
        [Provider("good")]
        public class GoodProvider
        {
            [Operation(Effect.Safe)]
            public Task<Result<Out>> SayAsync(In input, CancellationToken cancellation) => Task.FromResult<Result<Out>>(new Out(input.Text));
        }
        """;

    private readonly string root = Directory.CreateTempSubdirectory("engine-cache-").FullName;
    private readonly PluginFolders folders = new();
    private readonly HttpMessageInvoker http = new(ScriptedProvider.Answering(200, "{}"));
    private readonly byte[] key = [.. Enumerable.Range(0, 32).Select(one => (byte)one)];

    public void Dispose()
    {
        http.Dispose();
        folders.Dispose();
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public void A_flow_comes_back_as_it_went_in_with_its_warnings_at_the_places_of_its_new_file()
    {
        var first = Cache().Check(Source("a.yaml"), Catalog.Empty, default);
        var second = Cache().Check(Source("elsewhere/b.yaml"), Catalog.Empty, default);

        Assert.NotSame(first.Flow, second.Flow);
        Assert.Equal(first.Flow!.Image.ToArray(), second.Flow!.Image.ToArray());
        Assert.Equal(Told(first.Flow!), Told(second.Flow));
        Assert.NotEmpty(first.Findings);
        Assert.Equal(first.Text, second.Text);
        Assert.Equal(
            first.Findings.Select(finding => finding with { Place = finding.Place with { File = "elsewhere/b.yaml" } }), second.Findings);
        Assert.Equal("Hello Ann", Evaluated(second.Flow));
    }

    [Theory]
    [InlineData("telegram-qr.yaml")]
    [InlineData("telegram-code.yaml")]
    public void A_shipped_flow_comes_back_as_it_went_in(string name)
    {
        using var plugins = PluginCatalog.Load([PluginFolders.Shipped], folders.Builds, http, TimeProvider.System);
        var source = new FlowSource(name, File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "workflows", name)));
        var first = Cache().Check(source, plugins.Catalog, default).Flow!;
        var second = Cache().Check(source, plugins.Catalog, default).Flow!;

        Assert.NotSame(first, second);
        Assert.Equal(first.Image.ToArray(), second.Image.ToArray());
        Assert.Equal(Told(first), Told(second));
    }

    [Fact]
    public void Every_byte_of_an_entry_is_vouched_for()
    {
        Cache().Check(Source("a.yaml"), Catalog.Empty, default);
        var file = Entry();
        var whole = File.ReadAllBytes(file);
        var name = $"{Path.GetFileName(Path.GetDirectoryName(file))}/{Path.GetFileNameWithoutExtension(file)}";

        Assert.NotNull(FlowCacheEntry.Read(name, whole, key));
        for (var at = 0; at < whole.Length; at += 7)
        {
            var flipped = whole.ToArray();
            flipped[at] ^= 1;
            Assert.Null(FlowCacheEntry.Read(name, flipped, key));
        }
        Assert.Null(FlowCacheEntry.Read(name, whole[..^1], key));
        Assert.Null(FlowCacheEntry.Read(name, [], key));
        Assert.Null(FlowCacheEntry.Read(name + "0", whole, key));
    }

    [Fact]
    public void An_entry_that_was_damaged_or_planted_is_passed_over_and_written_anew()
    {
        var strange = key.Select(one => (byte)(one ^ 0xFF)).ToArray();
        var planted = new FlowCache(new FlowCacheFolder(root, TimeProvider.System, NullLogger.Instance), strange);
        planted.Check(Source("a.yaml"), Catalog.Empty, default);
        var bytes = File.ReadAllBytes(Entry());

        Assert.NotNull(Cache().Check(Source("a.yaml"), Catalog.Empty, default).Flow);
        var own = File.ReadAllBytes(Entry());
        Assert.NotEqual(bytes, own);

        File.WriteAllBytes(Entry(), own[..(own.Length / 2)]);
        Assert.NotNull(Cache().Check(Source("a.yaml"), Catalog.Empty, default).Flow);
        Assert.Equal(own, File.ReadAllBytes(Entry()));
    }

    [Fact]
    public void Another_build_of_a_plugin_is_another_entry_and_both_stay()
    {
        folders.Write("Good", Good);
        using var plugins = PluginCatalog.Load([folders.Plugins], folders.Builds, http, TimeProvider.System);
        var (first, old) = (Cache().Check(Calling, plugins.Catalog, default).Flow!, plugins.Catalog);
        folders.Write("Good", Good + "public record More(int X);");
        plugins.Refresh();

        var second = Cache().Check(Calling, plugins.Catalog, default).Flow!;

        Assert.NotEqual(first.Providers["good"], second.Providers["good"]);
        Assert.Equal(2, Directory.EnumerateFiles(root, "*.flow", SearchOption.AllDirectories).Count());
        Assert.Equal(first.Version, Cache().Check(Calling, old, default).Flow!.Version);
    }

    [Fact]
    public void A_flow_that_is_wrong_is_not_kept_nor_is_one_that_was_not_judged_taken_for_judged()
    {
        Assert.Null(Cache().Check(Source("a.yaml", "flow: a\nsteps: nonsense"), Catalog.Empty, default).Flow);
        Assert.False(Directory.Exists(root) && Directory.EnumerateFiles(root, "*.flow", SearchOption.AllDirectories).Any());

        Cache().Recompile(Source("a.yaml"), Catalog.Empty, default);
        Assert.NotEmpty(Cache().Check(Source("a.yaml"), Catalog.Empty, default).Findings);
    }

    [Fact]
    public void The_oldest_entries_go_when_there_are_too_many()
    {
        var folder = new FlowCacheFolder(root, TimeProvider.System, NullLogger.Instance);
        for (var i = 0; i < 8; i++)
        {
            folder.Write($"group{i}", "name", new byte[100]);
            File.SetLastWriteTimeUtc(Path.Combine(root, $"group{i}", "name.flow"), DateTime.UnixEpoch.AddYears(40).AddDays(i));
        }

        folder.Trim(800);
        Assert.Equal(8, Directory.EnumerateDirectories(root).Count());
        folder.Trim(799);
        Assert.Equal(["group3", "group4", "group5", "group6", "group7"], Directory.EnumerateDirectories(root).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_cache_that_cannot_be_written_hinders_nobody()
    {
        var blocked = Path.Combine(root, "file");
        File.WriteAllText(blocked, "");
        var cache = new FlowCache(new FlowCacheFolder(blocked, TimeProvider.System, NullLogger.Instance), key);

        Assert.NotNull(cache.Check(Source("a.yaml"), Catalog.Empty, default).Flow);
    }

    [Fact]
    public void A_server_with_a_warm_cache_never_loads_the_compiler()
    {
        Directory.CreateDirectory(Path.Combine(root, "flows"));
        File.WriteAllText(Path.Combine(root, "flows", "ask.yaml"), Samples.Ask);

        Assert.Contains("Microsoft.CodeAnalysis.CSharp", AssembliesOfARun(), StringComparison.Ordinal);
        Assert.DoesNotContain("Microsoft.CodeAnalysis", AssembliesOfARun(), StringComparison.Ordinal);
    }

    private static string Told(CompiledFlow flow) =>
        System.Text.Json.JsonSerializer.Serialize(new FlowCacheEntry(true, [], flow with { Image = [] }), FlowCacheJson.Default.FlowCacheEntry);

    private static string? Evaluated(CompiledFlow flow)
    {
        var loaded = LoadedFlow.Load(flow, _ => null);
        var scope = loaded.NewScope();
        scope.Set(RootSlots.Input, System.Text.Json.JsonSerializer.Deserialize("""{"name":"Ann"}""", loaded.SlotType(RootSlots.Input), loaded.Json));
        var prompt = flow.Steps.OfType<CompiledStep.Prompt>().First();
        return scope.Value(prompt.Text!.ByLanguage["en"]) as string;
    }

    private FlowCache Cache() => new(new FlowCacheFolder(root, TimeProvider.System, NullLogger.Instance), key);

    private string Entry() => Assert.Single(Directory.EnumerateFiles(root, "*.flow", SearchOption.AllDirectories));

    private static FlowSource Source(string path, string text = Samples.Ask) => new(path, Encoding.UTF8.GetBytes(text));

    private static FlowSource Calling { get; } = Source("calling.yaml", """
        flow: calling
        title: { en: Say }
        languages: [en]
        uses: { good: good }
        steps:
          - call: good.say
            with: { text: hello }
          - done:
        """);

    /// <summary>Runs the flow by the command line in a process of its own, and gives the names of all assemblies that it loaded.</summary>
    private string AssembliesOfARun()
    {
        var loads = Path.Combine(root, "loads.txt");
        File.Delete(loads);
        folders.Write("Hook", $$"""
            internal static class StartupHook
            {
                public static void Initialize() => System.AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) =>
                    System.IO.File.AppendAllText(@"{{loads}}", loaded.LoadedAssembly.GetName().Name + "\n");
            }
            """, usings: "");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Engine.Host.dll"), "run", "ask", "--json", "--answer", "pin=1234", "--answer", "sure=true",
            "--data", Path.Combine(root, "data"), "--key-file", Path.Combine(root, "keys", "engine.key"), "--flows", Path.Combine(root, "flows"),
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["DOTNET_STARTUP_HOOKS"] = Path.Combine(folders.Plugins, "Hook", "Hook.dll");
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output + errors.Result);
        return File.ReadAllText(loads);
    }
}
