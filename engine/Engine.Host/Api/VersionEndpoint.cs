using System.ComponentModel;
using System.Reflection;

namespace Engine.Host;

/// <summary>What is running here.</summary>
internal static class VersionEndpoint
{
    public static void MapVersion(this IEndpointRouteBuilder routes, IEngineExtension? extension)
    {
        var version = typeof(VersionEndpoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        var view = new VersionView(version, ExtensionFolder.HasHangfire ? ["hangfire"] : [], extension?.Name ?? "engine");
        routes.MapGet("/version", () => view).WithTags("Engine").WithSummary("Which version runs, and which extensions the build took in");
    }
}

/// <summary>What is running here.</summary>
internal sealed record VersionView(
    [property: Description("The version of the engine.")] string Version,
    [property: Description("The extensions that were built in, such as 'hangfire'.")] IReadOnlyList<string> Extensions,
    [property: Description("Who runs the pump and the outgoing work: 'engine' for its own loops, or an extension.")] string WorkedBy);
