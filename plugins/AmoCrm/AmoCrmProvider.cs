using Engine.Sdk;

namespace AmoCrm;

/// <summary>
/// amoCRM and Kommo: OAuth 2.0 with accounts that live on hosts of their own. The consent page is on the platform's host, everything else on the
/// account's, which is learnt from outside and therefore checked before anything is sent there.
/// </summary>
[Provider(
    "amocrm",
    Credentials = typeof(AmoTokens),
    Hosts = ["*.amocrm.ru", "*.amocrm.com", "*.kommo.com"],
    DeletionEn = "amoCRM has no call that ends the access: an administrator of the account switches the integration off in amoMarket. What is stored here is wiped.",
    DeletionRu = "У amoCRM нет вызова, отзывающего доступ: администратор аккаунта отключает интеграцию в амоМаркете. Сохранённое здесь стирается.")]
public sealed partial class AmoCrmProvider
{
    private readonly AmoCrmSettings settings;
    private readonly TimeProvider time;
    private readonly AccountApi accounts;

    public AmoCrmProvider(AmoCrmSettings settings, ProviderHttp http, TimeProvider time)
    {
        this.settings = settings;
        this.time = time;
        accounts = new AccountApi(settings, http);
    }

    /// <summary>Exchanges an authorization code for tokens. A code is good once, so a lost answer means a new consent.</summary>
    [Operation(Effect.Once)]
    [Fails("code_expired", When = nameof(CodeExchange.Code), Retry = RetryAdvice.Now,
        En = "This code is more than 20 minutes old. Get a new one.",
        Ru = "Этому коду больше 20 минут. Получите новый.")]
    [Fails("code_refused", When = nameof(CodeExchange.Code), Retry = RetryAdvice.Now,
        En = "amoCRM does not take this code: it was used already, or belongs to another integration. Get a new one.",
        Ru = "amoCRM не принимает этот код: он уже использован или выдан другой интеграцией. Получите новый.")]
    [Fails("wrong_account_host", When = nameof(CodeExchange.Host), Retry = RetryAdvice.Now,
        En = "This is not the address of the amoCRM account that the code is from.",
        Ru = "Это не адрес того аккаунта amoCRM, в котором выдан код.")]
    public async Task<Result<AmoTokens>> ExchangeAsync(CodeExchange input, CancellationToken cancellation)
    {
        if (accounts.Find(input.Host) is not { } account) return TokenErrors.ForeignHost("exchange");
        if (input.ClientId is { } client && client != settings.ClientId)
        {
            return new Failure("code_refused", "exchange: the return is for another integration than client_id");
        }

        var question = Question("authorization_code") with { Code = WithoutSpace(input.Code) };
        var answer = await accounts.AskTokensAsync(account, question, TokenErrors.OfExchange, "exchange", cancellation);
        return answer.IsFailure ? answer.Failure : Read(answer.Value, account, "exchange");
    }

    /// <summary>
    /// Renews the tokens. The refresh token is good once: whoever spends it must keep what comes. An account that has moved to another host is
    /// followed there, once.
    /// </summary>
    [Operation(Effect.Once, Role = OperationRole.Refresh, Before = "10%", KeepAlive = "30d")]
    [Fails("refresh_refused", Class = FailureClass.Account, Health = ConnectionHealth.NeedsReauth,
        En = "amoCRM has ended this access. Connect the account again.",
        Ru = "amoCRM прекратила этот доступ. Подключите аккаунт заново.")]
    [Fails("refresh_token_missing", Class = FailureClass.Provider, Health = ConnectionHealth.NeedsReauth,
        En = "amoCRM renewed this access for the last time. Connect the account again.",
        Ru = "amoCRM продлила этот доступ в последний раз. Подключите аккаунт заново.")]
    public async Task<Result<AmoTokens>> RefreshAsync(TokenRefresh input, CancellationToken cancellation)
    {
        // A long-lived token has nothing to be renewed with; it stays what it is.
        if (input.RefreshToken is not { } refreshToken) return new AmoTokens(input.AccessToken, null, null, null, input.Host);
        if (accounts.Find(input.Host) is not { } account) return TokenErrors.ForeignHost("refresh") with { Code = Failures.ConfigError };

        var question = Question("refresh_token") with { RefreshToken = refreshToken };
        var answer = await accounts.AskTokensAsync(account, question, TokenErrors.OfRefresh, "refresh", cancellation);
        if (answer is { IsFailure: true, Failure.Code: "refresh_refused" }
            && await accounts.FindMovedAsync(account, input.AccessToken, refreshToken, cancellation) is { } moved)
        {
            account = moved;
            answer = await accounts.AskTokensAsync(account, question, TokenErrors.OfRefresh, "refresh", cancellation);
        }

        return answer.IsFailure ? answer.Failure : Read(answer.Value, account, "refresh");
    }

