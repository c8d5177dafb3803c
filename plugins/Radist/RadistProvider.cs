using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Engine.Sdk;

namespace Radist;

/// <summary>Radist.Online, API version 2: Telegram sessions and connections.</summary>
[Provider("radist")]
public sealed class RadistProvider(RadistSettings settings, ProviderHttp http)
{
    private readonly ProviderHttp api = http.At(settings.BaseUrl).WithHeader("X-Api-Key", settings.ApiKey);

    /// <summary>Opens a session. Repeating it opens another one; the first lapses unused.</summary>
    [Operation(Effect.Idempotent, Creates = true)]
    [Fails("phone_refused", When = nameof(TelegramInit.Phone), Retry = RetryAdvice.Now,
        En = "Telegram does not accept this phone number. Check it and try again.",
        Ru = "Telegram не принимает этот номер телефона. Проверьте его и попробуйте ещё раз.")]
    public async Task<Result<TelegramSession>> TelegramInitAsync(TelegramInit input, CancellationToken cancellation)
    {
        var body = new Dictionary<string, object?>(StringComparer.Ordinal) { ["auth_type"] = input.AuthType };
        if (input.Phone is { } phone) body[settings.PhoneField] = phone;
        if (input.ConnectionId is { } id) body["connection_id"] = id;

        var answer = await api.SendAsync<SessionAnswer>(
            ProviderRequest.Post(Path(settings.TelegramInitPath), body) with { OnRefusal = OnRefusal }, cancellation);
        if (answer.IsFailure) return answer.Failure;
        return answer.Value.SessionId is { } session
            ? new TelegramSession(session, answer.Value.Status, answer.Value.QrLogin)
            : Changed("telegram_init: the answer lacks 'session_id'");

        Failure? OnRefusal(Refusal refusal) =>
            FindMisconfiguration(refusal, "telegram_init")
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

        var answer = await api.SendAsync<SessionAnswer>(
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

    /// <summary>Creates a connection, marked so that <see cref="FindConnectionAsync"/> knows it again after a lost answer.</summary>
    [Operation(Effect.Once, Creates = true)]
    public async Task<Result<Connection>> CreateConnectionAsync(NewConnection input, CancellationToken cancellation)
    {
        var body = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["type"] = WireType(input.Type),
            ["name"] = input.SessionId is null ? input.Name : $"{input.Name} {Mark(input.SessionId)}",
        };
        if (input.SessionId is { } session) body[settings.SessionField] = session;

        var answer = await api.SendAsync<CreateAnswer>(
            ProviderRequest.Post(Path(settings.ConnectionsPath), body) with { OnRefusal = OnRefusal }, cancellation);
        if (answer.IsFailure) return answer.Failure;
        return (answer.Value.Id ?? answer.Value.Connection?.Id) is { } id
            ? new Connection(id)
            : Changed("create_connection: the answer has 'id' neither at its root nor in 'connection'");

        static Failure? OnRefusal(Refusal refusal) => FindMisconfiguration(refusal, "create_connection");
    }

    /// <summary>Finds a connection that a call with a lost answer may have created.</summary>
    [Operation(Effect.Safe)]
    [Fails("not_found", Class = FailureClass.Provider,
        En = "The connection was not found at the provider.",
        Ru = "Подключение не найдено у сервиса.")]
    public async Task<Result<Connection>> FindConnectionAsync(ConnectionQuery input, CancellationToken cancellation)
    {
        if (input.SessionId is null && input.Name is null)
        {
            return new Failure(Failures.Internal, "find_connection: give session_id or name; otherwise any connection would fit");
        }

        var answer = await api.SendAsync<ListAnswer>(
            ProviderRequest.Get(Path(settings.ConnectionsPath)) with { OnRefusal = OnRefusal }, cancellation);
        if (answer.IsFailure) return answer.Failure;

        var found = answer.Value.Connections.Where(IsAsked).ToArray();
        return found is [{ Id: { } id }]
            ? new Connection(id)
            : new Failure("not_found", string.Create(CultureInfo.InvariantCulture, $"find_connection: {found.Length} connections fit, not one"));

        bool IsAsked(ListedConnection listed) =>
            (input.Type is not { } type || listed.Type == WireType(type))
            && (input.SessionId is { } session
                ? listed.Name?.EndsWith(Mark(session), StringComparison.Ordinal) == true
                : listed.Name == input.Name);

        static Failure? OnRefusal(Refusal refusal) => FindMisconfiguration(refusal, "find_connection");
    }

    /// <summary>
    /// Eight hex digits that belong to the session and do not give it away. The documentation tells no way to recognise one's own
    /// connection; its name is the one thing that surely comes back as it was sent [I].
    /// </summary>
    private static string Mark(Secret session) =>
        $"#{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(session.Reveal())))[..8]}";

    // A company id or path that is wrong is answered by 404 [C2]; an unpaid account by 402 [I]. Both are the operator's.
    private static Failure? FindMisconfiguration(Refusal refusal, string operation) => refusal.Status switch
    {
        404 => Refused(Failures.ConfigError, $"{operation}: not known there; check base_url, company_id and the paths", refusal),
        402 => Refused(Failures.ConfigError, $"{operation}: the Radist account wants payment", refusal),
        _ => null,
    };

    private static Failure Refused(string code, string message, Refusal refusal) =>
        new(code, $"{message} ({refusal})") { ProviderCode = refusal.ToString() };

    private static Failure Changed(string message) => new(Failures.ProviderChanged, message, IsInDoubt: true);

    private string WireType(ConnectionType type) =>
        type == ConnectionType.Telegram ? settings.TelegramType : JsonNamingPolicy.SnakeCaseLower.ConvertName(type.ToString());

    private string Path(string template) =>
        template.Replace("{company_id}", settings.CompanyId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private sealed record SessionAnswer(Secret? SessionId, SessionStatus Status, QrLogin? QrLogin);

    private sealed record CreateAnswer(int? Id, CreatedConnection? Connection);

    private sealed record CreatedConnection(int? Id);

    private sealed record ListAnswer(IReadOnlyList<ListedConnection> Connections);

    private sealed record ListedConnection(int? Id, string? Name, string? Type);
}
