using System.Text.Json;
using Engine.Flows;
using Engine.Host;
using Engine.Plugins;
using Engine.Runs;
using Engine.Sdk;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Engine.Tests.Connections;

public sealed class ConnectionInputTests : IDisposable
{
    private const string Source = """
        public record Tokens(Secret AccessToken, Secret? RefreshToken = null, string? Region = null);
        public record In(Secret AccessToken, int AccountId, string Text, string? Region = null, int Count = 3, Secret? Code = null);
        public record Out(string Text, Secret Key, ShowOnce Picture, Secret[] Keys, Part Part);
        public record Part(int Number, Secret? Inner);
        [Provider("keeper", Credentials = typeof(Tokens), DeletionEn = "Ask them.", DeletionRu = "Попросите их.")]
        public class Keeper
        {
            [Operation(Effect.Safe)]
            public Task<Result<Out>> SayAsync(In input, CancellationToken cancellation) => Task.FromResult<Result<Out>>(new Out(
                $"{input.AccessToken.Reveal().Length} {input.AccountId} {input.Text} {input.Region} {input.Count}",
                new Secret("canary-1"), new ShowOnce("canary-2"), new[] { new Secret("canary-3") }, new Part(7, new Secret("canary-4"))));

            [Operation(Effect.Safe, Role = OperationRole.Probe, Every = "2h")]
            [Fails("gone", Health = ConnectionHealth.Revoked, En = "Gone.", Ru = "Нет.")]
            public Task<Result<Out>> LookAsync(In input, CancellationToken cancellation) => throw null!;

            [Operation(Effect.Once, Role = OperationRole.Refresh, Before = "5m", KeepAlive = "30d")]
            public Task<Result<Tokens>> RenewAsync(Tokens input, CancellationToken cancellation) =>
                Task.FromResult<Result<Tokens>>(new Tokens(new Secret("new-" + input.RefreshToken!.Reveal())));
        }
        """;

    private readonly PluginFolders folders = new();
    private readonly HttpMessageInvoker http = new(ScriptedProvider.Answering(200, "{}"));
    private readonly PluginCatalog plugins;
    private readonly PluginConnectionCaller caller;

    public ConnectionInputTests()
    {
        folders.Write("Keeper", Source);
        plugins = PluginCatalog.Load([folders.Plugins], folders.Builds, http, TimeProvider.System);
        caller = new PluginConnectionCaller(plugins, new ConfigurationBuilder().Build(), null, TimeProvider.System);
    }

    public void Dispose()
    {
        plugins.Dispose();
        http.Dispose();
        folders.Dispose();
    }

    [Fact]
    public void What_a_plugin_says_of_its_connections_is_read_from_its_metadata()
    {
        var provider = Provider;

        Assert.Equal(("Tokens", "Ask them.", "Попросите их."), (provider.CredentialsType, provider.Deletion["en"], provider.Deletion["ru"]));
        var refresh = provider.FindRole(OperationRole.Refresh)!;
        Assert.Equal(("renew", TimeSpan.FromMinutes(5), TimeSpan.FromDays(30)), (refresh.Name, refresh.Before, refresh.KeepAlive));
        var probe = provider.FindRole(OperationRole.Probe)!;
        Assert.Equal((TimeSpan.FromHours(2), ConnectionHealth.Revoked), (probe.Every, Assert.Single(probe.Failures).Health));
        Assert.Null(provider.FindRole(OperationRole.Revoke));
    }

    [Fact]
    public async Task What_the_connection_knows_is_filled_in_and_the_caller_gives_the_rest()
    {
        var answer = await CallAsync("say", """{"text":"hi"}""");

        Assert.Equal("6 42 hi eu 3", Assert.IsType<ConnectionAnswer.Answered>(answer).Open.GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_results_secrets_are_left_out()
    {
        var answer = Assert.IsType<ConnectionAnswer.Answered>(await CallAsync("say", """{"text":"hi"}"""));

        Assert.DoesNotContain("canary", answer.Open.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("""{"text":"6 42 hi eu 3","keys":[null],"part":{"number":7}}""", answer.Open.GetRawText());
    }

    [Theory]
    [InlineData("""{"text":"hi","access_token":"mine"}""", "'access_token' is a secret, which the connection alone can give: leave it out")]
    [InlineData("""{"text":"hi","code":"mine"}""", "'code' is a secret, which the connection alone can give: leave it out")]
    [InlineData("""{"text":"hi","account_id":7}""", "'account_id' is the connection's own: leave it out")]
    [InlineData("""{"text":"hi","region":"us"}""", "'region' is the connection's own: leave it out")]
    [InlineData("""{"texts":"hi"}""", "'say' takes no 'texts'; a caller gives count, text")]
    [InlineData("{}", "'say' needs 'text'")]
    [InlineData("[]", "the input must be an object")]
    [InlineData("""{"text":"hi","count":"canary"}""", "'say' cannot be given this input: look at $.count")]
    public async Task Nobody_can_give_what_is_the_connections_or_a_secret(string given, string sentence) =>
        Assert.Equal(sentence, Assert.IsType<ConnectionAnswer.InputRefused>(await CallAsync("say", given)).Sentence);

    [Fact]
    public async Task A_refresh_gives_the_credentials_whole_to_the_engine_and_nothing_to_callers()
    {
        var answer = Assert.IsType<ConnectionAnswer.Answered>(await CallAsync("renew", "{}"));

        Assert.Equal("""{"access_token":"new-r1"}""", answer.Whole.GetRawText());
        Assert.Equal("{}", answer.Open.GetRawText());
    }

    private Provider Provider => plugins.Catalog.FindProvider("keeper") ?? throw new InvalidOperationException(string.Join('\n', plugins.Problems));

    private Task<ConnectionAnswer> CallAsync(string operation, string given)
    {
        var now = new DateTimeOffset(2031, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var connection = new Connection(
            new ConnectionId("con_1"), "f", "keeper", "anna", null, null, JsonElement.Parse("""{"account_id":42}"""), null, ConnectionHealth.Active,
            null, now, now, 1);
        var credentials = JsonElement.Parse("""{"access_token":"secret","refresh_token":"r1","region":"eu"}""");
        return caller.CallAsync(
            new ConnectionCall(connection, Provider.FindOperation(operation)!, credentials, JsonElement.Parse(given), TimeSpan.FromSeconds(30)), default);
    }
}
