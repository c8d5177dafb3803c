using Engine.Sdk;

namespace OidcPlugin;

/// <summary>Any OpenID Connect provider: authorization code with PKCE, rotated refresh tokens, device codes. For the tests against a server that is not ours.</summary>
[Provider("oidc", Credentials = typeof(OidcTokens))]
public sealed class OidcProvider(OidcSettings settings, ProviderHttp http, TimeProvider time)
{
    private readonly ProviderHttp api = http.At(settings.Issuer);

    /// <summary>The consent page.</summary>
    [Redirect(Returns = typeof(ConsentReturn), Pkce = true, Issuer = nameof(OidcSettings.Issuer))]
    [Fails("denied_by_user", OnError = "access_denied", Retry = RetryAdvice.Now,
        En = "You did not allow the access.", Ru = "Вы не разрешили доступ.")]
    public Uri Consent(ConsentRequest input, RedirectVisit visit) => new(
        $"{settings.Issuer.AbsoluteUri.TrimEnd('/')}/auth?client_id={Uri.EscapeDataString(settings.ClientId)}&response_type=code"
        + $"&redirect_uri={Uri.EscapeDataString(visit.ReturnUrl.AbsoluteUri)}&scope={Uri.EscapeDataString(input.Scope)}&prompt=consent"
        + $"&state={visit.State.Reveal()}&code_challenge={visit.CodeChallenge}&code_challenge_method=S256");

    /// <summary>Exchanges a code for tokens.</summary>
    [Operation(Effect.Once)]
    [Fails("code_refused", Retry = RetryAdvice.Now, En = "The consent has lapsed. Please begin again.", Ru = "Согласие устарело. Пожалуйста, начните заново.")]
    public Task<Result<OidcTokens>> ExchangeAsync(CodeExchange input, CancellationToken cancellation) => AskAsync(
        "exchange", "code_refused", cancellation,
        ("grant_type", "authorization_code"), ("code", input.Code), ("code_verifier", input.CodeVerifier), ("redirect_uri", input.ReturnUrl.AbsoluteUri),
        ("client_id", settings.ClientId), ("client_secret", settings.ClientSecret));

    /// <summary>Spends the refresh token for new tokens.</summary>
    [Operation(Effect.Once, Role = OperationRole.Refresh, Before = "0s")]
    [Fails("refresh_refused", Class = FailureClass.Account, Health = ConnectionHealth.NeedsReauth,
        En = "The access has ended. Connect the account again.", Ru = "Доступ прекращён. Подключите аккаунт заново.")]
    public Task<Result<OidcTokens>> RefreshAsync(TokenRefresh input, CancellationToken cancellation) => AskAsync(
        "refresh", "refresh_refused", cancellation,
        ("grant_type", "refresh_token"), ("refresh_token", input.RefreshToken),
        ("client_id", settings.ClientId), ("client_secret", settings.ClientSecret));

    /// <summary>Whose the access is.</summary>
    [Operation(Effect.Safe, Role = OperationRole.Probe)]
    [Fails("unauthorized", Class = FailureClass.Account, Health = ConnectionHealth.NeedsReauth,
        En = "The access is no longer taken. Connect the account again.", Ru = "Доступ больше не принимается. Подключите аккаунт заново.")]
    public Task<Result<Person>> UserinfoAsync(PersonQuery input, CancellationToken cancellation) =>
        api.WithHeader("Authorization", new Secret($"Bearer {input.AccessToken.Reveal()}")).SendAsync<Person>(
            ProviderRequest.Get("me") with { OnUnauthorized = _ => new Failure("unauthorized", "userinfo: the token is not taken") }, cancellation);

    /// <summary>Withdraws the whole grant.</summary>
    [Operation(Effect.Idempotent, Role = OperationRole.Revoke)]
    public async Task<Result<Nothing>> RevokeAsync(TokenRefresh input, CancellationToken cancellation)
    {
        var answer = await api.SendAsync<Nothing>(
            ProviderRequest.PostForm("token/revocation", Fields(
                ("token", input.RefreshToken), ("client_id", settings.ClientId), ("client_secret", settings.ClientSecret))),
            cancellation);
        // RFC 7009: an empty 200, which is no JSON.
        return answer is { IsFailure: true, Failure.Code: not Failures.ProviderChanged } ? answer.Failure : new Nothing();
    }

    /// <summary>Begins a sign-in on another device (RFC 8628).</summary>
    [Operation(Effect.Idempotent, Creates = true)]
    public Task<Result<DeviceGrant>> DeviceCodeAsync(DeviceRequest input, CancellationToken cancellation) => api.SendAsync<DeviceGrant>(
        ProviderRequest.PostForm("device/auth", Fields(("client_id", settings.DeviceClientId), ("scope", input.Scope))), cancellation);

    /// <summary>Asks whether the person has agreed.</summary>
    [Operation(Effect.Safe)]
    public async Task<Result<DeviceAnswer>> DeviceTokenAsync(DeviceTokenRequest input, CancellationToken cancellation)
    {
        var answer = await api.SendAsync<TokenAnswer>(
            ProviderRequest.PostForm("token", Fields(
                ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", input.DeviceCode), ("client_id", settings.DeviceClientId)))
                with { OnRefusal = refusal => new Failure(Failures.ProviderChanged, $"device_token: refused ({refusal})") { ProviderCode = refusal.FindText("error") ?? "" } },
            cancellation);
        if (answer.IsFailure)
        {
            return answer.Failure.ProviderCode switch
            {
                "authorization_pending" or "slow_down" => new DeviceAnswer(DeviceStatus.Pending),
                "access_denied" => new DeviceAnswer(DeviceStatus.Denied),
                "expired_token" => new DeviceAnswer(DeviceStatus.Expired),
                _ => answer.Failure,
            };
        }

        return new DeviceAnswer(DeviceStatus.Granted, answer.Value.AccessToken, time.GetUtcNow().AddSeconds(answer.Value.ExpiresIn));
    }

    private async Task<Result<OidcTokens>> AskAsync(
        string operation, string refusedCode, CancellationToken cancellation, params (string Name, object? Value)[] fields)
    {
        var answer = await api.SendAsync<TokenAnswer>(
            ProviderRequest.PostForm("token", Fields(fields), operation) with
            {
                Deadline = TimeSpan.FromSeconds(50),
                OnRefusal = refusal => refusal.FindText("error") == "invalid_grant" ? new Failure(refusedCode, $"{operation}: invalid_grant ({refusal})") : null,
            },
            cancellation);
        if (answer.IsFailure) return answer.Failure;
        return new OidcTokens(answer.Value.AccessToken, answer.Value.RefreshToken, time.GetUtcNow().AddSeconds(answer.Value.ExpiresIn));
    }

    private static IEnumerable<KeyValuePair<string, object?>> Fields(params (string Name, object? Value)[] fields) =>
        fields.Select(field => KeyValuePair.Create(field.Name, field.Value));

    private sealed record TokenAnswer(Secret AccessToken, int ExpiresIn, Secret? RefreshToken = null);
}
