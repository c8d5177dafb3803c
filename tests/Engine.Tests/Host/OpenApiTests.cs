using System.Text.Json;
using Xunit;

namespace Engine.Tests.Host;

public sealed class OpenApiTests(AskingEngine shared) : IClassFixture<AskingEngine>, IAsyncLifetime
{
    private readonly RunningEngine engine = shared.Running;
    private JsonElement document;

    public async Task InitializeAsync() => document = await (await engine.Anyone().GetAsync("/openapi/v1.json")).JsonAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public void Every_call_is_there_with_its_methods()
    {
        var calls = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"))
            .Order(StringComparer.Ordinal);

        Assert.Equal(
            [
                "DELETE /v1/connections/{id}", "GET /v1/connections", "GET /v1/connections/{id}", "GET /v1/flows", "GET /v1/health",
                "GET /v1/hooks/{provider}/{hook}/{world}", "GET /v1/hooks/{token}", "GET /v1/return/{provider}/{world}", "GET /v1/runs", "GET /v1/runs/{id}",
                "GET /v1/runs/{id}/events", "GET /v1/version", "POST /v1/connections/{id}/claim", "POST /v1/connections/{id}/operations/{name}",
                "POST /v1/connections/{id}/probe", "POST /v1/hooks/{provider}/{hook}/{world}", "POST /v1/hooks/{token}",
                "POST /v1/return/{provider}/{world}", "POST /v1/runs", "POST /v1/runs/{id}/cancel", "POST /v1/runs/{id}/links",
                "POST /v1/runs/{id}/replies", "POST /v1/runs/{id}/visits", "POST /v1/runs/{id}/visits/{visit}/refusal",
            ],
            calls);
    }

    /// <summary>Flows are files beside the engine; whoever may write there may change them, and nobody else.</summary>
    [Fact]
    public void R54_no_call_takes_a_flow_or_an_expression()
    {
        var flows = document.GetProperty("paths").EnumerateObject().Where(path => path.Name.Contains("flow", StringComparison.Ordinal));

        Assert.All(flows, path => Assert.Equal(["get"], path.Value.EnumerateObject().Select(method => method.Name)));
        Assert.DoesNotContain(document.GetProperty("components").GetProperty("schemas").EnumerateObject()
            .Where(schema => schema.Name.EndsWith("Request", StringComparison.Ordinal) && schema.Value.TryGetProperty("properties", out _))
            .SelectMany(schema => schema.Value.GetProperty("properties").EnumerateObject()), member => member.Name is "yaml" or "source" or "expression" or "steps");
    }

    [Fact]
    public void Every_call_has_a_summary_an_id_and_the_refusal_of_strangers()
    {
        foreach (var call in document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()))
        {
            Assert.NotEqual("", call.Value.Text("summary"));
            Assert.NotEqual("", call.Value.Text("operationId"));
            Assert.True(call.Value.GetProperty("responses").TryGetProperty("401", out _));
        }
    }

    [Fact]
    public void Ids_are_texts() =>
        Assert.Contains("string", document.GetProperty("components").GetProperty("schemas").Text("RunId", "type"), StringComparison.Ordinal);

    [Fact]
    public void Nothing_in_it_names_the_code_it_came_from() =>
        Assert.DoesNotContain("Engine.", document.GetRawText().Replace("\"Engine\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
}
