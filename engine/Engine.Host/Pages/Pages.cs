using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Engine.Host;

/// <summary>
/// The pages and their files, as they stand in this folder, from the executable itself. They hold no data: what they show, their
/// scripts ask the API for.
/// </summary>
internal sealed class Pages
{
    private const string Root = "Pages/";

    private static readonly FrozenDictionary<string, string> types = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [".css"] = "text/css; charset=utf-8",
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    }.ToFrozenDictionary();

    private readonly FrozenDictionary<string, PageFile> files;

    private readonly EmbeddedEngine engine;

    public Pages(EmbeddedEngine engine)
    {
        this.engine = engine;
        var assembly = typeof(Pages).Assembly;
        files = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Root, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[Root.Length..], name => Read(assembly, name), StringComparer.Ordinal);
    }

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", context => SendPageAsync(context, "start")).ExcludeFromDescription();
        routes.MapGet("/start", context => SendPageAsync(context, "start")).ExcludeFromDescription();
        routes.MapGet("/connect/{run}", context =>
        {
            SecurityHeaders.AllowFrames(context, engine.FramedHosts());
            SecurityHeaders.AllowOpener(context, "same-origin-allow-popups");
            return SendPageAsync(context, "connect");
        }).ExcludeFromDescription();
        routes.MapGet("/leave/{run}/{prompt}", context =>
        {
            SecurityHeaders.AllowOpener(context, "unsafe-none");
            return SendPageAsync(context, "leave");
        }).ExcludeFromDescription();
        routes.MapGet("/returned/{what}", context => SendPageAsync(context, "returned")).ExcludeFromDescription();
        routes.MapGet("/assets/{name}", (string name) => files.TryGetValue($"assets/{name}", out var file)
            ? Results.Bytes(file.Content, file.Type, entityTag: new Microsoft.Net.Http.Headers.EntityTagHeaderValue(file.Tag))
            : Results.NotFound()).ExcludeFromDescription();
    }

    /// <param name="script">The script that fills the page.</param>
    private Task SendPageAsync(HttpContext context, string script)
    {
        var page = files["page.html"];
        var html = Encoding.UTF8.GetString(page.Content)
            .Replace("{{page}}", script, StringComparison.Ordinal).Replace("{{lang}}", PageLanguage.Of(context.Request), StringComparison.Ordinal);
        context.Response.ContentType = page.Type;
        context.Response.Headers.Vary = "Accept-Language, Cookie";
        return context.Response.WriteAsync(html, context.RequestAborted);
    }

    private static PageFile Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException(name);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        var content = copy.ToArray();
        return new PageFile(content, types[Path.GetExtension(name)], $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"");
    }

    private sealed record PageFile(byte[] Content, string Type, string Tag);
}
