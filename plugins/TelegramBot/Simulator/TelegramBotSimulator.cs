using System.Collections.Immutable;
using System.Globalization;
using Engine.Sandbox;

namespace TelegramBot.Simulator;

/// <summary>Plays <c>getMe</c> of the Bot API as https://core.telegram.org/bots/api describes it, and the chat in which a bot's token is shown.</summary>
public sealed class TelegramBotSimulator : ISimulator
{
    /// <summary>The token of the one bot there is, until @BotFather is told to make another.</summary>
    public const string Token = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";

    private static readonly ImmutableArray<Course> Courses =
    [
        new("connected", "All goes well; the token is on the simulated phone", "Всё хорошо; токен показан на имитации телефона"),
        new("wrong-token", "The first token is refused, whatever it is", "Первый токен отвергается, каким бы он ни был") { Refuses = 1 },
        new("rate-limited", "The first call is answered with 429, and to come back after 2 seconds", "На первый вызов — ответ 429, повторить через 2 секунды")
        {
            LimitsFirst = true,
        },
        new("unavailable", "The first call is answered with 502 and a web page", "На первый вызов — ответ 502 с веб-страницей") { IsDownFirst = true },
        new("html", "Answers with a web page instead of JSON", "Отвечает веб-страницей вместо JSON") { AnswersHtml = true },
        new("hang", "Never answers", "Никогда не отвечает") { Hangs = true },
    ];

    public string Provider => "telegram_bot";

    public IReadOnlyList<Scenario> Scenarios { get; } = [.. Courses.Select(course => new Scenario(
        course.Name, new Dictionary<string, string>(StringComparer.Ordinal) { ["en"] = course.En, ["ru"] = course.Ru }, []))];

    public IReadOnlyDictionary<string, string> Settings(World world, Uri address) =>
        new Dictionary<string, string>(StringComparer.Ordinal) { ["api"] = address.AbsoluteUri };

    public void Map(SimulatorRoutes routes)
    {
        // The sandbox writes down the calls it gets, but not a value of this name.
        routes.Operation<BotState>("GET", "bot{auth}/getMe", "get_me", (call, before) =>
        {
            var state = before ?? BotState.Begin(call.World, routes.Worlds);
            state = state with { Calls = state.Calls + 1 };
            return new(state, AnswerOf(call, Of(call.World), state));
        });

        routes.File<TelegramBotSimulator>("phone.html", "phone");
        routes.File<TelegramBotSimulator>("phone.css");
        routes.File<TelegramBotSimulator>("phone.js");
        routes.View("phone/state", (world, request, _) => Answer.Of(200, new
        {
            Scenario = request.Query["lang"] == "ru" ? Of(world).Ru : Of(world).En,
            Token = TokenOf((world.Read<BotState>() ?? BotState.Begin(world, routes.Worlds)).Revocations),
        }));
        routes.Operation<BotState>("POST", "phone/revoke", "phone.revoke", (call, before) =>
        {
            var state = before ?? BotState.Begin(call.World, routes.Worlds);
            return new(state with { Revocations = state.Revocations + 1 }, Answer.Of(200, new { Done = true }));
        });
    }

    private static Answer AnswerOf(SimulatorCall call, Course course, BotState state)
    {
        if (course.Hangs) return Answer.Of(504, new { }) with { IsHanging = true };
        if (course.AnswersHtml) return Answer.Html("<!doctype html><title>Maintenance</title>");
        if (course.IsDownFirst && state.Calls == 1) return Answer.Html("<html><body>502 Bad Gateway</body></html>") with { Status = 502 };
        if (course.LimitsFirst && state.Calls == 1)
        {
            return Answer.Of(429, new { ok = false, error_code = 429, description = "Too Many Requests: retry after 2", parameters = new { retry_after = 2 } });
        }

        return call.Http.RouteValues["auth"] as string == TokenOf(state.Revocations) && state.Calls > course.Refuses
            ? Answer.Of(200, new
            {
                ok = true,
                result = new { id = 110201543, is_bot = true, first_name = "Shop", username = "shop_helper_bot", can_join_groups = true },
            })
            : Answer.Of(401, new { ok = false, error_code = 401, description = "Unauthorized" });
    }

    private static Course Of(World world) => Courses.First(course => course.Name == world.Origin.Scenario);

    private static string TokenOf(int revocations) =>
        revocations == 0 ? Token : $"{Token[..^3]}{revocations.ToString("000", CultureInfo.InvariantCulture)}";

    private sealed record Course(string Name, string En, string Ru)
    {
        public int Refuses { get; init; }

        public bool LimitsFirst { get; init; }

        public bool IsDownFirst { get; init; }

        public bool AnswersHtml { get; init; }

        public bool Hangs { get; init; }
    }

    /// <summary>What a world remembers.</summary>
    /// <param name="Revocations">How often @BotFather made another token; outlasts the world.</param>
    private sealed record BotState(int Calls, int Revocations)
    {
        public static BotState Begin(World world, Worlds worlds) =>
            new(0, world.Origin.Continues is { } before ? worlds.Find(before)?.Read<BotState>()?.Revocations ?? 0 : 0);
    }
}
