using System.Security.Cryptography;
using System.Text;
using Engine.Sandbox;

namespace Whatsgate.Simulator;

/// <summary>The commands about sessions.</summary>
internal static class SessionsApi
{
    public static Turn<WhatsgateState> Create(ApiCall call, WhatsgateState state)
    {
        if (call.Text("name") is not { Length: > 0 } name) return new(state, ApiCall.Refusal("Bad Request", "name is required"));
        var isByCode = call.Text("auth_type") == "CODE";
        var number = call.Text("number");
        if (isByCode && (number is not { Length: 11 } || number[0] != '7' || !number.All(char.IsAsciiDigit)))
        {
            return new(state, ApiCall.Refusal("Bad Request", "number must be 7XXXXXXXXXX"));
        }

        // A session that is being destroyed still takes its slot.
        if (call.Course.HasOneSlot && state.Active(call.Course, call.Now).Any())
        {
            return new(state, ApiCall.Refusal("Forbidden", "The limit of sessions in your tariff is reached"));
        }

        var row = state.Sessions.Count + 1;
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{call.Call.World.Id} {row}")))[..12];
        var created = new Session(row, id, name, isByCode, number, call.Text("callback"), call.Now, false);
        return new(state.With(created), Answer.Of(200, new { Result = "OK", Data = Shown(created, call, isCreation: true) }) with
        {
            Delay = call.Course.CreateDelay,
            IsLost = call.Course.LosesCreateAnswer && row == 1,
        })
        {
            Callbacks = call.Course.LinkAfter is { } after ? Callbacks.Ready(id, after + call.Course.PageLead, call.Course) : [],
        };
    }

    public static Turn<WhatsgateState> Delete(ApiCall call, WhatsgateState state)
    {
        state = state with { Deletes = state.Deletes + 1 };
        if (call.Course.RefusesFirstDelete && state.Deletes == 1) return new(state, ApiCall.Refusal("Internal Server Error", "An internal server error occurred."));
        if (state.Find(call.Text("WhatsappID"), call.Course, call.Now) is not { } session) return new(state, NotFound);
        var deleted = session with { DeletedAt = session.DeletedAt ?? call.Now };
        return new(state.With(deleted), Answer.Of(200, new { Result = "OK", Data = Shown(deleted, call) }));
    }

    public static Turn<WhatsgateState> List(ApiCall call, WhatsgateState state)
    {
        var (id, name, status) = (call.Text("WhatsappID"), call.Text("name"), call.Text("status"));
        var found = state.Active(call.Course, call.Now)
            .Where(session => (id is null || session.UniqueId == id) && (name is null || session.Name == name)
                && (status is null || session.StatusAt(call.Now, call.Course) == status))
            .Select(session => Shown(session, call))
            .ToArray();
        return new(state, Answer.Of(200, new { Result = "OK", Pages = 1, Elements = found.Length, Page = 1, Data = found }));
    }

    public static Turn<WhatsgateState> SetHook(ApiCall call, WhatsgateState state) =>
        state.Find(call.Text("WhatsappID"), call.Course, call.Now) is { } session
            ? new(state.With(session with { Callback = call.Text("callback") is { Length: > 0 } address ? address : null }), Answer.Of(200, new { Result = "OK" }))
            : new(state, NotFound);

    public static Turn<WhatsgateState> SetName(ApiCall call, WhatsgateState state) =>
        state.Find(call.Text("WhatsappID"), call.Course, call.Now) is { } session && call.Text("name") is { Length: > 0 } name
            ? new(state.With(session with { Name = name }), Answer.Of(200, new { Result = "OK" }))
            : new(state, NotFound);

    public static Turn<WhatsgateState> Events(ApiCall call, WhatsgateState state)
    {
        var (id, action) = (call.Text("WhatsappID"), call.Text("action"));
        var linked = state.Sessions.Select(session => session.At(call.Now, call.Course))
            .Where(session => session is { LinkedAt: not null, IsOlder: false })
            .Select(session => new SessionEvent(Callbacks.IdOf(session, "ready"), session.UniqueId, "ready", session.LinkedAt ?? call.Now));
        var data = linked.Concat(state.Events)
            .Where(one => (id is null || one.WhatsappId == id) && (action is null || one.Action == action))
            .Select(one => new { one.Id, one.WhatsappId, EventAction = one.Action, EventDate = Written(one.At) });
        return new(state, Answer.Of(200, new { Result = "OK", Pages = 1, Page = 1, Data = data }));
    }

    private static Answer NotFound => ApiCall.Refusal("Not Found", "the session does not exist");

    private static string Written(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm:ss", null);

    private static object Shown(Session session, ApiCall call, bool isCreation = false)
    {
        var status = session.StatusAt(call.Now, call.Course) ?? "DESTROYING";
        return new
        {
            session.Id,
            session.Name,
            session.UniqueId,
            Status = status,
            session.Callback,
            DateAdd = Written(session.CreatedAt),
            Qr = (string?)null,
            Code = session.CodeAt(call.Now, call.Course.CodeAfter),
            StatusName = status switch { "PENDING" => "Инициализация", "AUTH" => "Ожидание авторизации", "READY" => "Готово", _ => "Удаление" },
            Pushname = isCreation ? null : status == "READY" ? session.Pushname : null,
            Wid = isCreation ? null : status == "READY" ? session.Wid : null,
            QrLink = status == "READY" ? "" : call.PageAddress($"qr/{session.UniqueId}"),
        };
    }
}
