using Engine.Sandbox;

namespace GitHub.Simulator;

/// <summary>The page on which a person types the code.</summary>
internal static class Page
{
    public static void Map(SimulatorRoutes routes)
    {
        routes.File<GitHubSimulator>("phone.html", "phone");
        routes.File<GitHubSimulator>("phone.css");
        routes.File<GitHubSimulator>("phone.js");
        routes.View("phone/state", (world, request, _) => Answer.Of(200, new
        {
            Scenario = request.Query["lang"] == "ru" ? Course.Of(world).Ru : Course.Of(world).En,
            Access = world.Read<GitHubState>() is { HasAccess: true },
        }));
        routes.Operation<GitHubState>("POST", "phone/withdraw", "phone.withdraw", (_, before) =>
            new((before ?? GitHubState.Empty) with { HasAccess = false }, Answer.Of(200, new { Done = true })));
        Decide("authorize", Decision.Granted);
        Decide("deny", Decision.Denied);

        void Decide(string name, Decision decision) => routes.Operation<GitHubState>("POST", $"phone/{name}", $"phone.{name}", (call, before) =>
        {
            var state = before ?? GitHubState.Empty;
            var typed = call.Http.Query["code"].ToString().Trim().ToUpperInvariant();
            return state.FindByUser(typed)?.At(call.Now, Course.Of(call.World)) is { Decision: Decision.Open } grant
                ? new(state.With(grant with { Decision = decision }), Answer.Of(200, new { Done = true }))
                : new(state, Answer.Of(404, new { Error = "there is no such code" }));
        });
    }
}
