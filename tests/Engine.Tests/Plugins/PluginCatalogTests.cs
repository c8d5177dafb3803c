using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Engine.Plugins;
using Engine.Sdk;
using Xunit;

namespace Engine.Tests;

public sealed class PluginCatalogTests : IDisposable
{
    private const string Good = """
        public record In(string Text, string? Extra = null);
        public record Out(string Text, Mood Mood);
        public enum Mood { Unknown, Fine }
        [Provider("good")]
        public class GoodProvider
        {
            [Operation(Effect.Once, Creates = true)]
            [Fails("too_long", When = nameof(In.Extra), Class = FailureClass.Account, Retry = RetryAdvice.After, En = "Too long.", Ru = "Слишком длинно.")]
            public Task<Result<Out>> SayTwiceAsync(In input, CancellationToken cancellation) =>
                Task.FromResult<Result<Out>>(new Out(input.Text + input.Text, Mood.Fine));
        }
        """;

    private readonly PluginFolders folders = new();
    private readonly HttpMessageInvoker http = new(ScriptedProvider.Answering(200, "{}"));

    public void Dispose()
    {
        http.Dispose();
        folders.Dispose();
    }

    [Fact]
    public void A_plugin_is_described_from_its_metadata()
    {
        folders.Write("Good", Good);

        using var plugins = Load();

        Assert.Empty(plugins.Problems);
        var provider = Assert.Single(plugins.Catalog.Providers);
        Assert.Equal(("good", "Good", 64), (provider.Name, provider.AssemblyName, provider.Build.Length));
        Assert.Equal(File.ReadAllBytes(Path.Combine(folders.Plugins, "Good", "Good.dll")), provider.Image);
        var operation = Assert.Single(provider.Operations);
        Assert.Equal(("say_twice", "In", "Out", Effect.Once, true), (operation.Name, operation.InputType, operation.OutputType, operation.Effect, operation.Creates));
        var failure = Assert.Single(operation.Failures);
        Assert.Equal(("too_long", "extra", FailureClass.Account, RetryAdvice.After), (failure.Code, failure.When, failure.Class, failure.Retry));
        Assert.Equal(("Too long.", "Слишком длинно."), (failure.Text["en"], failure.Text["ru"]));
    }

    [Fact]
    public void Looking_at_a_plugin_runs_none_of_its_code()
    {
        var marker = Path.Combine(folders.Builds, "ran");
        folders.Write("Good", Good + $$"""
            static class Start { [ModuleInitializer] internal static void Run() => System.IO.File.WriteAllText(@"{{marker}}", ""); }
            """);

        using var plugins = Load();

        Assert.Single(plugins.Catalog.Providers);
        Assert.False(File.Exists(marker));
        Assert.Null(plugins.Try("good", Build(plugins, "good"), ProviderSettings.None));
        Assert.True(File.Exists(marker));
    }

