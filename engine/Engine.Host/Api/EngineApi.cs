
namespace Engine.Host;

/// <summary>Puts the API and the pages together; the order of the layers is the order in which a request meets them.</summary>
internal static class EngineApi
{
    public static void AddEngineApi(this IServiceCollection services, TimeProvider time)
    {
        services.AddRouting();
        services.AddSingleton(time);
        services.AddSingleton<RunViewer>();
        services.AddSingleton(provider => provider.GetRequiredService<EmbeddedEngine>().Access);
        services.AddSingleton(provider => provider.GetRequiredService<EmbeddedEngine>().Outside);
        services.ConfigureHttpJsonOptions(json => Wire.Configure(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddOpenApi("v1", openApi => openApi.AddDocumentTransformer(ApiDocument.DescribeAsync).AddSchemaTransformer(ApiDocument.DescribeIdsAsync));
    }

    public static void MapEngine(this WebApplication app, EmbeddedEngine engine, IEngineExtension? extension)
    {
        app.UseRefusals(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Engine.Api"));
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<LoopbackOnly>(engine.Outside);
        app.UseMiddleware<AccessGate>(engine.Access);
        app.UseRouting();
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapSession();
        new Pages(engine).Map(app);

        var v1 = app.MapGroup("/v1").ProducesProblem(StatusCodes.Status401Unauthorized);
        v1.MapFlows();
        v1.MapRuns();
        v1.MapConnections();
        v1.MapSignals();
        v1.MapVersion(extension);
        extension?.Map(app);
    }
}
