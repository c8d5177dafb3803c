using Engine.Runs;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Engine.Host;

/// <summary>What the OpenAPI document says besides the calls themselves.</summary>
internal static class ApiDocument
{
    public static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Engine",
            Version = "v1",
            Description = """
                Runs providers' login flows. Start a run, give its person a link to the connect page (or show the run's prompt yourself
                and send the replies), and follow it until it ends: a run that succeeded has stored a connection.

                Every refusal is a problem (RFC 9457) whose `code` is stable; `detail` is a sentence for people and may change.
                """,
        };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            ["bearer"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key, `eng_…`. The engine prints the first one at its first start.",
            },
            ["key"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = "X-Api-Key" },
        };
        document.Security =
        [
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [] },
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("key", document)] = [] },
        ];
        return Task.CompletedTask;
    }

    /// <summary>Ids are texts on the wire, whatever they are in the code.</summary>
    public static Task DescribeIdsAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellation)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type != typeof(RunId) && type != typeof(ConnectionId) && type != typeof(PromptId)) return Task.CompletedTask;
        schema.Type = JsonSchemaType.String;
        schema.Properties = null;
        schema.Required = null;
        return Task.CompletedTask;
    }
}
