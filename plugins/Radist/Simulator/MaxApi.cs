using System.Security.Cryptography;
using Engine.Sandbox;

namespace Radist.Simulator;

/// <summary>The calls of a MAX session. Only that they exist is documented: all of it is after Telegram's.</summary>
internal static class MaxApi
{
    public static Turn<RadistState> Init(ApiCall call, RadistState state)
    {
        var phone = call.Text("phone");
        if (TelegramApi.RefusedPhone(call, phone) is { } refused) return new(state, refused);
        if (TelegramApi.FindConnection(call, state, "max_personal", out var connection) is not { } known)
        {
            return new(state, ApiCall.Refusal(404, "no such connection"));
        }

        var session = new Session(
            new Guid(RandomNumberGenerator.GetBytes(16)).ToString(), known.Sessions.Count + 1, true, phone, connection, call.Now, Stage.Code, call.Now,
            App: "max");
        return new(known.With(session), TelegramApi.Shown(session, call));
    }

    public static Turn<RadistState> Login(ApiCall call, RadistState state) => TelegramApi.Login(call, state);
}
