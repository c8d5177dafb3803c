using Engine.Sdk;

namespace Radist;

/// <content>
/// Signing in to a personal MAX account, by code only: providers.md §1.4. The operations are documented; their paths and bodies are
/// taken to be those of Telegram's [I].
/// </content>
public sealed partial class RadistProvider
{
    /// <summary>Opens a session and has a code sent. Repeating it opens another one; the first lapses unused.</summary>
    [Operation(Effect.Idempotent, Creates = true)]
    [Fails("phone_refused", Retry = RetryAdvice.Now,
        En = "MAX does not accept this phone number. Check it and try again.",
        Ru = "MAX не принимает этот номер телефона. Проверьте его и попробуйте ещё раз.")]
    [Fails("connection_gone", When = nameof(MaxInit.ConnectionId), Class = FailureClass.Account, En = GoneEn, Ru = GoneRu)]
    public async Task<Result<MaxSession>> MaxInitAsync(MaxInit input, CancellationToken cancellation)
    {
        var body = new Dictionary<string, object?>(StringComparer.Ordinal) { [settings.PhoneField] = input.Phone };
        if (input.ConnectionId is { } id) body["connection_id"] = id;

        var answer = await SendAsync<MaxAnswer>(
            ProviderRequest.Post(Path(settings.MaxInitPath), body) with { OnRefusal = OnRefusal }, cancellation);
        if (answer.IsFailure) return answer.Failure;
        return answer.Value.SessionId is { } session
            ? new MaxSession(session, answer.Value.Status)
            : Changed("max_init: the answer lacks 'session_id'");

        Failure OnRefusal(Refusal refusal) =>
            input.ConnectionId is not null && refusal.Status is 404 or 409 or 410 ? Gone("max_init", refusal)
            : FindMisconfiguration(refusal, "max_init") ?? Refused("phone_refused", "max_init: the phone number was refused", refusal);
    }

    /// <summary>Hands in the code.</summary>
    [Operation(Effect.Safe)]
    [Fails("session_lost", Class = FailureClass.Provider, Retry = RetryAdvice.Now,
        En = "The sign-in was interrupted on the provider's side. Please begin again.",
        Ru = "Вход прервался на стороне сервиса. Пожалуйста, начните заново.")]
    [Fails("wrong_code", Retry = RetryAdvice.Now,
        En = "This code is not right. Check the newest message from MAX.",
        Ru = "Код не подошёл. Проверьте последнее сообщение от MAX.")]
    [Fails("code_expired", Retry = RetryAdvice.Now,
        En = "This code is no longer valid. Ask for a new one.",
        Ru = "Срок действия кода истёк. Запросите новый.")]
    public async Task<Result<MaxSession>> MaxLoginAsync(MaxLogin input, CancellationToken cancellation)
    {
        var body = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["session_id"] = input.SessionId,
            [settings.CodeField] = input.Code,
        };
        var answer = await SendAsync<MaxAnswer>(
            ProviderRequest.Post(Path(settings.MaxLoginPath), body) with { OnRefusal = OnRefusal }, cancellation);
        if (answer.IsFailure) return answer.Failure;
        return answer.Value.SessionId is { } other && other.Reveal() != input.SessionId.Reveal()
            ? Changed("max_login: the answer is about another session")
            : new MaxSession(input.SessionId, answer.Value.Status);

        Failure OnRefusal(Refusal refusal) => refusal.Status switch
        {
            404 or 410 => Refused("session_lost", "max_login: the session is gone", refusal),
            _ when refusal.Mentions(settings.CodeExpiredWord) => Refused("code_expired", "max_login: the code has expired", refusal),
            _ => Refused("wrong_code", "max_login: the code was refused", refusal),
        };
    }

    private sealed record MaxAnswer(Secret? SessionId, MaxStatus Status);
}
