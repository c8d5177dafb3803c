using Engine.Sdk;

namespace Radist;

/// <content>Signing in to a personal Telegram account: providers.md §1.3.</content>
public sealed partial class RadistProvider
{
    /// <summary>Opens a session. Repeating it opens another one; the first lapses unused.</summary>
    [Operation(Effect.Idempotent, Creates = true)]
    [Fails("phone_refused", When = nameof(TelegramInit.Phone), Retry = RetryAdvice.Now,
        En = "Telegram does not accept this phone number. Check it and try again.",
        Ru = "Telegram не принимает этот номер телефона. Проверьте его и попробуйте ещё раз.")]
    [Fails("connection_gone", When = nameof(TelegramInit.ConnectionId), Class = FailureClass.Account, En = GoneEn, Ru = GoneRu)]
    public async Task<Result<TelegramSession>> TelegramInitAsync(TelegramInit input, CancellationToken cancellation)
    {
        var body = new Dictionary<string, object?>(StringComparer.Ordinal) { ["auth_type"] = input.AuthType };
        if (input.Phone is { } phone) body[settings.PhoneField] = phone;
        if (input.ConnectionId is { } id) body["connection_id"] = id;

        var answer = await SendAsync<SessionAnswer>(
            ProviderRequest.Post(Path(settings.TelegramInitPath), body) with { OnRefusal = OnRefusal }, cancellation);
        if (answer.IsFailure) return answer.Failure;
        return answer.Value.SessionId is { } session
            ? new TelegramSession(session, answer.Value.Status, answer.Value.QrLogin)
            : Changed("telegram_init: the answer lacks 'session_id'");

        // With a connection that is not ours, or of another type, the refusal is about it [I].
        Failure? OnRefusal(Refusal refusal) =>
            input.ConnectionId is not null && refusal.Status is 404 or 409 or 410 ? Gone("telegram_init", refusal)
            : FindMisconfiguration(refusal, "telegram_init")
            ?? (input.Phone is null ? null : Refused("phone_refused", "telegram_init: the phone number was refused", refusal));
    }

    /// <summary>Asks how the session stands. The same call hands in the code, and then the password.</summary>
    [Operation(Effect.Safe)]
    [Fails("session_lost", Class = FailureClass.Provider, Retry = RetryAdvice.Now,
        En = "The sign-in was interrupted on the provider's side. Please begin again.",
        Ru = "Вход прервался на стороне сервиса. Пожалуйста, начните заново.")]
    [Fails("wrong_code", When = nameof(TelegramLogin.Code), Retry = RetryAdvice.Now,
        En = "This code is not right. Check the newest message from Telegram.",
        Ru = "Код не подошёл. Проверьте последнее сообщение от Telegram.")]
    [Fails("code_expired", When = nameof(TelegramLogin.Code), Retry = RetryAdvice.Now,
        En = "This code is no longer valid. Ask for a new one.",
        Ru = "Срок действия кода истёк. Запросите новый.")]
    [Fails("wrong_password", When = nameof(TelegramLogin.Password), Retry = RetryAdvice.Now,
        En = "This password is not right. It is the two-step verification password that you set in Telegram.",
        Ru = "Пароль не подошёл. Нужен пароль двухэтапной аутентификации, который вы задали в Telegram.")]
    public async Task<Result<TelegramSession>> TelegramLoginAsync(TelegramLogin input, CancellationToken cancellation)
    {
        var body = new Dictionary<string, object?>(StringComparer.Ordinal) { ["session_id"] = input.SessionId };
        if (input.Code is { } code) body[settings.CodeField] = code;
        if (input.Password is { } password) body[settings.PasswordField] = password;

        var answer = await SendAsync<SessionAnswer>(
            ProviderRequest.Post(Path(settings.TelegramLoginPath), body) with { OnRefusal = OnRefusal }, cancellation);
        if (answer.IsFailure) return answer.Failure;
        return answer.Value.SessionId is { } other && other.Reveal() != input.SessionId.Reveal()
            ? Changed("telegram_login: the answer is about another session")
            : new TelegramSession(input.SessionId, answer.Value.Status, answer.Value.QrLogin);

        // Which refusal means what is not documented [I]: a session that is gone is told by 404 or 410; any other refusal is
        // about what was handed in, and where nothing was, about the session.
        Failure OnRefusal(Refusal refusal) => refusal.Status switch
        {
            404 or 410 => Refused("session_lost", "telegram_login: the session is gone", refusal),
            _ when input.Password is not null => Refused("wrong_password", "telegram_login: the password was refused", refusal),
            _ when input.Code is null => Refused("session_lost", "telegram_login: the session was refused", refusal),
            _ when refusal.Mentions(settings.CodeExpiredWord) => Refused("code_expired", "telegram_login: the code has expired", refusal),
            _ => Refused("wrong_code", "telegram_login: the code was refused", refusal),
        };
    }

    private sealed record SessionAnswer(Secret? SessionId, SessionStatus Status, QrLogin? QrLogin);
}
