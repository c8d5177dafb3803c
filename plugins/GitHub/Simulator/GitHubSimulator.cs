using System.Globalization;
using System.Text;
using Engine.Sandbox;
using Microsoft.AspNetCore.WebUtilities;

namespace GitHub.Simulator;

/// <summary>
/// Plays GitHub's device flow as its documentation describes it, errors as 200 answers included. What is a guess: the status of the error
/// of an unknown client (documented without one).
/// </summary>
public sealed class GitHubSimulator : ISimulator
{
    private const string Secret = "simulated-client-secret";

    public string Provider => "github";

    public IReadOnlyList<Scenario> Scenarios { get; } = [.. Course.All.Select(course => course.ToScenario())];

    public IReadOnlyDictionary<string, string> Settings(World world, Uri address) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["client_id"] = ClientOf(world),
        ["client_secret"] = Secret,
        ["web"] = address.AbsoluteUri,
        ["api"] = address.AbsoluteUri,
    };

    public void Map(SimulatorRoutes routes)
    {
        MapApi("POST", "login/device/code", "device_code", Begin);
        MapApi("POST", "login/oauth/access_token", "device_token", Ask);
        MapApi("GET", "user", "user", User);
        MapApi("DELETE", "applications/{client}/token", "revoke", Revoke);
        Page.Map(routes);

        void MapApi(string method, string path, string operation, Func<SimulatorCall, GitHubState, Course, Turn<GitHubState>> answer) =>
            routes.Operation<GitHubState>(method, path, operation, (call, before) =>
            {
                var course = Course.Of(call.World);
                var state = before ?? GitHubState.Empty;
                state = state with { Requests = state.Requests + 1 };
                if (course.Hangs) return new(state, Answer.Of(504, new { }) with { IsHanging = true });
                if (course.AnswersHtml) return new(state, Answer.Html("<!doctype html><title>Unicorn!</title><h1>We are back soon</h1>"));
                return course.IsUnavailable && state.Requests % 3 == 0
                    ? new(state, Answer.Of(503, new { message = "unavailable" }) with { RetryAfter = TimeSpan.FromSeconds(1) })
                    : answer(call, state, course);
            });
    }

    private static string ClientOf(World world) => $"Iv1.{world.Id[..12]}";

    private static string TokenOf(World world) => $"gho_{world.Id}";

    private static Turn<GitHubState> Begin(SimulatorCall call, GitHubState state, Course course)
    {
        if (course.IsDisabled) return Refuse(state, "device_flow_disabled");
        if (Form(call, "client_id") != ClientOf(call.World)) return Refuse(state, "incorrect_client_credentials");
        var number = state.Grants.Count + 1;
        var grant = new Grant(
            $"{call.World.Id}{number.ToString(CultureInfo.InvariantCulture)}", UserCodeOf(call.World, number), call.Now, Decision.Open);
        var page = $"{call.Http.Scheme}://{call.Http.Host}/github/{call.World.Id}/phone?lang={call.World.Origin.Language}";
        return new(state.With(grant), Answer.Of(200, new
        {
            grant.DeviceCode,
            grant.UserCode,
            VerificationUri = page,
            ExpiresIn = (int)course.CodeLife.TotalSeconds,
            grant.Interval,
        }));
    }

    private static Turn<GitHubState> Ask(SimulatorCall call, GitHubState state, Course course)
    {
        if (Form(call, "client_id") != ClientOf(call.World)) return Refuse(state, "incorrect_client_credentials");
        if (Form(call, "grant_type") != "urn:ietf:params:oauth:grant-type:device_code") return Refuse(state, "unsupported_grant_type");
        if (state.FindByDevice(Form(call, "device_code"))?.At(call.Now, course) is not { Decision: not Decision.Spent } grant)
        {
            return Refuse(state, "incorrect_device_code");
        }

        // The clock of the asker and ours may differ by a little.
        var isTooSoon = grant.AskedAt is { } last && call.Now - last < TimeSpan.FromSeconds(grant.Interval - 0.5);
        grant = grant with { AskedAt = call.Now };
        if (isTooSoon || grant.SlowDowns < course.SlowDowns)
        {
            grant = grant with { Interval = grant.Interval + 5, SlowDowns = grant.SlowDowns + 1 };
            return new(state.With(grant), Answer.Of(200, new { error = "slow_down", grant.Interval }));
        }

        return grant.Decision switch
        {
            Decision.Granted => new(
                state.With(grant with { Decision = Decision.Spent }) with { HasAccess = true },
                Answer.Of(200, new { access_token = TokenOf(call.World), token_type = "bearer", scope = "repo" })),
            Decision.Denied => Refuse(state.With(grant), "access_denied"),
            Decision.Expired => Refuse(state.With(grant), "expired_token"),
            _ => Refuse(state.With(grant), "authorization_pending"),
        };
    }

    private static Turn<GitHubState> User(SimulatorCall call, GitHubState state, Course course) =>
        new(state, course.ForgetsToken || !state.HasAccess || call.Http.Headers.Authorization != $"Bearer {TokenOf(call.World)}"
            ? Answer.Of(401, new { message = "Bad credentials" })
            : Answer.Of(200, new { id = 583231, login = "octocat", name = "The Octocat" }));

    /// <summary>As documented: 204, or 404 for a token that is none.</summary>
    private static Turn<GitHubState> Revoke(SimulatorCall call, GitHubState state, Course course)
    {
        var key = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{ClientOf(call.World)}:{Secret}"));
        if (call.Http.Headers.Authorization != $"Basic {key}") return new(state, Answer.Of(401, new { message = "Bad credentials" }));
        return state.HasAccess && call.Body.Contains($"\"{TokenOf(call.World)}\"", StringComparison.Ordinal)
            ? new(state with { HasAccess = false }, new Answer(204, "application/json", ""))
            : new(state, Answer.Of(404, new { message = "Not Found" }));
    }

    /// <summary>GitHub says what is wrong in an answer of status 200.</summary>
    private static Turn<GitHubState> Refuse(GitHubState state, string error) => new(state, Answer.Of(200, new { error }));

    private static string? Form(SimulatorCall call, string name) => QueryHelpers.ParseQuery(call.Body).TryGetValue(name, out var value) ? value.ToString() : null;

    private static string UserCodeOf(World world, int number)
    {
        var letters = string.Concat(world.Id.ToUpperInvariant().Where(char.IsAsciiLetterOrDigit).Skip(number).Take(8)).PadRight(8, 'X');
        return $"{letters[..4]}-{letters[4..]}";
    }
}
