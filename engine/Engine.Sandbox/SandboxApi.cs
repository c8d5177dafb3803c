using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Engine.Sandbox;

/// <summary>The sandbox's own routes: what can be played, making worlds, and what they were called with.</summary>
internal static class SandboxApi
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, AllowDuplicateProperties = false };

    public static void Map(IEndpointRouteBuilder routes, Func<SandboxServer> server)
    {
        routes.MapGet("/providers", context => SendAsync(context, 200, new
        {
            Providers = server().Simulators.Select(simulator => new { simulator.Provider, simulator.Scenarios }),
        }));
        routes.MapPost("/worlds", context => NewWorldAsync(context, server()));
        routes.MapGet("/worlds/{id}", context =>
            server().FindWorld(IdOf(context)) is { } world ? SendAsync(context, 200, world) : NotFoundAsync(context));
        routes.MapGet("/worlds/{id}/calls", context =>
            server().FindCalls(IdOf(context)) is { } calls ? SendAsync(context, 200, new { Calls = calls }) : NotFoundAsync(context));
    }

    private static async Task NewWorldAsync(HttpContext context, SandboxServer server)
    {
        // A web page elsewhere cannot send this content type without asking first, which nobody answers.
        if (!context.Request.HasJsonContentType())
        {
            await SendAsync(context, 415, new { Error = "send application/json" });
            return;
        }

        NewWorld? wanted;
        try
        {
            wanted = await JsonSerializer.DeserializeAsync<NewWorld>(context.Request.Body, Json, context.RequestAborted);
        }
        catch (JsonException)
        {
            wanted = null;
        }

        if (wanted?.Provider is not { } provider)
        {
            await SendAsync(context, 400, new { Error = "send { \"provider\": …, \"scenario\": …, \"language\": …, \"continues\": …, \"engine_url\": … }; only the provider is required" });
            return;
        }

        if (server.NewWorld(provider, wanted.Scenario, wanted.Language ?? "en", wanted.Continues, wanted.EngineUrl) is { } world)
        {
            await SendAsync(context, 201, world);
            return;
        }

        var simulator = server.Simulators.FirstOrDefault(known => known.Provider == provider);
        await SendAsync(context, 404, new
        {
            Error = simulator is null
                ? $"there is no simulator for '{provider}'; there are: {string.Join(", ", server.Simulators.Select(known => known.Provider))}"
                : $"there is no scenario '{wanted.Scenario}'; there are: {string.Join(", ", simulator.Scenarios.Select(scenario => scenario.Name))}",
        });
    }

    private static string IdOf(HttpContext context) => context.GetRouteValue("id") as string ?? "";

    private static Task NotFoundAsync(HttpContext context) => SendAsync(context, 404, new { Error = "there is no such world" });

    private static Task SendAsync(HttpContext context, int status, object body)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(body, body.GetType(), Json, context.RequestAborted);
    }

    private sealed record NewWorld(string? Provider, string? Scenario, string? Language, string? Continues, Uri? EngineUrl);
}
