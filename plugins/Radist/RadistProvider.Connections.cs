using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Engine.Sdk;

namespace Radist;

/// <content>Creating, finding and changing connections: providers.md §1.2 and §1.4.</content>
public sealed partial class RadistProvider
{
    /// <summary>Creates a connection, marked so that <see cref="FindConnectionAsync"/> knows it again after a lost answer.</summary>
    [Operation(Effect.Once, Creates = true)]
    [Fails("key_refused", When = nameof(NewConnection.ApiKey), Retry = RetryAdvice.Now,
        En = "This key is not accepted. Copy it again, or make a new one.",
        Ru = "Ключ не принят. Скопируйте его ещё раз или создайте новый.")]
    [Fails("key_in_use", When = nameof(NewConnection.ApiKey), Retry = RetryAdvice.Now, Class = FailureClass.Account,
        En = "This key is in use elsewhere. Disconnect it there first, or give another one.",
        Ru = "Этот ключ уже используется в другом месте. Сначала отключите его там или укажите другой.")]
    public async Task<Result<Connection>> CreateConnectionAsync(NewConnection input, CancellationToken cancellation)
    {
        var body = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["type"] = wire.TypeWord(input.Type),
            ["name"] = input.SessionId is null ? input.Name : $"{input.Name} {Mark(input.SessionId)}",
        };
        if (input.SessionId is { } session) body[settings.SessionField] = session;
        if (input.ApiKey is { } key) Wire.Put(body, input.Type == ConnectionType.TelegramBot ? settings.BotKeyField : settings.GroupKeyField, key);

        var answer = await SendAsync<JsonElement>(
            ProviderRequest.Post(Path(settings.ConnectionsPath), body) with { OnRefusal = OnRefusal }, cancellation);
        if (answer.IsFailure) return answer.Failure;
        return wire.FindConnection(answer.Value) is { } created
            ? created
            : Changed("create_connection: the answer has 'id' neither at its root nor in 'connection'");

        Failure? OnRefusal(Refusal refusal) =>
            FindMisconfiguration(refusal, "create_connection")
            ?? (input.ApiKey is null ? null : AboutKey(refusal, "create_connection"));
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

        var answer = await SendAsync<ListAnswer>(
            ProviderRequest.Get(Path(settings.ConnectionsPath)) with { OnRefusal = OnRefusal }, cancellation);
        if (answer.IsFailure) return answer.Failure;

        var found = answer.Value.Connections.Where(IsAsked).Select(wire.FindConnection).OfType<Connection>().ToArray();
        return found is [var only]
            ? only
            : new Failure("not_found", string.Create(CultureInfo.InvariantCulture, $"find_connection: {found.Length} connections fit, not one"));

        bool IsAsked(JsonElement listed) =>
            (input.Type is not { } type || Wire.FindText(listed, "type") == wire.TypeWord(type))
            && (input.SessionId is { } session
                ? Wire.FindText(listed, "name")?.EndsWith(Mark(session), StringComparison.Ordinal) == true
                : Wire.FindText(listed, "name") == input.Name);

        static Failure? OnRefusal(Refusal refusal) => FindMisconfiguration(refusal, "find_connection");
    }

    /// <summary>Puts a new key in place of the old one, which may have died already. Repeating it changes nothing more.</summary>
    [Operation(Effect.Idempotent)]
    [Fails("key_refused", Retry = RetryAdvice.Now,
        En = "This key is not accepted. Copy it again, or make a new one.",
        Ru = "Ключ не принят. Скопируйте его ещё раз или создайте новый.")]
    [Fails("key_in_use", Retry = RetryAdvice.Now, Class = FailureClass.Account,
        En = "This key is in use elsewhere. Disconnect it there first, or give another one.",
        Ru = "Этот ключ уже используется в другом месте. Сначала отключите его там или укажите другой.")]
    [Fails("connection_gone", Class = FailureClass.Account, En = GoneEn, Ru = GoneRu)]
    public async Task<Result<Connection>> ChangeKeyAsync(KeyChange input, CancellationToken cancellation)
    {
        var body = new Dictionary<string, object?>(StringComparer.Ordinal);
        Wire.Put(body, input.Type == KeyedType.TelegramBot ? settings.BotKeyField : settings.GroupKeyField, input.ApiKey);

        var request = new ProviderRequest(new HttpMethod(settings.UpdateMethod), Path(settings.ConnectionPath, input.ConnectionId), nameof(ChangeKeyAsync))
        {
            Body = body,
            OnRefusal = OnRefusal,
        };
        var answer = await SendAsync<JsonElement>(request, cancellation);
        if (answer.IsFailure) return answer.Failure;
        return wire.FindConnection(answer.Value) ?? new Connection(input.ConnectionId);

        static Failure OnRefusal(Refusal refusal) => refusal.Status switch
        {
            404 or 410 => Gone("change_key", refusal),
            402 => Refused(Failures.ConfigError, "change_key: the Radist account wants payment", refusal),
            405 => Refused(Failures.ConfigError, "change_key: no update of this kind; check update_method and whether Radist manages this type itself", refusal),
            _ => AboutKey(refusal, "change_key"),
        };
    }

    // A bot that another service uses, or a key that belongs to another connection, is a conflict [I]; any other refusal is about the key.
    private static Failure AboutKey(Refusal refusal, string operation) => refusal.Status == 409
        ? Refused("key_in_use", $"{operation}: the key is in use elsewhere", refusal)
        : Refused("key_refused", $"{operation}: the key was refused", refusal);

    /// <summary>
    /// Eight hex digits that belong to the session and do not give it away. The documentation tells no way to recognise one's own
    /// connection; its name is the one thing that surely comes back as it was sent [I].
    /// </summary>
    private static string Mark(Secret session) =>
        $"#{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(session.Reveal())))[..8]}";

    private sealed record ListAnswer(IReadOnlyList<JsonElement> Connections);
}
