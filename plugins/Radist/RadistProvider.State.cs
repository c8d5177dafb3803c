using System.Text.Json;
using Engine.Sdk;

namespace Radist;

/// <content>How a connection stands. That it can be read is documented by clients [C2]; what the answer says of its state is not [?].</content>
public sealed partial class RadistProvider
{
    private const string GoneEn = "The service no longer has this connection. Connect anew.";
    private const string GoneRu = "У сервиса больше нет этого подключения. Подключите заново.";

    /// <summary>Reads a connection.</summary>
    [Operation(Effect.Safe)]
    [Fails("connection_gone", Class = FailureClass.Account, En = GoneEn, Ru = GoneRu)]
    public async Task<Result<ConnectionState>> ConnectionStateAsync(ConnectionOf input, CancellationToken cancellation)
    {
        var request = ProviderRequest.Get(Path(settings.ConnectionPath, input.ConnectionId)) with { OnRefusal = OnRefusal };
        var answer = await SendAsync<JsonElement>(request, cancellation);
        return answer.IsFailure ? answer.Failure : wire.State(input.ConnectionId, answer.Value);

        static Failure? OnRefusal(Refusal refusal) => refusal.Status is 404 or 410 ? Gone("connection_state", refusal) : null;
    }

    /// <summary>Asks for the state of a WhatsApp instance, with the code that is to be scanned now.</summary>
    [Operation(Effect.Safe)]
    [Fails("state_not_told", Class = FailureClass.Provider,
        En = "The service does not show a code here. Use its own page.",
        Ru = "Сервис не показывает здесь код. Откройте его страницу.")]
    public async Task<Result<ConnectionState>> WhatsappStatusAsync(ConnectionOf input, CancellationToken cancellation)
    {
        var request = ProviderRequest.Get(Path(settings.WhatsappStatusPath, input.ConnectionId)) with { OnRefusal = OnRefusal };
        var answer = await SendAsync<JsonElement>(request, cancellation);
        return answer.IsFailure ? answer.Failure : wire.InstanceState(input.ConnectionId, answer.Value);

        // The path is a guess: where it is wrong, the hosted page is still there.
        static Failure? OnRefusal(Refusal refusal) => refusal.Status is 404 or 405 or 410
            ? Refused("state_not_told", "whatsapp_status: not known there; check whatsapp_status_path", refusal)
            : null;
    }

    /// <summary>Asks for fresh codes on a connection that there is. Repeating it gives others.</summary>
    [Operation(Effect.Idempotent)]
    [Fails("connection_gone", Class = FailureClass.Account, En = GoneEn, Ru = GoneRu)]
    public async Task<Result<ConnectionState>> WhatsappNewQrAsync(ConnectionOf input, CancellationToken cancellation)
    {
        var request = ProviderRequest.Post(Path(settings.WhatsappNewQrPath, input.ConnectionId), new { }) with { OnRefusal = OnRefusal };
        var answer = await SendAsync<JsonElement>(request, cancellation);
        return answer.IsFailure ? answer.Failure : wire.InstanceState(input.ConnectionId, answer.Value);

        static Failure? OnRefusal(Refusal refusal) => refusal.Status is 404 or 410 ? Gone("whatsapp_new_qr", refusal) : null;
    }

    /// <summary>Whether the connection still works: nobody tells us when a person ends the session on the phone.</summary>
    [Operation(Effect.Safe, Role = OperationRole.Probe, Every = "1h")]
    [Fails("signed_out", Class = FailureClass.Account, Health = ConnectionHealth.NeedsReauth,
        En = "The account is no longer signed in. Sign in again.",
        Ru = "Аккаунт больше не подключён. Войдите заново.")]
    [Fails("not_paid", Class = FailureClass.Account, Health = ConnectionHealth.Suspended,
        En = "The connection is not in a paid subscription of Radist and does not work until it is.",
        Ru = "Подключение не входит в оплаченную подписку Radist и до оплаты не работает.")]
    [Fails("connection_gone", Class = FailureClass.Account, Health = ConnectionHealth.Revoked, En = GoneEn, Ru = GoneRu)]
    public async Task<Result<ConnectionState>> CheckConnectionAsync(ConnectionOf input, CancellationToken cancellation)
    {
        var state = await ConnectionStateAsync(input, cancellation);
        return state.Value?.Status switch
        {
            ConnectionStatus.SignedOut => new Failure("signed_out", "check_connection: Radist says that the account is not signed in"),
            ConnectionStatus.NotPaid => new Failure("not_paid", "check_connection: Radist says that the connection is not paid"),
            _ => state,
        };
    }
}
