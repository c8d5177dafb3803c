using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Engine.Sandbox;

namespace Radist.Simulator;

/// <summary>The calls of a Telegram session. The answer's shape is documented; the code variant and all refusals are guesses.</summary>
internal static partial class TelegramApi
{
    public static Turn<RadistState> Init(ApiCall call, RadistState state)
    {
        var isByCode = call.Text("auth_type") == "code";
        var phone = call.Text("phone");
        if (!isByCode && call.Text("auth_type") != "qr") return new(state, ApiCall.Refusal(400, "auth_type must be qr or code"));
        if (isByCode && RefusedPhone(call, phone) is { } refused) return new(state, refused);
        if (FindConnection(call, state, "telegram", out var connection) is not { } known) return new(state, ApiCall.Refusal(404, "no such connection"));

        var session = new Session(
            new Guid(RandomNumberGenerator.GetBytes(16)).ToString(), known.Sessions.Count + 1, isByCode, phone, connection,
            call.Now, isByCode ? Stage.Code : Stage.Qr, call.Now);
        return new(known.With(session), Shown(session, call));
    }

    /// <summary>The answer to a number that the service does not take; null where it does.</summary>
    public static Answer? RefusedPhone(ApiCall call, string? phone) =>
        phone is null || !PhoneNumber().IsMatch(phone) ? ApiCall.Refusal(400, "PHONE_NUMBER_INVALID")
        : call.Course.For(phone).IsFlooded ? ApiCall.Refusal(429, "PHONE_NUMBER_FLOOD") with { RetryAfter = TimeSpan.FromHours(1) }
        : null;

    /// <summary>
    /// The state with the connection that is to be authorized again, if the call names one; null where it is none, or of another type. A world of its
    /// own knows no connection of an earlier one, and takes the caller's word that it exists.
    /// </summary>
    public static RadistState? FindConnection(ApiCall call, RadistState state, string type, out int? connection)
    {
        connection = null;
        if (!call.Body().TryGetProperty("connection_id", out var member)) return state;
        if (member.ValueKind != JsonValueKind.Number || !member.TryGetInt32(out var id) || id <= 0) return null;
        connection = id;
        return state.Connections.Find(known => known.Id == id) is { } found ? (found.Type == type ? state : null)
            : call.Course.HasLostConnections ? null
            : state.With(new StoredConnection(id, type, "Telegram", null));
    }

    public static Turn<RadistState> Login(ApiCall call, RadistState state)
    {
        if (call.Text("session_id") is not { } id || state.FindSession(id, call.Course, call.Now) is not { } session)
        {
            return new(state, ApiCall.Refusal(404, "no such session"));
        }

        if (session.Stage == Stage.Ended) return new(state.With(session), ApiCall.Refusal(410, "the session has ended"));
        if (call.Text("password") is { } password && session.Stage == Stage.Password) return HandIn(password, session, call, state);
        if (call.Text("code") is { } code && session.Stage == Stage.Code) return HandInCode(code, session, call, state);
        return new(state.With(session), Shown(session, call));
    }

    private static Turn<RadistState> HandIn(string password, Session session, ApiCall call, RadistState state)
    {
        if (password == Phone.Password && session.RefusedPasswords >= call.Course.RefusedPasswords)
        {
            var done = session with { Stage = Stage.Authenticated, StageAt = call.Now };
            return new(state.With(done), Shown(done, call));
        }

        var still = session with { RefusedPasswords = session.RefusedPasswords + 1 };
        return new(state.With(still), call.Course.RefusesByStatus ? Shown(still, call) : ApiCall.Refusal(400, "PASSWORD_HASH_INVALID"));
    }

    private static Turn<RadistState> HandInCode(string code, Session session, ApiCall call, RadistState state)
    {
        if (call.Course.FirstCodeIsExpired && session.Number == 1) return new(state, ApiCall.Refusal(400, "PHONE_CODE_EXPIRED"));
        if (code == Phone.Code && session.RefusedCodes >= call.Course.For(session.Phone).RefusedCodes)
        {
            var accepted = session.Accepted(call.Now, call.Course, state.HasTwoStep || call.Course.For(session.Phone).HasTwoStep);
            return new(state.With(accepted), Shown(accepted, call));
        }

        var still = session with { RefusedCodes = session.RefusedCodes + 1 };
        return new(state.With(still), call.Course.RefusesByStatus ? Shown(still, call) : ApiCall.Refusal(400, "PHONE_CODE_INVALID"));
    }

    public static Answer Shown(Session session, ApiCall call)
    {
        var status = session.Stage switch
        {
            Stage.Qr => "waiting_for_qr",
            Stage.Code => "waiting_for_code",
            Stage.Password => "waiting_for_password",
            Stage.Authenticated => "authenticated",
            _ => "synchronizing_account",
        };
        return session.Stage != Stage.Qr
            ? Answer.Of(200, new { SessionId = session.Id, Status = status })
            : Answer.Of(200, new
            {
                SessionId = session.Id,
                Status = status,
                QrLogin = new { Url = session.QrUrl(call.Now, call.Course), Expires = session.QrExpires(call.Now, call.Course) },
            });
    }

    [GeneratedRegex(@"^\+?[0-9]{7,15}\z", RegexOptions.None, 100)]
    private static partial Regex PhoneNumber();
}
