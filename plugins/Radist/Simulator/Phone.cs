using System.Text.Json;
using Engine.Sandbox;

namespace Radist.Simulator;

/// <summary>The person's phone: a page that shows what Telegram shows there, and lets a person do what he would do.</summary>
internal static class Phone
{
    /// <summary>The two-step verification password of the account.</summary>
    public const string Password = "correct horse";

    /// <summary>The code that Telegram sends to its own chat.</summary>
    public const string Code = "12345";

    /// <summary>A key that the provider never accepts.</summary>
    public const string WrongKey = "wrong-key";

    /// <summary>A key that is in use elsewhere.</summary>
    public const string KeyInUse = "key-in-use";

    public static void Map(SimulatorRoutes routes)
    {
        routes.File<RadistSimulator>("phone.html", "phone");
        routes.File<RadistSimulator>("phone.css");
        routes.File<RadistSimulator>("phone.js");
        routes.File<RadistSimulator>("qr.html", "qr");
        routes.File<RadistSimulator>("qr.js");

        routes.View("phone/state", (world, request, now) =>
            Shown(world, world.Read<RadistState>() ?? RadistState.Begin(world, routes.Worlds), request.Query["lang"] == "ru", now));
        Action("scan", Scan);
        Action("end", (_, state, _) => new(
            state with
            {
                Sessions = [.. state.Sessions.Select(session => session with { Stage = Stage.Ended })],
                Connections = [.. state.Connections.Select(connection => connection with { IsSignedOut = connection.AuthorizedAt is not null })],
            },
            Done));
        Action("two-step", (call, state, _) => new(state with { HasTwoStep = call.Http.Query["on"] == "true" }, Done));

        void Action(string name, Func<SimulatorCall, RadistState, Course, Turn<RadistState>> act) =>
            routes.Operation<RadistState>("POST", $"phone/{name}", $"phone.{name}", (call, state) =>
                act(call, state ?? RadistState.Begin(call.World, routes.Worlds), Course.Of(call.World)));
    }

    private static Answer Done => Answer.Of(200, new { Done = true });

    private static Turn<RadistState> Scan(SimulatorCall call, RadistState state, Course course) =>
        state.NewestSession(course, call.Now) is { Stage: Stage.Qr } session
            ? new(state.With(session.Accepted(call.Now, course, state.HasTwoStep)), Done)
            : state.FindWaiting(course, call.Now) is { } waiting
                ? new(state.With(waiting.Scanned(call.Now, course)), Done)
                : new(state, Answer.Of(409, new { Error = "there is no QR code to scan" }));

    private static Answer Shown(World world, RadistState state, bool isRussian, DateTimeOffset now)
    {
        var course = Course.Of(world);
        var session = state.NewestSession(course, now);
        var waiting = session is null ? state.FindWaiting(course, now) : null;
        var connections = state.Connections.Select(connection => connection.At(now, course)).ToList();
        return Answer.Of(200, new
        {
            Scenario = isRussian ? course.Ru : course.En,
            App = session?.App ?? (connections.Exists(connection => connection.Type == "whatsapp") ? "whatsapp" : "telegram"),
            Stage = waiting is not null ? "qr" : session is null ? "none" : JsonNamingPolicy.SnakeCaseLower.ConvertName(session.Stage.ToString()),
            QrExpires = session is { Stage: Stage.Qr } ? session.QrExpires(now, course) : now + waiting?.QrLeft(now, course),
            Now = now,
            TwoStep = state.HasTwoStep,
            Password,
            Chat = state.Sessions.Where(known => known.IsByCode).Select(known => new { Code, At = known.StartedAt, IsNewest = known.Number == state.Sessions.Count }),
            Connections = connections.Select(connection => new { connection.Id, connection.Name, connection.AuthorizedAt, Status = connection.Status(now, course) }),
        });
    }
}
