using System.Text.Json;
using Engine.Sandbox;

namespace AmoCrm.Simulator;

/// <summary>
/// Plays amoCRM as providers.md §3 describes it: the platform with its consent page, the accounts' own hosts, the two hooks, and the windows in which a
/// person copies a code, installs the widget, switches the integration off or renames an account. The texts of refusals are those that clients have
/// seen [C2]. Guessed, so that it shows no more than that we agree with ourselves: what a declined consent posts, what a renamed account's old host
/// answers (404), and that a refresh token used twice ends its whole family.
/// </summary>
public sealed class AmoCrmSimulator : ISimulator
{
    private const string IntegrationId = "5ba0e0a2-7f5c-4c55-9a0f-0123456789ab";

    public string Provider => "amocrm";

    public IReadOnlyList<Scenario> Scenarios { get; } = [.. Course.All.Select(course => course.ToScenario())];

    public IReadOnlyDictionary<string, string> Settings(World world, Uri address) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["client_id"] = IntegrationId,
        ["client_secret"] = SecretOf(world),
        ["redirect_uri"] = Integration.ReturnAddress(world),
        ["platform_url"] = address.AbsoluteUri,
        ["account_url"] = $"{address.AbsoluteUri}/accounts/{{host}}",
    };

    public void Map(SimulatorRoutes routes)
    {
        MapApi("POST", "accounts/{host}/oauth2/access_token", "access_token", TokenApi.Answer);
        MapApi("GET", "accounts/{host}/oauth2/account/current/subdomain", "subdomain", AccountApi.Subdomain);
        MapApi("GET", "accounts/{host}/api/v4/account", "account", AccountApi.Show);
        ConsentPage.Map(routes);
        AccountWindow.Map(routes);

        void MapApi(string method, string path, string operation, Func<ApiCall, AmoState, Turn<AmoState>> answer) =>
            routes.Operation<AmoState>(method, path, operation, (call, before) =>
            {
                var state = before ?? AmoState.Begin(call.World, routes.Worlds);
                state = state with { Requests = state.Requests + 1 };
                var api = new ApiCall(call, Course.Of(call.World), IntegrationOf(call.World));
                return api.FindTrouble(state) is { } trouble ? new Turn<AmoState>(state, trouble) : answer(api, state);
            });
    }

    internal static string SecretOf(World world) => $"sandbox-secret-{world.Id[..8]}";

    internal static Integration IntegrationOf(World world) => new(IntegrationId, SecretOf(world), Integration.ReturnAddress(world));
}

/// <summary>The one integration of a world.</summary>
internal sealed record Integration(string Id, string Secret, string RedirectUri)
{
    /// <summary>An engine's usual address, for a world that was told of none: nobody comes back from there.</summary>
    private static readonly Uri Unknown = new("http://127.0.0.1:5080/v1/return/amocrm");

    /// <summary>Where people come back to and the widget's hook goes.</summary>
    public static string ReturnAddress(World world) => (world.Origin.ReturnUrl ?? Unknown).AbsoluteUri;
}

/// <summary>One call to an account's host.</summary>
internal sealed record ApiCall(SimulatorCall Call, Course Course, Integration Integration)
{
    public DateTimeOffset Now => Call.Now;

    public string Host => Call.Http.RouteValues["host"] as string ?? "";

    /// <summary>The answer of a scenario in which no call gets through; null when this one does.</summary>
    public Answer? FindTrouble(AmoState state)
    {
        if (Course.AnswersHtml) return Answer.Html("<!doctype html><title>amoCRM</title><h1>Sign in</h1>");
        if (Course.IsBlocked) return new Answer(403, "text/html; charset=utf-8", "<!doctype html><h1>Forbidden</h1>");
        if (state.Requests % 2 == 0) return null;
        if (Course.LimitsRate) return Problem(429, null, "Too many requests") with { RetryAfter = TimeSpan.FromSeconds(1) };
        return Course.IsUnavailable ? Problem(503, null, "Unavailable") with { RetryAfter = TimeSpan.FromSeconds(1) } : null;
    }

    /// <summary>A text member of the JSON body; null where it is missing or something else.</summary>
    public string? Text(string name)
    {
        try
        {
            return JsonElement.Parse(Call.Body) is { ValueKind: JsonValueKind.Object } body
                && body.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String
                    ? member.GetString()
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A refusal in the observed form; members that are null are left out by hand, since the hint is at times not there.</summary>
    public static Answer Problem(int status, string? hint, string title) => new(
        status,
        "application/problem+json",
        JsonSerializer.Serialize(
            new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["title"] = title,
                ["type"] = "https://developers.amocrm.ru/v3/errors/OAuthProblemJson",
                ["status"] = status,
                ["detail"] = title,
            }.Concat(hint is null ? [] : [new KeyValuePair<string, object>("hint", hint)]).ToDictionary()));
}
