using System.Net.Http.Json;
using System.Text.Json;
using Engine.Host;
using Engine.Runs;
using Xunit;

namespace Engine.Tests.Host;

/// <summary>An engine with a provider whose connections have credentials, and operations of every role.</summary>
public sealed class Bank : IAsyncLifetime
{
    private const string Flow = """
        flow: bank
        title: { en: Bank, ru: Банк }
        uses: { bank: bank }
        purpose: [connect, reconfigure]
        input:
          note: { type: string, default: first, label: { en: Note, ru: Заметка } }
        fails: [wrong_token]
        limits: { total: 20m }
        steps:
          - prompt: { token: { type: secret, label: { en: Token, ru: Токен } } }
            as: form
            submit: { call: bank.look, with: { token: =form.token }, as: account }
            again_on: { signed_out: [] }
            max: 3
            on_give_up: { fail: wrong_token }
            timeout: 5m
            on_timeout: { fail: wrong_token }
          - connect:
              identity: { key: =account.name }
              on_other_account: reject
              on_duplicate: allow
              params: { note: =input.note }
              credentials: { token: =form.token }
        """;

    private const string WalkIn = """
        flow: walk-in
        title: { en: Walk in, ru: Зайти }
        uses: { bank: bank }
        starts_on: { hook: bank.opened, as: opened }
        purpose: [connect]
        limits: { total: 20m }
        fails: [signed_out]
        steps:
          - call: bank.look
            with: { token: =opened.token }
            as: account
          - connect:
              claim: required
              identity: { key: =account.name }
              on_duplicate: allow
              params: { note: =account.name }
              credentials: { token: =opened.token }
        """;

    private const string Plugin = """
        public record Keys(Secret Token);
        public record ByToken(Secret Token);
        public record ToRead(Secret Token, string Note, int Count = 1);
        public record ToPay(Secret Token, int Amount);
        public record Account(string Name);
        public record Page(string Note, int Count, Secret Secret);
        public record Paid(int Number);
        public record Done(int Count);
        public record Opened(Secret Token);
        [Provider("bank", Credentials = typeof(Keys))]
        public class BankProvider
        {
            private static int payments;

            [Operation(Effect.Safe, Role = OperationRole.Probe)]
            [Fails("signed_out", Class = FailureClass.Account, Retry = RetryAdvice.Now, Health = ConnectionHealth.NeedsReauth, En = "Signed out.", Ru = "Вы вышли.")]
            public Task<Result<Account>> LookAsync(ByToken input, CancellationToken cancellation) => Task.FromResult<Result<Account>>(
                input.Token.Reveal().StartsWith("dead") ? new Failure("signed_out", "look: refused") : new Account("of " + input.Token.Reveal().Split('-')[0]));

            [Operation(Effect.Safe)]
            public Task<Result<Page>> ReadAsync(ToRead input, CancellationToken cancellation) =>
                Task.FromResult<Result<Page>>(new Page(input.Note, input.Count, input.Token));

            [Operation(Effect.Once)]
            [Fails("too_much", En = "Too much.", Ru = "Слишком много.")]
            public Task<Result<Paid>> PayAsync(ToPay input, CancellationToken cancellation) => Task.FromResult<Result<Paid>>(
                input.Amount > 100 ? new Failure("too_much", "pay: refused") : new Paid(Interlocked.Increment(ref payments)));

            [Operation(Effect.Idempotent, Role = OperationRole.Revoke)]
            public Task<Result<Done>> RevokeAsync(ByToken input, CancellationToken cancellation) => Task.FromResult<Result<Done>>(
                input.Token.Reveal().EndsWith("stuck") ? new Failure(Failures.ProviderDown, "revoke: down") : new Done(1));

            [Hook]
            public HookReading<Opened> Opened(HookRequest request) => HookReading.Accept(new Opened(new Secret(request.FindQuery("token") ?? "")));
        }
        """;

    private PluginFolders folders = null!;

    internal RunningEngine Running { get; private set; } = null!;

    internal HttpClient Integrator { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        folders = new PluginFolders();
        folders.Write("Bank", Plugin);
        Running = await RunningEngine.StartAsync(
            options => options with { Providers = new ProviderMode.Real(), PluginFolders = [folders.Plugins] }, null, Flow, WalkIn);
        Assert.Empty(Running.Engine.Plugins.Problems);
        Assert.Empty(Running.Engine.Flows.Findings);
        Integrator = await Running.IntegratorAsync();
    }

    public async Task DisposeAsync()
    {
        await Running.DisposeAsync();
        folders.Dispose();
    }

    /// <summary>Connects with a token, or renews with one.</summary>
    internal async Task<string> ConnectAsync(string token, object? wish = null)
    {
        var run = (await (await Integrator.PostAsJsonAsync("/v1/runs", wish ?? new { flow = "bank" })).JsonAsync()).Text("id");
        var asking = await Running.UntilAsync(run, found => found.Prompt is not null);
        await Integrator.PostAsJsonAsync($"/v1/runs/{run}/replies", new { prompt = asking.Prompt!.Id.Value, transaction = "t", action = "submit", values = new { token } });
        var ended = await Running.UntilAsync(run, found => found.Status.IsFinal());
        Assert.Equal("succeeded", ended.Exit?.Code);
        return ended.Connection!.Value.Value;
    }

    /// <summary>Lets the provider's call make a connection; gives it.</summary>
    internal async Task<string> WalkInAsync(string token)
    {
        await Integrator.GetAsync($"/v1/hooks/bank/opened?token={token}");
        return (await Running.UntilConnectedAsync("walk-in", $"of {token.Split('-')[0]}")).Id.Value;
    }

    internal async Task<JsonElement> ShowAsync(string connection) => await (await Integrator.GetAsync($"/v1/connections/{connection}")).JsonAsync();

    internal Task<HttpResponseMessage> CallAsync(string connection, string operation, object input, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/connections/{connection}/operations/{operation}") { Content = JsonContent.Create(input) };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return Integrator.SendAsync(request);
    }
}
