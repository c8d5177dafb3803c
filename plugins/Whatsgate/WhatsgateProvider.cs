using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Engine.Sdk;

namespace Whatsgate;

/// <summary>Whatsgate, API version 1: WhatsApp sessions.</summary>
[Provider("whatsgate", Credentials = typeof(WhatsgateCredentials))]
public sealed class WhatsgateProvider(WhatsgateSettings settings, ProviderHttp http)
{
    private const int MostPages = 20;

    private readonly WhatsgateApi api = new(settings, http);

    /// <summary>Creates a session. It starts by itself; ask <see cref="SessionGetAsync"/> how it stands.</summary>
    [Operation(Effect.Once, Creates = true)]
    [Fails("slot_taken", Class = FailureClass.Account,
        En = "The Whatsgate tariff has no free place for another WhatsApp.",
        Ru = "В тарифе Whatsgate нет свободного места для ещё одного WhatsApp.")]
    [Fails("number_refused", When = nameof(NewSession.Number), Retry = RetryAdvice.Now,
        En = "This number cannot be used. It must have 11 digits and begin with 7.",
        Ru = "Этот номер не подходит. В нём должно быть 11 цифр, первая — 7.")]
    public async Task<Result<Session>> SessionCreateAsync(NewSession input, CancellationToken cancellation)
    {
        var body = new Dictionary<string, object?>(StringComparer.Ordinal) { ["name"] = input.Name };
        if (input.Callback is { } callback) body["callback"] = callback;
        if (input.Number is { } given)
        {
            var number = Digits(given);
            if (number.Length != 11 || number[0] != '7')
            {
                return new Failure("number_refused", "session_create: with a code, the number must be 7 and ten more digits");
            }

            body["auth_type"] = "CODE";
            body["number"] = number;
        }

        var answer = await api.SendAsync<OneSession>("session-create", body, FindRefusal, cancellation);
        return answer.IsFailure ? answer.Failure : api.Read(answer.Value.Data, "session_create");

        // How a refusal for want of a slot looks is not documented [I].
        Failure? FindRefusal(Refusal refusal) =>
            Words(settings.SlotTakenWords).Any(refusal.Mentions)
                ? new Failure("slot_taken", $"session_create: the tariff has no free slot ({refusal})") { ProviderCode = refusal.ToString() }
                : null;
    }

    /// <summary>Asks how a session stands. There is no call for one session: it is looked for in the list of those that are active.</summary>
    [Operation(Effect.Safe)]
    public async Task<Result<Session>> SessionGetAsync(SessionRef input, CancellationToken cancellation)
    {
        var listed = await ListAsync(new Dictionary<string, object?>(StringComparer.Ordinal) { ["WhatsappID"] = input.WhatsappId }, cancellation);
        if (listed.IsFailure) return listed.Failure;
        return listed.Value.FirstOrDefault(session => session.WhatsappId.Reveal() == input.WhatsappId.Reveal())
            ?? new Session(input.WhatsappId, SessionStatus.Closed, "", null, null, null, null, null);
    }

    /// <summary>Asks whether a connection's session still works.</summary>
    [Operation(Effect.Safe, Role = OperationRole.Probe, Every = "6h")]
    [Fails("session_gone", Class = FailureClass.Account, Health = ConnectionHealth.NeedsReauth,
        En = "WhatsApp was unlinked on the phone. Link it again.",
        Ru = "WhatsApp отключили на телефоне. Подключите его снова.")]
    [Fails("session_not_ready", Class = FailureClass.Provider, Retry = RetryAdvice.After, Health = ConnectionHealth.Degraded,
        En = "WhatsApp is not ready at the moment.",
        Ru = "WhatsApp сейчас не готов к работе.")]
    public async Task<Result<Session>> SessionProbeAsync(SessionRef input, CancellationToken cancellation)
    {
        var session = await SessionGetAsync(input, cancellation);
        if (session.IsFailure) return session.Failure;
        return session.Value.Status switch
        {
            SessionStatus.Ready => session.Value,
            SessionStatus.Closed or SessionStatus.Destroying => new Failure("session_gone", "session_probe: the session is not listed any more"),
            _ => new Failure("session_not_ready", "session_probe: the session is listed, and not ready"),
        };
    }

    /// <summary>Finds a session that a call with a lost answer may have created.</summary>
    [Operation(Effect.Safe)]
    [Fails("not_found", Class = FailureClass.Provider, En = "The session was not found at the provider.", Ru = "Сеанс не найден у сервиса.")]
    public async Task<Result<Session>> FindSessionAsync(SessionName input, CancellationToken cancellation)
    {
        var listed = await ListAsync(new Dictionary<string, object?>(StringComparer.Ordinal) { ["name"] = input.Name }, cancellation);
        if (listed.IsFailure) return listed.Failure;
        var found = listed.Value.Where(session => session.Name == input.Name && session.Status != SessionStatus.Destroying).ToArray();
        return found is [var only]
            ? only
            : new Failure("not_found", string.Create(CultureInfo.InvariantCulture, $"find_session: {found.Length} sessions fit, not one"));
    }

