using Engine.Sandbox;

namespace GitHub.Simulator;

/// <summary>The page on which a person types the code.</summary>
internal static class Page
{
    public static void Map(SimulatorRoutes routes)
    {
        foreach (var (path, type) in new[] { ("phone.html", "text/html"), ("phone.css", "text/css"), ("phone.js", "text/javascript") })
        {
            var content = new Answer(200, $"{type}; charset=utf-8", Resource(path));
            routes.View(path == "phone.html" ? "phone" : path, (_, _, _) => content);
        }

        routes.View("phone/state", (world, request, _) => Answer.Of(200, new
        {
            Scenario = request.Query["lang"] == "ru" ? Course.Of(world).Ru : Course.Of(world).En,
        }));
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

    private static string Resource(string name)
    {
        using var stream = typeof(Page).Assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException(name);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
