using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Engine.Sandbox;

/// <summary>Where a simulator says what it answers to; paths are relative to a world's address.</summary>
public sealed class SimulatorRoutes
{
    private readonly IEndpointRouteBuilder routes;
    private readonly TimeProvider time;
    private readonly CallbackSender sender;

    internal SimulatorRoutes(IEndpointRouteBuilder routes, Worlds worlds, CallbackSender sender, TimeProvider time)
    {
        this.routes = routes;
        this.sender = sender;
        this.time = time;
        Worlds = worlds;
    }

    /// <summary>All worlds, for a simulator whose world continues another.</summary>
    public Worlds Worlds { get; }

    /// <summary>
    /// An operation: the function gets the call and the world's state (null before the first) and gives the new state with the answer. It
    /// runs alone in its world, and what it gives is kept before the answer goes out.
    /// </summary>
    public void Operation<TState>(string method, string path, string operation, Func<SimulatorCall, TState?, Turn<TState>> turn)
        where TState : class =>
        routes.MapMethods(path, [method], context => WithWorldAsync(context, async world =>
        {
            var call = new SimulatorCall(world, context.Request, await BodyAsync(context), time.GetUtcNow());
            var taken = world.Take<TState>(operation, method, PathIn(context), call.Now, state => turn(call, state));
            sender.Schedule(world, taken.Callbacks);
            await SendAsync(context, taken.Answer);
        }));

    /// <summary>Something to look at, such as the phone's page: it changes nothing and is not recorded.</summary>
    public void View(string path, Func<World, HttpRequest, DateTimeOffset, Answer> view) =>
        routes.MapGet(path, context => WithWorldAsync(context, world =>
            SendAsync(context, view(world, context.Request, time.GetUtcNow()))));

    /// <summary>
    /// Shows a file that is embedded in the simulator's assembly under its plain name. What such pages share is there beside it: <c>sandbox.css</c>
    /// and <c>sandbox.js</c>.
    /// </summary>
    /// <param name="path">Null: the file's name.</param>
    public void File<TSimulator>(string name, string? path = null)
        where TSimulator : ISimulator => File(typeof(TSimulator).Assembly, name, path ?? name, mayBeFramed: false);

    /// <summary>The same for a page that other sites may show in a frame.</summary>
    public void FramedFile<TSimulator>(string name, string path)
        where TSimulator : ISimulator => File(typeof(TSimulator).Assembly, name, path, mayBeFramed: true);

    /// <summary>The files that all simulators' pages share.</summary>
    internal void MapShared()
    {
        foreach (var name in new[] { "sandbox.css", "sandbox.js" }) File(typeof(SimulatorRoutes).Assembly, name, name, mayBeFramed: false);
    }

    private void File(Assembly assembly, string name, string path, bool mayBeFramed)
    {
        using var stream = assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException($"'{name}' is not embedded in {assembly.GetName().Name}");
        using var reader = new StreamReader(stream);
        var type = Path.GetExtension(name) switch { ".html" => "text/html", ".css" => "text/css", ".js" => "text/javascript", _ => "text/plain" };
        var content = new Answer(200, $"{type}; charset=utf-8", reader.ReadToEnd()) { MayBeFramed = mayBeFramed };
        View(path, (_, _, _) => content);
    }

    /// <summary>Records a call to a path that the simulator does not know.</summary>
    internal void MapRest() => routes.Map("{**rest}", context => WithWorldAsync(context, async world =>
    {
        var taken = world.Take<object>("", context.Request.Method, PathIn(context), time.GetUtcNow(), state =>
            new Turn<object>(state ?? new object(), Answer.Of(404, new { error = "not found" })));
        await SendAsync(context, taken.Answer);
    }));

    // A key that a provider wants in the path is the route's value 'auth': somebody may have typed a real one.
    private static string PathIn(HttpContext context)
    {
        var path = "/" + string.Join('/', (context.Request.Path.Value ?? "").Split('/').Skip(3));
        return context.GetRouteValue("auth") is string { Length: > 0 } key ? path.Replace(key, "{auth}", StringComparison.Ordinal) : path;
    }

    private static async Task<string> BodyAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        return await reader.ReadToEndAsync(context.RequestAborted);
    }

    private async Task WithWorldAsync(HttpContext context, Func<World, Task> answer)
    {
        if (context.GetRouteValue("world") is string id && Worlds.Find(id) is { } world)
        {
            await answer(world);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        await context.Response.WriteAsync("there is no such world", context.RequestAborted);
    }

    private async Task SendAsync(HttpContext context, Answer answer)
    {
        var gone = context.RequestAborted;
        try
        {
            if (answer.IsHanging) await Task.Delay(Timeout.InfiniteTimeSpan, time, gone);
            if (answer.Delay > TimeSpan.Zero) await Task.Delay(answer.Delay, time, gone);
            if (answer.IsLost)
            {
                context.Abort();
                return;
            }

            var response = context.Response;
            response.StatusCode = answer.Status;
            response.ContentType = answer.ContentType;
            response.Headers.CacheControl = "no-store";
            response.Headers.XContentTypeOptions = "nosniff";
            response.Headers.ContentSecurityPolicy =
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "
                + (answer.MayBeFramed ? "*" : "'self'");
            if (answer.RetryAfter is { } wait) response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);
            await response.WriteAsync(answer.Body, gone);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The caller gave up, or the sandbox stops.
        }
    }
}
