using System.Globalization;
using System.Text.Json;
using Engine.Sandbox;

namespace Radist.Simulator;

/// <summary>
/// Plays Radist as providers.md §1 describes it. Much of that is inferred: paths, the body of login, all refusals, creation and
/// its answer. Where it is, this simulator shows that we agree with our own guess, not with the provider.
/// </summary>
public sealed class RadistSimulator : ISimulator
{
    private const int Company = 4242;

    public string Provider => "radist";

    public IReadOnlyList<Scenario> Scenarios { get; } = [.. Course.All.Select(course => course.ToScenario())];

    public IReadOnlyDictionary<string, string> Settings(World world, Uri address) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["base_url"] = address.AbsoluteUri,
        ["api_key"] = KeyOf(world),
        ["company_id"] = $"{Company}",
    };

    public void Map(SimulatorRoutes routes)
    {
        MapApi("POST", "companies/{company}/telegram/init", "telegram_init", TelegramApi.Init);
        MapApi("POST", "companies/{company}/telegram/login", "telegram_login", TelegramApi.Login);
        MapApi("POST", "companies/{company}/max_personal/init", "max_init", MaxApi.Init);
        MapApi("POST", "companies/{company}/max_personal/login", "max_login", MaxApi.Login);
        MapApi("POST", "companies/{company}/connections/", "create_connection", ConnectionsApi.Create);
        MapApi("GET", "companies/{company}/connections/{connection:int}", "connection", ConnectionsApi.Read);
        MapApi("PATCH", "companies/{company}/connections/{connection:int}", "change_key", ConnectionsApi.ChangeKey);
        MapApi("GET", "companies/{company}/connections/{connection:int}/whatsapp/status", "whatsapp_status", WhatsappApi.Status);
        MapApi("POST", "companies/{company}/connections/{connection:int}/whatsapp/qr", "whatsapp_new_qr", WhatsappApi.NewQr);
        MapApi("GET", "companies/{company}/connections/", "list_connections", ConnectionsApi.List);
        Phone.Map(routes);

        void MapApi(string method, string path, string operation, Func<ApiCall, RadistState, Turn<RadistState>> answer) =>
            routes.Operation<RadistState>(method, path, operation, (call, before) =>
            {
                var state = (before ?? RadistState.Begin(call.World, routes.Worlds)).Counting(operation);
                var api = new ApiCall(call, Course.Of(call.World), operation);
                var turn = api.FindTrouble(state, KeyOf(call.World), Company) is { } trouble
                    ? new Turn<RadistState>(state, trouble)
                    : answer(api, state);
                return turn with { Answer = turn.Answer with { Delay = api.Course.Delay } };
            });
    }

    private static string KeyOf(World world) => $"sandbox-{world.Id[..8]}";
}

/// <summary>One call of the provider's API.</summary>
internal sealed record ApiCall(SimulatorCall Call, Course Course, string Operation)
{
    public DateTimeOffset Now => Call.Now;

    /// <summary>The answer of a scenario in which this call does not get through, or of a caller without a key; null when it does.</summary>
    public Answer? FindTrouble(RadistState state, string key, int company)
    {
        if (Course.Hangs) return Answer.Of(504, new { }) with { IsHanging = true };
        if (Course.AnswersHtml) return Answer.Html("<!doctype html><title>Maintenance</title><h1>We are back soon</h1>");
        if (Course.RefusesKey || Call.Http.Headers["X-Api-Key"] != key) return Refusal(401, "unauthorized");
        if (Course.LacksRights) return Refusal(403, "the key lacks the scope connections");
        if (Call.Http.RouteValues["company"] as string != $"{company}") return Refusal(404, "not found");

        var isThird = state.Requests % 3 == 2;
        if (Course.LimitsRate && (isThird || (Operation == "create_connection" && state.CreateCalls == 1)))
        {
            return Refusal(429, "too many requests") with { RetryAfter = TimeSpan.FromSeconds(2) };
        }

        return Course.IsUnavailable && isThird && Operation != "create_connection"
            ? Refusal(503, "unavailable") with { RetryAfter = TimeSpan.FromSeconds(1) }
            : null;
    }

    /// <summary>The members of the JSON body; none where it is not an object.</summary>
    public JsonElement Body()
    {
        try
        {
            return JsonElement.Parse(Call.Body) is { ValueKind: JsonValueKind.Object } body ? body : JsonElement.Parse("{}");
        }
        catch (JsonException)
        {
            return JsonElement.Parse("{}");
        }
    }

    /// <summary>A text member of the body; null where it is missing or something else.</summary>
    public string? Text(string name) =>
        Body().TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    /// <summary>The address of a page in this call's world.</summary>
    public string PageAddress(string path) =>
        $"{Call.Http.Scheme}://{Call.Http.Host}/{string.Join('/', (Call.Http.Path.Value ?? "").Split('/').Skip(1).Take(2))}/{path}";

    /// <summary>The connection that the path names; null where there is none.</summary>
    public StoredConnection? FindConnection(RadistState state) =>
        int.TryParse(Call.Http.RouteValues["connection"] as string, CultureInfo.InvariantCulture, out var id)
            ? state.Connections.Find(known => known.Id == id)?.At(Now, Course)
            : null;

    /// <summary>The shape of refusals is not documented: this one is a guess.</summary>
    public static Answer Refusal(int status, string error) => Answer.Of(status, new { error });
}
