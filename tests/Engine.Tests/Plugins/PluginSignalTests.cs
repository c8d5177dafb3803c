using System.Collections.Immutable;
using System.Text;
using Engine.Plugins;
using Engine.Sdk;
using Xunit;

namespace Engine.Tests;

public sealed class PluginSignalTests : IDisposable
{
    private const string Source = """
        public record Settings { public string Issuer { get; init; } = "https://as.example"; public string Key { get; init; } = "k"; }
        public record In(string Text);
        public record Out(string Text);
        public record Back(Secret Code, Uri? Referer, int? Level, Mood? Mood, Secret? CodeVerifier, Uri ReturnUrl);
        public record Call(string Text);
        public enum Mood { Unknown, Fine }
        [Provider("good")]
        public class GoodProvider(Settings settings)
        {
            [Operation(Effect.Safe)]
            public Task<Result<Out>> SayAsync(In input, CancellationToken cancellation) => Task.FromResult<Result<Out>>(new Out(input.Text));

            [Redirect(Returns = typeof(Back), Pkce = true)]
            [Fails("denied_by_user", OnError = "access_denied", En = "Denied.", Ru = "Отказано.")]
            public Uri Consent(In input, RedirectVisit visit) => new Uri("https://as.example/authorize?state=" + visit.State.Reveal()
                + "&code_challenge=" + visit.CodeChallenge + "&redirect_uri=" + Uri.EscapeDataString(visit.ReturnUrl.OriginalString) + "&x=" + input.Text);

            [Redirect(Returns = typeof(Back), Issuer = nameof(Settings.Issuer))]
            public Uri Issued(In input, RedirectVisit visit) => new Uri("https://as.example/authorize");

            [Hook(OnRedirect = true)]
            public HookReading<Call> Event(HookRequest request) => request.FindHeader("X-Key") switch
            {
                "throw" => throw new InvalidOperationException(),
                "ping" => HookReading.Ignore(new HookAnswer { Body = "pong" }),
                var key when key == settings.Key => HookReading.Accept(new Call(request.FindQuery("text") ?? ""), "key-1", new HookAnswer { Body = "OK" }),
                _ => HookReading.Refuse("bad_key", 401),
            };
        }
        """;

    private readonly PluginFolders folders = new();
    private readonly HttpMessageInvoker http = new(ScriptedProvider.Answering(200, "{}"));
    private readonly PluginCatalog plugins;
    private readonly string build;

    public PluginSignalTests()
    {
        folders.Write("Good", Source);
        plugins = PluginCatalog.Load([folders.Plugins], folders.Builds, http, TimeProvider.System);
        Assert.Empty(plugins.Problems);
        build = Assert.Single(plugins.Catalog.Providers).Build;
    }

    public void Dispose()
    {
        plugins.Dispose();
        http.Dispose();
        folders.Dispose();
    }

    [Fact]
    public void Redirects_and_hooks_are_described_from_the_metadata()
    {
        var provider = Assert.Single(plugins.Catalog.Providers);
        var consent = provider.FindRedirect("consent");
        var hook = provider.FindHook("event");

        Assert.Equal(("In", "Back", true), (consent?.InputType, consent?.OutputType, consent?.HasPkce));
        Assert.Equal("denied_by_user", consent?.Errors["access_denied"]);
        Assert.Equal(("Call", true), (hook?.PayloadType, hook?.IsOnRedirect));
    }

