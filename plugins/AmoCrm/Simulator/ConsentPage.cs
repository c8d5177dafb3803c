using System.Text.Json;
using Engine.Sandbox;
using Microsoft.AspNetCore.Http;

namespace AmoCrm.Simulator;

/// <summary>The platform's page: choose an account, allow or decline.</summary>
internal static class ConsentPage
{
    public static void Map(SimulatorRoutes routes)
    {
        routes.File<AmoCrmSimulator>("consent.html", "oauth");
        routes.File<AmoCrmSimulator>("consent.js");
        routes.File<AmoCrmSimulator>("amocrm.css");

        routes.View("oauth/offer", (world, request, _) => Offer(world, routes.Worlds, request));
        routes.Operation<AmoState>("POST", "oauth/allow", "allow", (call, before) => Allow(call, before ?? AmoState.Begin(call.World, routes.Worlds)));
    }

    /// <summary>The address that a browser is sent back to, or that the hook goes to.</summary>
    public static string Back(World world, AmoAccount account, string code, string rest) =>
        $"{AmoCrmSimulator.IntegrationOf(world).RedirectUri}?code={code}&referer={Course.Of(world).Referer ?? account.Host}"
        + $"&platform={Course.Of(world).Platform}&client_id={AmoCrmSimulator.IntegrationOf(world).Id}{rest}";

    private static Answer Offer(World world, Worlds worlds, HttpRequest request)
    {
        if (request.Query["client_id"] != AmoCrmSimulator.IntegrationOf(world).Id) return Answer.Of(400, new { Error = "unknown_integration" });
        var (state, course) = (world.Read<AmoState>() ?? AmoState.Begin(world, worlds), Course.Of(world));
        return Answer.Of(200, new
        {
            Scenario = world.Origin.Language == "ru" ? course.Ru : course.En,
            Status = JsonNamingPolicy.SnakeCaseLower.ConvertName(course.Status.ToString()),
            Accounts = state.Accounts.Select(account => new { account.Id, account.Name, account.Host, Hindrance = AmoState.FindHindrance(account, course) ?? "" }),
        });
    }

    private static Turn<AmoState> Allow(SimulatorCall call, AmoState state)
    {
        var (query, course) = (call.Http.Query, Course.Of(call.World));
        if (query["client_id"] != AmoCrmSimulator.IntegrationOf(call.World).Id || state.FindAccount(query["account"]) is not { } account
            || AmoState.FindHindrance(account, course) is not null)
        {
            return new(state, Answer.Of(409, new { Error = "not_offered" }));
        }

        var (after, code) = TokenApi.Issue(state, account, course, call.Now);

        // Where no state was given, the real one has been seen to send this word [C2].
        var echo = query["state"].ToString() is { Length: > 0 } given ? Uri.EscapeDataString(given) : "false";
        return new(after, Answer.Of(200, new { Location = Back(call.World, account, code, $"&state={echo}") }));
    }
}
