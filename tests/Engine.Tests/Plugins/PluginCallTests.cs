using Engine.Plugins;
using Engine.Sdk;
using Xunit;

namespace Engine.Tests;

public sealed class PluginCallTests : IDisposable
{
    private readonly PluginFolders folders = new();
    private readonly SteppedTime time = new();
    private readonly HttpMessageInvoker http = new(ScriptedProvider.Answering(200, "{}"));

    public void Dispose()
    {
        http.Dispose();
        folders.Dispose();
    }

    [Theory]
    [InlineData("throw new InvalidOperationException(\"secret\");", "internal", "p.do: the plugin threw System.InvalidOperationException", true)]
    [InlineData("throw new OperationCanceledException();", "internal", "p.do: the plugin threw System.OperationCanceledException", true)]
    [InlineData("return default;", "internal", "p.do: the plugin gave neither an answer nor a failure", true)]
    [InlineData("return new Failure(\"oops\", \"secret\");", "internal", "p.do: the plugin gave the failure 'oops', which the operation does not declare", false)]
    [InlineData("return new Failure(\"known\", \"a word\");", "known", "a word", false)]
    [InlineData("return new Failure(\"provider_down\", \"a word\", IsInDoubt: true);", "provider_down", "a word", true)]
    public async Task What_a_plugin_does_wrong_becomes_a_failure_that_tells_no_secret(string body, string code, string message, bool isInDoubt)
    {
        var outcome = await CallAsync(Source(body));

        Assert.Equal(new Failure(code, message, IsInDoubt: isInDoubt), Assert.IsType<CallOutcome.Failed>(outcome).Failure);
    }

    [Theory]
    [InlineData("await Task.Delay(-1);")]
    [InlineData("await Task.Delay(-1, cancellation);")]
    [InlineData("while (!cancellation.IsCancellationRequested) Thread.SpinWait(100); Thread.Sleep(200);")]
    public async Task A_call_that_hangs_is_given_up_and_leaves_doubt(string body)
    {
        var call = CallAsync(Source(body + " return new Out(1);"));
        await Task.WhenAny(call, time.TimerSetAsync());
        time.Step(TimeSpan.FromSeconds(60));

        Assert.Equal(
            new Failure("provider_timeout", "p.do: the call took too long", IsInDoubt: true), Assert.IsType<CallOutcome.Failed>(await call).Failure);
    }

    [Fact]
    public async Task Cancelling_a_call_is_not_a_failure()
    {
        using var cancel = new CancellationTokenSource();
        var call = CallAsync(Source("await Task.Delay(-1, cancellation); return new Out(1);"), cancellation: cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_constructor_that_throws_is_told_by_its_type()
    {
        var outcome = await CallAsync(Source("return new Out(1);", constructor: "throw new FormatException(\"secret\");"));

        Assert.Equal(new Failure("internal", "provider 'p': its constructor threw System.FormatException"), Assert.IsType<CallOutcome.Failed>(outcome).Failure);
    }

    [Fact]
    public void A_module_initializer_that_throws_is_told_by_its_type()
    {
        folders.Write("P", Source("return new Out(1);") + """
            static class Start { [ModuleInitializer] internal static void Run() => throw new FormatException("secret"); }
            """);
        using var plugins = PluginCatalog.Load([folders.Plugins], folders.Builds, http, time);

        Assert.Equal(
            new Failure("internal", "provider 'p': the plugin's module initializer threw System.FormatException"),
            plugins.Try("p", plugins.Catalog.Providers.Single().Build, ProviderSettings.None));
    }

    [Theory]
    [InlineData("keyy=a", "provider 'p': there is no setting 'keyy'; there are: address, count, flag, key, name")]
    [InlineData("", "provider 'p': setting 'key' must be set")]
    [InlineData("key=a;count=many", "provider 'p': setting 'count' must be a whole number")]
    [InlineData("key=a;flag=yes", "provider 'p': setting 'flag' must be true or false")]
    [InlineData("key=a;address=ftp://x", "provider 'p': setting 'address' must be an http or https address without a user name")]
    public async Task A_setting_that_is_wrong_is_told_by_its_name(string settings, string message)
    {
        var outcome = await CallAsync(Source("return new Out(1);"), settings);

        Assert.Equal(new Failure("config_error", message), Assert.IsType<CallOutcome.Failed>(outcome).Failure);
    }

    [Fact]
    public async Task Settings_are_bound_by_their_names_in_snake_case()
    {
        var outcome = await CallAsync(
            Source("return new Out(settings.Key.Reveal() == \"k\" && settings.Flag && settings.Address?.Port == 81 && settings.Name == \"anna\" ? settings.Count : -1);"),
            "key=k;flag=true;address=http://x:81/;count=17");

        Assert.Equal("Out { X = 17 }", $"{Assert.IsType<CallOutcome.Answered>(outcome).Value}");
    }

    [Fact]
    public async Task A_build_that_is_not_at_hand_is_told()
    {
        using var plugins = PluginCatalog.Load([folders.Plugins], folders.Builds, http, time);

        var outcome = await plugins.CallAsync("radist", new string('a', 64), "telegram_init", new object(), ProviderSettings.None, default);

        Assert.Equal(new Failure("internal", "provider 'radist' is not loaded in build aaaaaaaa"), Assert.IsType<CallOutcome.Failed>(outcome).Failure);
        Assert.Null(plugins.FindAssembly("radist", "../../etc"));
    }

    [Fact]
    public void Settings_are_equal_by_content_and_tell_only_names()
    {
        var settings = new ProviderSettings([new("b", "secret"), new("a", "1")]);

        Assert.Equal(settings, ProviderSettings.None.With([new("a", "1"), new("b", "secret")]));
        Assert.NotEqual(settings, settings.With([new("a", "2")]));
        Assert.Equal("a, b", settings.ToString());
    }

    private static string Source(string body, string constructor = "") => $$"""
        public record In(int X = 0);
        public record Out(int X);
        public record Settings
        {
            public required Secret Key { get; init; }
            public int Count { get; init; }
            public bool Flag { get; init; }
            public Uri? Address { get; init; }
            public string Name { get; init; } = "anna";
        }

        [Provider("p")]
        public class P
        {
            private readonly Settings settings;

            public P(Settings settings, TimeProvider time, ProviderHttp http) { this.settings = settings; {{constructor}} }

            [Operation(Effect.Safe), Fails("known", En = "a", Ru = "b")]
            public async Task<Result<Out>> DoAsync(In input, CancellationToken cancellation) { await Task.CompletedTask; {{body}} }
        }
        """;

    private async Task<CallOutcome> CallAsync(string source, string settings = "key=k", CancellationToken cancellation = default)
    {
        folders.Write("P", source);
        using var plugins = PluginCatalog.Load([folders.Plugins], folders.Builds, http, time);
        Assert.Empty(plugins.Problems);
        var build = plugins.Catalog.Providers.Single().Build;
        var input = Activator.CreateInstance(plugins.FindAssembly("p", build)!.GetType("In")!, 1)!;
        return await plugins.CallAsync(
            "p", build, "do", input,
            new ProviderSettings(settings.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], pair[1]))),
            cancellation);
    }
}