    /// <summary>Asks which account the token is for.</summary>
    [Operation(Effect.Safe, Role = OperationRole.Probe, Every = "6h")]
    [Fails("unauthorized", Class = FailureClass.Account, Health = ConnectionHealth.NeedsReauth,
        En = "amoCRM no longer takes this access. Connect the account again.",
        Ru = "amoCRM больше не принимает этот доступ. Подключите аккаунт заново.")]
    [Fails("not_paid", Class = FailureClass.Account, Health = ConnectionHealth.Suspended,
        En = "The amoCRM account is not paid for.",
        Ru = "Аккаунт amoCRM не оплачен.")]
    [Fails("account_moved", Class = FailureClass.Account, Health = ConnectionHealth.Degraded, Retry = RetryAdvice.After,
        En = "The amoCRM account has a new address; it is taken over with the next renewal.",
        Ru = "У аккаунта amoCRM новый адрес; он будет учтён при следующем продлении доступа.")]
    [Fails("wrong_account_host", When = nameof(AccountQuery.Host), Retry = RetryAdvice.Now,
        En = "There is no amoCRM account at this address.",
        Ru = "По этому адресу нет аккаунта amoCRM.")]
    public async Task<Result<Account>> AccountAsync(AccountQuery input, CancellationToken cancellation)
    {
        if (accounts.Find(input.Host) is not { } account) return TokenErrors.ForeignHost("account");
        var token = WithoutSpace(input.AccessToken);
        if (!CanBeHeader(token)) return new Failure("unauthorized", "account: the token has characters that no token has");

        var answer = await accounts.ShowAsync(account, token, cancellation);
        return answer is { IsFailure: true, Failure.Code: "unauthorized" or "wrong_account_host" } && input.RefreshToken is { } refreshToken
            && await accounts.FindMovedAsync(account, input.AccessToken, refreshToken, cancellation) is not null
                ? new Failure("account_moved", "account: the account is at another host now")
                : answer;
    }

    private TokenQuestion Question(string grantType) =>
        new(settings.ClientId, settings.ClientSecret, grantType, null, null, settings.RedirectUri.OriginalString);

    /// <summary>The tokens of an answer, or why it is none. Nothing of a flawed answer is kept.</summary>
    private Result<AmoTokens> Read(TokenAnswer answer, AccountHost account, string operation)
    {
        if (answer.FindFlaw() is { } flaw) return new Failure(Failures.ProviderChanged, $"{operation}: the answer {flaw}", IsInDoubt: true);
        if (answer is not { AccessToken: { } accessToken, Life: { } life }) throw new InvalidOperationException("an answer without a flaw has both");
        if (answer.RefreshToken is not { } refreshToken)
        {
            return operation == "refresh"
                ? new Failure("refresh_token_missing", "refresh: the answer has no 'refresh_token', and the old one is spent")
                : new Failure(Failures.ProviderChanged, "exchange: the answer has no 'refresh_token'", IsInDoubt: true);
        }

        var now = time.GetUtcNow();
        return new AmoTokens(accessToken, refreshToken, now + life, now + TimeSpan.FromDays(settings.RefreshLifeDays), account.Name);
    }

    private static Secret WithoutSpace(Secret code) => new(string.Concat(code.Reveal().Where(c => !char.IsWhiteSpace(c))));

    private static bool CanBeHeader(Secret token) => token.Reveal() is { Length: > 0 } text && text.All(c => c is > ' ' and <= '~');
}