    [Theory]
    [InlineData("[Redirect(Returns = typeof(Back))] public string Other(In input, RedirectVisit visit) => \"\";", "must take one public record")]
    [InlineData("[Redirect] public Uri Other(In input, RedirectVisit visit) => new Uri(\"https://a\");", "must name a public record")]
    [InlineData("[Redirect(Returns = typeof(Bad))] public Uri Other(In input, RedirectVisit visit) => new Uri(\"https://a\");", "'When' of 'Bad'")]
    [InlineData("[Hook] public HookReading<string> Other(HookRequest request) => HookReading.Ignore();", "must take a HookRequest")]
    [InlineData("[Hook(OnRedirect = true)] public HookReading<Call> Other(HookRequest request) => HookReading.Ignore();", "several hooks with OnRedirect")]
    [InlineData("[Hook] public HookReading<Call> Say(HookRequest request) => HookReading.Ignore();", "called 'say'")]
    public void A_wrong_redirect_or_hook_is_a_problem_of_its_plugin(string member, string says)
    {
        using var other = new PluginFolders();
        other.Write("Good", Source.Replace("[Redirect(Returns = typeof(Back), Pkce", member + " [Redirect(Returns = typeof(Back), Pkce", StringComparison.Ordinal)
            + "public record Bad(DateTimeOffset When);");
        using var loaded = PluginCatalog.Load([other.Plugins], other.Builds, http, TimeProvider.System);

        Assert.Contains(says, Assert.Single(loaded.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_plugin_gives_the_address_of_its_page()
    {
        var input = Input("a");

        var address = plugins.FindAddress(
            "good", build, "consent", input, new RedirectVisit(new Secret("s-1"), new Uri("https://us/r"), "c-1"), ProviderSettings.None).Value;

        Assert.Equal("https://as.example/authorize?state=s-1&code_challenge=c-1&redirect_uri=https%3A%2F%2Fus%2Fr&x=a", address?.OriginalString);
    }

    [Fact]
    public void A_return_is_read_by_the_types_of_its_record()
    {
        var back = Read("consent", ("code", "c"), ("referer", "https://a.example/"), ("level", "7"), ("mood", "new_one"), ("extra", "x")).Value;

        Assert.Equal("Back { Code = ***, Referer = https://a.example/, Level = 7, Mood = Unknown, CodeVerifier = ***, ReturnUrl = https://us/r }", back?.ToString());
    }

    [Fact]
    public void R_09_a_return_that_is_not_as_declared_is_callback_invalid()
    {
        Assert.Equal(Failures.CallbackInvalid, Read("consent").Failure?.Code);
        Assert.Equal(Failures.CallbackInvalid, Read("consent", ("code", "a"), ("code", "b")).Failure?.Code);
        Assert.Equal(Failures.CallbackInvalid, Read("consent", ("code", "a"), ("level", "many")).Failure?.Code);
        Assert.Equal(Failures.CallbackInvalid, Read("consent", ("code", "a\u0000")).Failure?.Code);
        Assert.Equal(Failures.CallbackInvalid, Read("consent", ("code", new string('a', 4097))).Failure?.Code);
    }

    [Theory]
    [InlineData("access_denied", "denied_by_user")]
    [InlineData("server_error", Failures.ProviderDown)]
    [InlineData("invalid_scope", Failures.ConfigError)]
    [InlineData("<script>alert(1)</script>", Failures.CallbackInvalid)]
    public void R_10_the_providers_error_is_a_typed_failure_and_is_never_repeated(string error, string code)
    {
        var failure = Read("consent", ("error", error), ("error_description", "<b>CANARY</b>"), ("code", "x")).Failure;

        Assert.Equal(code, failure?.Code);
        Assert.DoesNotContain("CANARY", failure?.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("script", failure?.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://as.example", true)]
    [InlineData("https://as.example/", false)]
    [InlineData(null, false)]
    public void The_issuer_of_RFC_9207_must_be_the_one_of_the_settings(string? issuer, bool isRead)
    {
        var result = issuer is null ? Read("issued", ("code", "c")) : Read("issued", ("code", "c"), ("iss", issuer));

        Assert.Equal(isRead ? null : Failures.CallbackInvalid, result.Failure?.Code);
    }

    [Fact]
    public async Task A_hook_reads_ignores_or_refuses_a_call_and_its_mistakes_stay_its_own()
    {
        var accepted = Assert.IsType<HookOutcome.Accepted>(await CallAsync("k"));
        Assert.Equal(("Call { Text = hi }", "key-1", "OK"), (accepted.Payload.ToString(), accepted.Key, accepted.Answer.Body));
        Assert.Equal("pong", Assert.IsType<HookOutcome.Ignored>(await CallAsync("ping")).Answer.Body);
        Assert.Equal(("bad_key", 401), Assert.IsType<HookOutcome.Refused>(await CallAsync("other")) is var refused ? (refused.Code, refused.Status) : default);
        Assert.Equal(Failures.Internal, Assert.IsType<HookOutcome.Failed>(await CallAsync("throw")).Failure.Code);
    }

    private object Input(string text) =>
        Activator.CreateInstance(plugins.FindAssembly("good", build)!.GetType("In")!, text)!;

    private Result<object> Read(string redirect, params (string Name, string Value)[] query) => plugins.ReadReturn(
        "good", build, redirect, [.. query.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))], new Secret("v"), new Uri("https://us/r"),
        ProviderSettings.None);

    private Task<HookOutcome> CallAsync(string key) => plugins.ReadHookAsync(
        "good", build, "event",
        new HookRequest(
            "POST", new Uri("https://us/h"), ImmutableDictionary<string, string>.Empty.Add("text", "hi"),
            ImmutableDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase).Add("x-key", key), Encoding.UTF8.GetBytes("{}"),
            DateTimeOffset.UnixEpoch),
        ProviderSettings.None, CancellationToken.None);

}

public sealed class AccountHostsTests
{
    private static readonly AccountHosts Hosts = new("amocrm.ru", "amocrm.com");

    [Theory]
    [InlineData("acme.amocrm.ru", "https://acme.amocrm.ru/")]
    [InlineData("https://acme.amocrm.com", "https://acme.amocrm.com/")]
    [InlineData("https://ACME.amocrm.com/", "https://acme.amocrm.com/")]
    public void R_13_a_host_below_a_known_domain_is_taken(string host, string address) =>
        Assert.Equal(address, Hosts.Find(host)?.AbsoluteUri);

    [Theory]
    [InlineData("amocrm.ru")]
    [InlineData("evilamocrm.ru")]
    [InlineData("amocrm.ru.evil.example")]
    [InlineData("acme.amocrm.ru:8443")]
    [InlineData("user@acme.amocrm.ru")]
    [InlineData("evil.example#.amocrm.ru")]
    [InlineData("evil.example/.amocrm.ru")]
    [InlineData("evil.example?.amocrm.ru")]
    [InlineData("evil.example\\.amocrm.ru")]
    [InlineData("http://acme.amocrm.ru")]
    [InlineData("https://acme.amocrm.ru/path")]
    [InlineData("//acme.amocrm.ru")]
    [InlineData("acme.amocrm.ru.")]
    [InlineData("acme..amocrm.ru")]
    [InlineData(".amocrm.ru")]
    [InlineData("-a.amocrm.ru")]
    [InlineData("a_b.amocrm.ru")]
    [InlineData("xn--80ak6aa92e.amocrm.ru")]
    [InlineData("аcme.amocrm.ru")]
    [InlineData("acme.amocrm.ru\n")]
    [InlineData(" acme.amocrm.ru")]
    [InlineData("acme.аmocrm.ru")]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("")]
    public void R_13_anything_else_is_no_host(string host) => Assert.Null(Hosts.Find(host));
}
