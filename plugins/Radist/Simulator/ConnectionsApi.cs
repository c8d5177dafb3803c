using System.Globalization;
using System.Text.Json;
using Engine.Sandbox;

namespace Radist.Simulator;

/// <summary>
/// Creating, listing, reading and changing connections. Only the list is documented; the requests of create and change, their answers and the
/// words for a state are guesses.
/// </summary>
internal static class ConnectionsApi
{
    public static Turn<RadistState> Create(ApiCall call, RadistState state)
    {
        if (call.Course.FailsCreate) return new(state, ApiCall.Refusal(500, "internal error"));
        if (call.Course.RefusesFirstCreate && state.CreateCalls == 1) return new(state, ApiCall.Refusal(402, "payment required"));
        if (call.Text("name") is not { Length: > 0 } name) return new(state, ApiCall.Refusal(400, "name is required"));
        return call.Text("type") switch
        {
            "telegram" or "max_personal" => CreateForSession(call, state, name),
            "whatsapp" => Add(call, state, new StoredConnection(0, "whatsapp", name, null).Shown(call.Now)),
            "telegram_bot" or "odnoklassniki" => CreateWithKey(call, state, name),
            _ => new(state, ApiCall.Refusal(400, "type is not one that can be created")),
        };
    }

    public static Turn<RadistState> List(ApiCall call, RadistState state) =>
        new(state, Answer.Of(200, new { Connections = state.Connections.Select(connection => Shown(connection.At(call.Now, call.Course), call)) }));

    public static Turn<RadistState> Read(ApiCall call, RadistState state) => call.FindConnection(state) is { } connection
        ? new(state.With(connection), Answer.Of(200, Shown(connection, call)))
        : new(state, ApiCall.Refusal(404, "no such connection"));

    public static Turn<RadistState> ChangeKey(ApiCall call, RadistState state)
    {
        var counted = state with { KeyCalls = state.KeyCalls + 1 };
        if (call.FindConnection(state) is not { } connection) return new(state, ApiCall.Refusal(404, "no such connection"));
        if (connection.Type is not ("telegram_bot" or "odnoklassniki")) return new(state, ApiCall.Refusal(405, "this type cannot be edited"));
        if (RefusedKey(call, counted) is { } refusal) return new(counted, refusal);
        var renewed = connection with { AuthorizedAt = call.Now, IsSignedOut = false };
        return new(counted.With(renewed), Answer.Of(200, Shown(renewed, call)));
    }

    private static Turn<RadistState> CreateForSession(ApiCall call, RadistState state, string name)
    {
        if (call.Text("session_id") is not { } id || state.FindSession(id, call.Course, call.Now) is not { Stage: Stage.Authenticated } session)
        {
            return new(state, ApiCall.Refusal(409, "the session is not authenticated"));
        }

        if (session.ConnectionId is not null) return new(state, ApiCall.Refusal(409, "the session belongs to a connection"));
        return Add(call, state.With(session), new StoredConnection(0, call.Text("type") ?? "", name, call.Now, session.Phone));
    }

    private static Turn<RadistState> CreateWithKey(ApiCall call, RadistState state, string name)
    {
        var counted = state with { KeyCalls = state.KeyCalls + 1 };
        return RefusedKey(call, counted) is { } refusal
            ? new(counted, refusal)
            : Add(call, counted, new StoredConnection(0, call.Text("type") ?? "", name, call.Now));
    }

    // A second call makes a second connection, so that a caller's mistake shows.
    private static Turn<RadistState> Add(ApiCall call, RadistState state, StoredConnection connection)
    {
        var first = 10_000 + int.Parse(call.Call.World.Id.AsSpan(0, 5), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var created = connection with { Id = first + state.Connections.Count, IsPaid = !call.Course.IsUnpaid };
        return new(
            state.With(created),
            Answer.Of(200, new { Success = true, Connection = Shown(created, call) }) with { IsLost = call.Course.LosesCreateAnswer });
    }

    private static Answer? RefusedKey(ApiCall call, RadistState state)
    {
        var key = call.Body().TryGetProperty("params", out var inner) && inner.ValueKind == JsonValueKind.Object
            && inner.TryGetProperty("api_key", out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
        return string.IsNullOrEmpty(key) || key == Phone.WrongKey || state.KeyCalls <= call.Course.RefusedKeys ? ApiCall.Refusal(400, "the key is not valid")
            : key == Phone.KeyInUse || state.KeyCalls <= call.Course.KeysInUse ? ApiCall.Refusal(409, "the key is in use")
            : null;
    }

    private static object Shown(StoredConnection connection, ApiCall call) => new
    {
        connection.Id,
        connection.Type,
        connection.Name,
        Status = connection.Status(call.Now, call.Course),
        Params = connection.Type == "whatsapp"
            ? (object)new { connection.Phone, QrUrl = connection.AuthorizedAt is null ? call.PageAddress("qr") : null }
            : new { connection.Phone },
    };
}
