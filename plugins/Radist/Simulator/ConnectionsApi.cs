using System.Globalization;
using Engine.Sandbox;

namespace Radist.Simulator;

/// <summary>Creating and listing connections. The request of create and its answer are guesses after version 1.</summary>
internal static class ConnectionsApi
{
    public static Turn<RadistState> Create(ApiCall call, RadistState state)
    {
        if (call.Course.FailsCreate) return new(state, ApiCall.Refusal(500, "internal error"));
        if (call.Text("type") is not "telegram") return new(state, ApiCall.Refusal(400, "type must be telegram"));
        if (call.Text("name") is not { Length: > 0 } name) return new(state, ApiCall.Refusal(400, "name is required"));
        if (call.Text("session_id") is not { } id || state.FindSession(id, call.Course, call.Now) is not { Stage: Stage.Authenticated } session)
        {
            return new(state, ApiCall.Refusal(409, "the session is not authenticated"));
        }

        if (session.ConnectionId is not null) return new(state, ApiCall.Refusal(409, "the session belongs to a connection"));

        var first = 10_000 + int.Parse(call.Call.World.Id.AsSpan(0, 5), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var created = new StoredConnection(first + state.Connections.Count, "telegram", name, call.Now);

        // A second call makes a second connection, so that a caller's mistake shows.
        return new(
            state.With(session) with { Connections = state.Connections.Add(created) },
            Answer.Of(200, new { Success = true, Connection = Shown(created) }) with
            {
                IsLost = call.Course.LosesCreateAnswer,
            });
    }

    public static Turn<RadistState> List(ApiCall call, RadistState state) =>
        new(state, Answer.Of(200, new { Connections = state.Connections.Select(Shown) }));

    private static object Shown(StoredConnection connection) => new { connection.Id, connection.Type, connection.Name, Params = new { } };
}