    [Theory]
    [InlineData("public class Nothing;", "'Bad' has no class marked with [Provider]")]
    [InlineData("""[Provider("Bad-Name")] public class P { public void X() {} }""", """[Provider("Bad-Name")] on 'P': the name must be snake_case, such as my_provider""")]
    [InlineData("""[Provider("bad")] class P { }""", "'P' must be a public class, neither abstract nor generic")]
    [InlineData("""[Provider("bad")] public class P { public P() {} public P(int x) {} }""", "'P' must have one public constructor, not 2")]
    [InlineData("""[Provider("bad")] public class P { public P(string x) {} }""", "the constructor of 'P' may take its settings record, ProviderHttp and TimeProvider, nothing else")]
    [InlineData("""[Provider("bad")] public class P { public P(S s) {} } public record S(int X);""", "'S' must have a public constructor without parameters")]
    [InlineData("""[Provider("bad")] public class P { public P(S s) {} } public record S { public DateTime X { get; init; } }""", "setting 'S.X' must be a string, int, bool, Uri or Secret")]
    [InlineData("""[Provider("bad")] public class P { }""", "'P' has no method marked with [Operation]")]
    [InlineData("[Operation(Effect.Safe)] static Task<Result<Out>> DoAsync(In i, CancellationToken c) => throw null!;", "operation 'P.DoAsync' must be a public instance method without type parameters")]
    [InlineData("[Operation(Effect.Safe)] public Task<Result<Out>> Do(In i, CancellationToken c) => throw null!;", "operation 'P.Do' must have a name that ends in Async")]
    [InlineData("[Operation(Effect.Safe)] public Task<Result<Out>> DoAsync(In i) => throw null!;", "operation 'P.DoAsync' must take one public record of its own assembly, then a CancellationToken")]
    [InlineData("[Operation(Effect.Safe)] public Task<Result<Out>> DoAsync(string i, CancellationToken c) => throw null!;", "operation 'P.DoAsync' must take one public record of its own assembly, then a CancellationToken")]
    [InlineData("[Operation(Effect.Safe)] public Task<Out> DoAsync(In i, CancellationToken c) => throw null!;", "operation 'P.DoAsync' must return Task<Result<T>>, T being a public record of its own assembly")]
    [InlineData("[Operation(Effect.Safe)] public Task<Result<string>> DoAsync(In i, CancellationToken c) => throw null!;", "operation 'P.DoAsync' must return Task<Result<T>>, T being a public record of its own assembly")]
    [InlineData("[Operation(Effect.Safe)] public Task<Result<Deep>> DoAsync(In i, CancellationToken c) => throw null!;", "operation 'P.DoAsync': the answer's enum 'Color' must have a member Unknown, for what the provider may say in future")]
    [InlineData("""[Operation(Effect.Safe), Fails("Oops", En = "a", Ru = "b")] public Task<Result<Out>> DoAsync(In i, CancellationToken c) => throw null!;""", "operation 'P.DoAsync': the failure 'Oops' must be snake_case")]
    [InlineData("""[Operation(Effect.Safe), Fails("internal", En = "a", Ru = "b")] public Task<Result<Out>> DoAsync(In i, CancellationToken c) => throw null!;""", "operation 'P.DoAsync': the failure 'internal' is one that any operation may end with; it is not declared")]
    [InlineData("""[Operation(Effect.Safe), Fails("oops", When = "Y", En = "a", Ru = "b")] public Task<Result<Out>> DoAsync(In i, CancellationToken c) => throw null!;""", "operation 'P.DoAsync': the failure 'oops' is about 'Y', which 'In' does not have")]
    [InlineData("""[Operation(Effect.Safe), Fails("oops", En = "a")] public Task<Result<Out>> DoAsync(In i, CancellationToken c) => throw null!;""", "operation 'P.DoAsync': the failure 'oops' needs a text in both languages, En and Ru")]
    [InlineData("""[Operation(Effect.Safe), Fails("oops", En = "a", Ru = "b"), Fails("oops", En = "a", Ru = "b")] public Task<Result<Out>> DoAsync(In i, CancellationToken c) => throw null!;""", "operation 'P.DoAsync' declares the failure 'oops' twice")]
    [InlineData("""[Operation(Effect.Once, Role = OperationRole.Refresh)] public Task<Result<Out>> DoAsync(In i, CancellationToken c) => throw null!;""", "operation 'P.DoAsync' has the role Refresh; [Provider] must name its Credentials")]
    [InlineData("""[Operation(Effect.Once, Role = OperationRole.Probe)] public Task<Result<Out>> DoAsync(In i, CancellationToken c) => throw null!;""", "operation 'P.DoAsync' has the role Probe; its effect must be Safe")]
    [InlineData("""[Operation(Effect.Once, Role = OperationRole.Revoke)] public Task<Result<Out>> DoAsync(In i, CancellationToken c) => throw null!;""", "operation 'P.DoAsync' has the role Revoke; its effect must be Idempotent, since it may be repeated")]
    [InlineData("""[Operation(Effect.Safe, Every = "6h")] public Task<Result<Out>> DoAsync(In i, CancellationToken c) => throw null!;""", "operation 'P.DoAsync': Every belongs to an operation with the role Probe")]
    [InlineData("""[Operation(Effect.Safe, Role = OperationRole.Probe, Every = "often")] public Task<Result<Out>> DoAsync(In i, CancellationToken c) => throw null!;""", "operation 'P.DoAsync': Every must be a duration of at least 10s, such as 6h or 30d, not 'often'")]
    [InlineData("""[Operation(Effect.Safe), Fails("oops", Health = ConnectionHealth.Unclaimed, En = "a", Ru = "b")] public Task<Result<Out>> DoAsync(In i, CancellationToken c) => throw null!;""", "operation 'P.DoAsync': the failure 'oops' cannot mean the health Unclaimed, which the engine alone knows")]
    [InlineData("""[Operation(Effect.Safe, Role = OperationRole.Probe)] public Task<Result<Out>> OneAsync(In i, CancellationToken c) => throw null!; [Operation(Effect.Safe, Role = OperationRole.Probe)] public Task<Result<Out>> TwoAsync(In i, CancellationToken c) => throw null!;""", "'P' has several operations with the role Probe: one, two; one is right")]
    [InlineData("""[Provider("bad", Credentials = typeof(string))] public class P { public record O(int X); [Operation(Effect.Safe)] public Task<Result<Q>> DoAsync(Q i, CancellationToken c) => throw null!; } public record Q(int X);""", "the credentials 'String' of 'P' must be a public record of the plugin's own assembly")]
    [InlineData("""[Provider("bad", Credentials = typeof(T))] public class P { [Operation(Effect.Once, Role = OperationRole.Refresh)] public Task<Result<Q>> DoAsync(Q i, CancellationToken c) => throw null!; } public record Q(int X); public record T(Secret A);""", "operation 'P.DoAsync' has the role Refresh; it must return the credentials, 'T'")]
    [InlineData("""[Provider("bad", Credentials = typeof(T))] public class P { [Operation(Effect.Once, Role = OperationRole.Refresh)] public Task<Result<T>> DoAsync(Q i, CancellationToken c) => throw null!; } public record Q(Secret B); public record T(Secret A);""", "operation 'P.DoAsync' needs 'B', a secret that the credentials do not have; nothing else can give it")]
    [InlineData("""[Provider("bad", Credentials = typeof(T))] public class P { [Operation(Effect.Safe)] public Task<Result<T>> DoAsync(T i, CancellationToken c) => throw null!; } public record T(Secret A, int ExpiresAt);""", "'T.ExpiresAt' of the credentials of 'P' must be a DateTimeOffset")]
    public void A_plugin_that_is_wrong_says_how_and_the_others_are_there_all_the_same(string source, string message)
    {
        folders.Write("Good", Good);
        folders.Write("Bad", source.Contains("class", StringComparison.Ordinal) ? source : $$"""
            public record In(int X); public record Out(int X); public enum Color { Red } public record Deep(Color[]? Colors);
            [Provider("bad")] public class P { {{source}} }
            """);

        using var plugins = Load();

        Assert.Equal($"plugin 'Bad': {message}", Assert.Single(plugins.Problems).ToString());
        Assert.NotNull(plugins.Catalog.FindProvider("good"));
    }