    /// <summary>
    /// The session that may best make room for another: the oldest of those that no phone is linked to, or else the oldest of all.
    /// </summary>
    [Operation(Effect.Safe)]
    [Fails("not_found", Class = FailureClass.Provider, En = "There is no session at the provider.", Ru = "У сервиса нет ни одного сеанса.")]
    public async Task<Result<Session>> OldestSessionAsync(AnySession input, CancellationToken cancellation)
    {
        var listed = await ListAsync([], cancellation);
        if (listed.IsFailure) return listed.Failure;
        var kept = listed.Value.Where(session => session.Status != SessionStatus.Destroying).ToArray();
        return (kept.FirstOrDefault(session => session.Status is SessionStatus.Pending or SessionStatus.Auth) ?? kept.FirstOrDefault()) is { } oldest
            ? oldest
            : new Failure("not_found", "oldest_session: the list is empty");
    }

    /// <summary>Logs the phone out and frees the tariff's slot. A session that is gone already is fine.</summary>
    [Operation(Effect.Idempotent, Role = OperationRole.Revoke)]
    public Task<Result<Done>> SessionDeleteAsync(SessionRef input, CancellationToken cancellation) =>
        DeleteAsync(input.WhatsappId, cancellation);

    /// <summary>Deletes the sessions that the same account had before, so that none is left over and takes a slot.</summary>
    [Operation(Effect.Idempotent)]
    public async Task<Result<Done>> DeleteOthersAsync(OtherSessions input, CancellationToken cancellation)
    {
        var listed = await ListAsync([], cancellation);
        if (listed.IsFailure) return listed.Failure;
        var others = listed.Value.Where(session =>
            session.Wid == input.Wid && session.Status != SessionStatus.Destroying && session.WhatsappId.Reveal() != input.WhatsappId.Reveal()).ToArray();
        foreach (var other in others)
        {
            var deleted = await DeleteAsync(other.WhatsappId, cancellation);
            if (deleted.IsFailure) return deleted.Failure;
        }

        return new Done(others.Length);
    }

    /// <summary>Says where events of a session go.</summary>
    [Operation(Effect.Idempotent)]
    public async Task<Result<Done>> SetHookAsync(HookAddress input, CancellationToken cancellation)
    {
        // An empty text switches it off [I]: the documentation says that it can be, and not how.
        var body = new Dictionary<string, object?>(StringComparer.Ordinal) { ["WhatsappID"] = input.WhatsappId, ["callback"] = input.Callback ?? "" };
        var answer = await api.SendAsync<Plain>("set-hook", body, null, cancellation);
        return answer.IsFailure ? answer.Failure : new Done(1);
    }

    /// <summary>
    /// Reads an event. The provider signs nothing: only the address is secret, and what an event says is asked for before it counts. It repeats an event
    /// until it is answered with the event's own id.
    /// </summary>
    [Hook]
    [SuppressMessage("Performance", "CA1822", Justification = "hooks are instance methods, also those of providers that sign nothing")]
    public HookReading<SessionEvent> Event(HookRequest request)
    {
        if (request.Method != "POST") return HookReading.Refuse("not_a_post", 405);
        if (request.ReadBody<WireEvent>() is not { } wire) return HookReading.Refuse("unreadable_event");

        var id = wire.Id.ToString(CultureInfo.InvariantCulture);
        var answer = new HookAnswer { Body = $$"""{"result":"OK","id":{{id}}}""", ContentType = "application/json" };
        SessionEventAction? action = wire.EventAction switch
        {
            "ready" => SessionEventAction.Ready,
            "disconnect" => SessionEventAction.Disconnect,
            "error" => SessionEventAction.Error,
            _ => null,
        };
        return action is { } known
            ? HookReading.Accept(new SessionEvent(wire.Id, wire.WhatsappId, known), id, answer) with
            {
                // It names a session and no account, and nothing in it is signed: the probe says whether the connection has lost it.
                News = known is SessionEventAction.Unknown or SessionEventAction.Ready
                    ? null
                    : new AccountNews(null, ConnectionHealth.NeedsReauth, "session_gone"),
            }
            : HookReading.Ignore(answer);
    }

    private async Task<Result<Done>> DeleteAsync(Secret id, CancellationToken cancellation)
    {
        var body = new Dictionary<string, object?>(StringComparer.Ordinal) { ["WhatsappID"] = id };
        var answer = await api.SendAsync<Plain>("session-delete", body, null, cancellation);
        if (!answer.IsFailure) return new Done(1);
        if (answer.Failure.Code is Failures.ConfigError or Failures.RateLimited) return answer.Failure;

        // How an id is refused that is gone already is not documented; the list tells.
        var listed = await SessionGetAsync(new SessionRef(id), cancellation);
        return !listed.IsFailure && listed.Value.Status is SessionStatus.Closed or SessionStatus.Destroying ? new Done(0) : answer.Failure;
    }

    private async Task<Result<List<Session>>> ListAsync(Dictionary<string, object?> filter, CancellationToken cancellation)
    {
        var found = new List<Session>();
        for (var page = 1; page <= MostPages; page++)
        {
            if (page > 1) filter["page"] = page;
            var answer = await api.SendAsync<ManySessions>("sessions-get", filter, null, cancellation);
            if (answer.IsFailure) return answer.Failure;
            foreach (var wire in answer.Value.Data)
            {
                var session = api.Read(wire, "sessions_get");
                if (session.IsFailure) return session.Failure;
                found.Add(session.Value);
            }

            if (page >= (answer.Value.Pages ?? 1)) break;
        }

        return found;
    }

    private static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit));

    private static string[] Words(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
