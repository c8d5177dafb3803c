using System.Globalization;
using Engine.Sandbox;

namespace Radist.Simulator;

/// <summary>The state of a WhatsApp instance, and fresh codes for it. That both exist is documented; paths, members and words are guesses.</summary>
internal static class WhatsappApi
{
    public static Turn<RadistState> Status(ApiCall call, RadistState state)
    {
        if (call.Course.HidesInstance) return new(state, ApiCall.Refusal(404, "not found"));
        return call.FindConnection(state) is { Type: "whatsapp" } connection
            ? new(state.With(connection), Shown(connection, call))
            : new(state, ApiCall.Refusal(404, "no such instance"));
    }

    public static Turn<RadistState> NewQr(ApiCall call, RadistState state)
    {
        // A world of its own knows no connection of an earlier one, and takes the caller's word that it exists.
        var connection = call.FindConnection(state) ?? (call.Course.HasLostConnections ? null : NotKnown(call));
        if (connection is not { Type: "whatsapp" }) return new(state, ApiCall.Refusal(404, "no such instance"));
        var shown = connection.Shown(call.Now);
        return new(state.With(shown), Shown(shown, call));
    }

    private static StoredConnection? NotKnown(ApiCall call) =>
        int.TryParse(call.Call.Http.RouteValues["connection"] as string, CultureInfo.InvariantCulture, out var id)
            ? new StoredConnection(id, "whatsapp", "WhatsApp", null)
            : null;

    private static Answer Shown(StoredConnection connection, ApiCall call)
    {
        var status = connection.Status(call.Now, call.Course);
        var hasCode = status == "waiting_for_qr";
        return Answer.Of(200, new
        {
            Status = status,
            connection.Phone,
            Qr = hasCode ? connection.QrText(call.Now, call.Course) : null,
            QrExpires = hasCode ? call.Now + connection.QrLeft(call.Now, call.Course) : null,
        });
    }
}