    [Fact]
    public void A_folder_without_a_plugin_says_what_is_missing()
    {
        folders.WriteFile("Empty", "readme.txt", "hello"u8.ToArray());

        using var plugins = Load();

        Assert.Equal(
            "plugin 'Empty': there is no dll with its .deps.json beside it (build the class library with EnableDynamicLoading and copy its whole output), "
            + "and no file NAME.provider.yaml",
            Assert.Single(plugins.Problems).ToString());
    }

    [Fact]
    public void A_folder_with_two_plugins_says_so()
    {
        folders.Write("Good", Good);
        folders.WriteFile("Good", "Other.dll", [1]);
        folders.WriteFile("Good", "Other.deps.json", [1]);

        using var plugins = Load();

        Assert.Equal("plugin 'Good': there are several plugins (Good, Other); each needs a folder of its own", Assert.Single(plugins.Problems).ToString());
    }

    [Fact]
    public void A_file_that_is_no_assembly_says_so()
    {
        folders.WriteFile("Broken", "Broken.dll", "not an assembly"u8.ToArray());
        folders.WriteFile("Broken", "Broken.deps.json", """{"runtimeTarget":"a","targets":{},"libraries":{}}"""u8.ToArray());

        using var plugins = Load();

        Assert.StartsWith("plugin 'Broken': 'Broken.dll' cannot be loaded: ", Assert.Single(plugins.Problems).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData("""{"runtimeTarget":{"name":5},"targets":{},"libraries":{}}""")]
    [InlineData("""{"runtimeTarget":{"name":"a"},"targets":{"a":[]},"libraries":{}}""")]
    [InlineData("""{"runtimeTarget":{"name":"a"},"targets":{"a":{"B/1":{"runtime":5}}},"libraries":{}}""")]
    [InlineData("""{"runtimeTarget":{"name":"a"},"targets":{"a":{"B/1":{"runtimeTargets":{"x":{"rid":"unix"}}}}},"libraries":{}}""")]
    [InlineData("""{"runtimeTarget":{"name":"a"},"targets":{"a":{"B/1":{"runtime":{"b.dll":{}}}}},"libraries":{"B/1":{}}}""")]
    public void A_damaged_deps_file_is_told_and_does_not_end_the_process(string deps)
    {
        folders.Write("Good", Good);
        folders.WriteFile("Good", "Good.deps.json", System.Text.Encoding.UTF8.GetBytes(deps));

        using var plugins = Load();

        Assert.Equal("plugin 'Good': 'Good.deps.json' is damaged; build the plugin again", Assert.Single(plugins.Problems).ToString());
    }

    [Fact]
    public void A_dependency_that_the_plugin_does_not_bring_is_missing_even_where_the_host_has_it()
    {
        folders.Write("Needy", """[Provider("needy")] public class P { } public class Q : YamlDotNet.Core.YamlException { public Q() : base("") { } }""");

        using var plugins = Load();

        Assert.Equal(
            "plugin 'Needy': 'Needy' needs 'YamlDotNet.dll', which the plugin folder lacks", Assert.Single(plugins.Problems).ToString());
    }

    [Fact]
    public void A_plugin_folder_that_does_not_exist_is_a_problem()
    {
        using var plugins = PluginCatalog.Load(["/nowhere/plugins"], folders.Builds, http, TimeProvider.System);

        Assert.Equal("plugin '/nowhere/plugins': the folder does not exist", Assert.Single(plugins.Problems).ToString());
    }

    [Fact]
    public void Two_plugins_do_not_share_a_provider_name()
    {
        folders.Write("A", Good);
        folders.Write("B", Good);

        using var plugins = Load();

        Assert.Equal("plugin 'B': there is a provider 'good' already; its name must be another", Assert.Single(plugins.Problems).ToString());
        Assert.Equal("A", Assert.Single(plugins.Catalog.Providers).AssemblyName);
    }

    [Fact]
    public async Task A_replaced_plugin_is_taken_over_and_the_old_build_stays_callable_while_it_is_pinned()
    {
        folders.Write("Good", Good);
        using var plugins = Load();
        var old = Build(plugins, "good");

        folders.Write("Good", Good.Replace("input.Text + input.Text", "\"new\"", StringComparison.Ordinal));
        plugins.Refresh();
        plugins.RemoveUnused(new HashSet<string> { old });

        Assert.NotEqual(old, Build(plugins, "good"));
        Assert.Equal("abab", await SayAsync(plugins, old));
        Assert.Equal("new", await SayAsync(plugins, Build(plugins, "good")));
    }

    [Fact]
    public async Task A_pinned_build_outlives_the_process_and_its_plugin_folder()
    {
        folders.Write("Good", Good);
        using var before = Load();
        var build = Build(before, "good");
        before.Dispose();
        Directory.Delete(Path.Combine(folders.Plugins, "Good"), recursive: true);

        using var after = Load();

        Assert.Empty(after.Catalog.Providers);
        Assert.Equal("abab", await SayAsync(after, build));
        after.RemoveUnused(ImmutableHashSet<string>.Empty);
        Assert.Null(after.FindAssembly("good", build));
    }

    [Fact]
    public void A_stored_build_that_was_tampered_with_is_not_run()
    {
        folders.Write("Good", Good);
        using var before = Load();
        var build = Build(before, "good");
        File.AppendAllText(Path.Combine(folders.Builds, build, "Good.deps.json"), " ");

        using var repaired = Load();
        Assert.NotNull(repaired.FindAssembly("good", build));

        File.AppendAllText(Path.Combine(folders.Builds, build, "Good.deps.json"), " ");
        Directory.Delete(Path.Combine(folders.Plugins, "Good"), recursive: true);
        using var after = Load();
        Assert.Null(after.FindAssembly("good", build));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_unloaded_build_is_freed(bool isShipped)
    {
        folders.Write("Good", Good);
        var assembly = isShipped ? UseShippedAndUnload() : UseAndUnload();

        for (var i = 0; i < 50 && assembly.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(assembly.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference UseAndUnload()
    {
        using var plugins = Load();
        var build = Build(plugins, "good");
        SayAsync(plugins, build).GetAwaiter().GetResult();
        return new WeakReference(plugins.FindAssembly("good", build));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference UseShippedAndUnload()
    {
        // Made but not called: the platform's JSON reader keeps types that it has read for about a second longer.
        using var plugins = PluginCatalog.Load([PluginFolders.Shipped], folders.Builds, http, TimeProvider.System);
        var build = Build(plugins, "radist");
        Assert.Null(plugins.Try("radist", build, new ProviderSettings([new("api_key", "k"), new("company_id", "1")])));
        return new WeakReference(plugins.FindAssembly("radist", build));
    }

    private static async Task<string?> SayAsync(PluginCatalog plugins, string build)
    {
        var type = plugins.FindAssembly("good", build)?.GetType("In") ?? throw new InvalidOperationException();
        var outcome = await plugins.CallAsync("good", build, "say_twice", Activator.CreateInstance(type, "ab", null)!, ProviderSettings.None, default);
        var answer = Assert.IsType<CallOutcome.Answered>(outcome).Value;
        return (string?)answer.GetType().GetProperty("Text")?.GetValue(answer);
    }

    private static string Build(PluginCatalog plugins, string provider) => plugins.Catalog.FindProvider(provider)?.Build ?? "";

    private PluginCatalog Load() => PluginCatalog.Load([folders.Plugins], folders.Builds, http, TimeProvider.System);
}
