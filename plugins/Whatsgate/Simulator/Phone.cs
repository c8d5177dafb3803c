using Engine.Sandbox;

namespace Whatsgate.Simulator;

/// <summary>The person's phone: links, refuses and unlinks the newest session.</summary>
internal static class Phone
{
    public static void Map(SimulatorRoutes routes)
    {
        routes.File<WhatsgateSimulator>("phone.html", "phone");
        routes.File<WhatsgateSimulator>("phone.css");
        routes.File<WhatsgateSimulator>("phone.js");

        routes.View("phone/state", (world, request, now) => Shown(world, world.Read<WhatsgateState>() ?? WhatsgateState.Begin(world, routes.Worlds), request.Query["lang"] == "ru", now));
        Act("link", (session, now, course) => session.Linked(now, false));
        Act("link-other", (session, now, course) => session.Linked(now, true));
        Act("fail", (session, now, course) => session with { ErrorAt = now });
        Act("unlink", (session, now, course) => session with { ClosedAt = now });

        void Act(string name, Func<Session, DateTimeOffset, Course, Session> act) =>
            routes.Operation<WhatsgateState>("POST", $"phone/{name}", $"phone.{name}", (call, before) =>
            {
                var (state, course) = (before ?? WhatsgateState.Begin(call.World, routes.Worlds), Course.Of(call.World));
                var newest = Newest(state, course, call.Now);
                var isLinked = newest?.LinkedAt is not null;
                if (newest is null || (isLinked && name != "unlink")) return new(state, Answer.Of(409, new { Error = "there is no session that this fits" }));

                var after = state.With(act(newest, call.Now, course));
                if (name == "unlink") after = after.With(new SessionEvent(Callbacks.IdOf(newest, "disconnect"), newest.UniqueId, "disconnect", call.Now));
                return new(after, Answer.Of(200, new { Done = true }))
                {
                    Callbacks = name.StartsWith("link", StringComparison.Ordinal) ? Callbacks.Ready(newest.UniqueId, course.PageLead, course)
                        : name == "unlink" ? Callbacks.Disconnect(newest.UniqueId, course)
                        : [],
                };
            });
    }

    private static Session? Newest(WhatsgateState state, Course course, DateTimeOffset now) =>
        state.Active(course, now).LastOrDefault(session => session is { IsOlder: false, DeletedAt: null });

    private static Answer Shown(World world, WhatsgateState state, bool isRussian, DateTimeOffset now)
    {
        var course = Course.Of(world);
        var newest = Newest(state, course, now);
        return Answer.Of(200, new
        {
            Scenario = isRussian ? course.Ru : course.En,
            Stage = newest is null ? "none" : newest.LinkedAt is not null ? "linked" : newest.IsByCode ? "code" : "qr",
            Code = newest?.CodeAt(now, TimeSpan.FromSeconds(2)),
            Sessions = state.Active(course, now).Select(session => new { session.Name, Status = session.StatusAt(now, course), Number = session.Wid?.Split('@')[0] }),
        });
    }
}
