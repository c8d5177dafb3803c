using System.Text.Json;
using Engine.Sandbox;

namespace Whatsgate.Simulator;

/// <summary>
/// Plays Whatsgate as providers.md §2 describes it. How a full tariff and a missing session are refused, when the code is there, and
/// that waiting sessions are listed is inferred: there this simulator shows that we agree with our own guess, not with the provider.
/// </summary>
public sealed class WhatsgateSimulator : ISimulator
{
    public string Provider => "whatsgate";

    public IReadOnlyList<Scenario> Scenarios { get; } = [.. Course.All.Select(course => course.ToScenario())];

    public IReadOnlyDictionary<string, string> Settings(World world, Uri address) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["base_url"] = address.AbsoluteUri,
        ["api_key"] = KeyOf(world),
    };

    public void Map(SimulatorRoutes routes)
    {
        MapApi("session-create", SessionsApi.Create);
        MapApi("session-delete", SessionsApi.Delete);
        MapApi("sessions-get", SessionsApi.List);
        MapApi("set-hook", SessionsApi.SetHook);
        MapApi("set-name", SessionsApi.SetName);
        MapApi("events-get", SessionsApi.Events);
        HostedPage.Map(routes);
        Phone.Map(routes);

        void MapApi(string command, Func<ApiCall, WhatsgateState, Turn<WhatsgateState>> answer) =>
            routes.Operation<WhatsgateState>("POST", $"api/v1/{command}", command.Replace('-', '_'), (call, before) =>
            {
                var state = before ?? WhatsgateState.Begin(call.World, routes.Worlds);
                state = state with { Requests = state.Requests + 1 };
                var api = new ApiCall(call, Course.Of(call.World));
                var turn = api.FindTrouble(state, KeyOf(call.World)) is { } trouble ? new Turn<WhatsgateState>(state, trouble) : answer(api, state);
                return turn with { Answer = turn.Answer with { Delay = turn.Answer.Delay + api.Course.Delay } };
            });
    }

    private static string KeyOf(World world) => $"sandbox-{world.Id[..8]}";
}

/// <summary>One call of the provider's API.</summary>
internal sealed record ApiCall(SimulatorCall Call, Course Course)
{
    public DateTimeOffset Now => Call.Now;

    /// <summary>The address of a page of the provider, beside the API of this world.</summary>
    public string PageAddress(string path) => $"{Call.Http.Scheme}://{Call.Http.Host}/whatsgate/{Call.World.Id}/{path}";

    /// <summary>The answer of a scenario in which this call does not get through, or of a caller without a key; null when it does.</summary>
    public Answer? FindTrouble(WhatsgateState state, string key)
    {
        if (Course.Hangs) return Answer.Of(504, new { }) with { IsHanging = true };
        if (Course.AnswersHtml) return Answer.Html("<!doctype html><title>Maintenance</title><h1>We are back soon</h1>");
        if (Course.RefusesKey || Call.Http.Headers["X-Api-Key"] != key) return Refusal("Unauthorized", "Your request was made with invalid credentials.");
        return Course.IsUnavailable && state.Requests % 3 == 0 ? Refusal("Internal Server Error", "An internal server error occurred.") : null;
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

    /// <summary>Every refusal is a 500 with a name (§2.1).</summary>
    public static Answer Refusal(string name, string message) => Answer.Of(500, new { Name = name, Message = message, Code = 0 });
}
