using System.Collections.Immutable;
using System.Text.Json;
using Engine.Sandbox;

namespace Whatsgate.Simulator;

/// <summary>
/// Events, as the provider sends them (providers.md §2.7): until the receiver answers with the event's own id, three times more, every 20 seconds.
/// </summary>
internal static class Callbacks
{
    private const int Repeats = 3;

    private static readonly TimeSpan RepeatEvery = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan SecondAfter = TimeSpan.FromSeconds(3);

    /// <summary>What is sent when the session becomes ready, so much later.</summary>
    public static ImmutableArray<Callback<WhatsgateState>> Ready(string id, TimeSpan after, Course course) =>
        course.LosesCallbacks ? [] : [New(id, "ready", after, course, Repeats)];

    /// <summary>What is sent when the phone unlinks it: the session is removed.</summary>
    public static ImmutableArray<Callback<WhatsgateState>> Disconnect(string id, Course course) =>
        course.LosesCallbacks ? [] : [New(id, "disconnect", TimeSpan.Zero, course, Repeats)];

    /// <summary>Its number belongs to the event, not to the call: a repeat has the same one.</summary>
    public static int IdOf(Session session, string action) => (500 + (session.Id * 10)) + (action == "ready" ? 1 : 2);

    private static Callback<WhatsgateState> New(string id, string action, TimeSpan after, Course course, int left) => new(
        after,
        $"callback.{action}",
        (state, now) => Make(state, id, action, now, course),
        (state, reply) => Then(state, reply, id, action, course, left));

    private static CallbackRequest? Make(WhatsgateState state, string id, string action, DateTimeOffset now, Course course)
    {
        if (state.Sessions.FirstOrDefault(known => known.UniqueId == id)?.At(now, course) is not { Callback: { } address, DeletedAt: null } session) return null;
        if (action == "ready" && session.LinkedAt is null) return null;
        return new CallbackRequest(address, JsonSerializer.Serialize(new
        {
            id = IdOf(session, action),
            whatsapp_id = id,
            event_action = action,
            event_date = now.ToString("yyyy-MM-dd HH:mm:ss", null),
            status_code = (int?)null,
            event_data = new { number = session.Wid?.Split('@')[0], pushname = session.Pushname },
        }));
    }

    private static Turn<WhatsgateState> Then(WhatsgateState state, CallbackReply reply, string id, string action, Course course, int left)
    {
        var session = state.Sessions.First(known => known.UniqueId == id);
        var isTaken = IsTaken(reply, IdOf(session, action));
        ImmutableArray<Callback<WhatsgateState>> next =
            !isTaken && left > 0 ? [New(id, action, RepeatEvery, course, left - 1)]
            : isTaken && course.DoublesCallbacks && left == Repeats ? [New(id, action, SecondAfter, course, 0)]
            : [];
        return new(state, Answer.Of(200, new { })) { Callbacks = next };
    }

    private static bool IsTaken(CallbackReply reply, int id)
    {
        try
        {
            return reply.Status == 200 && JsonElement.Parse(reply.Body) is { ValueKind: JsonValueKind.Object } body
                && body.TryGetProperty("result", out var result) && result.ValueEquals("OK")
                && body.TryGetProperty("id", out var said) && said.TryGetInt32(out var number) && number == id;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
