using Engine.Sandbox;

namespace Whatsgate.Simulator;

/// <summary>The provider's own page, made for a frame (providers.md §2.8): it shows the code and tells the page around it how things stand.</summary>
internal static class HostedPage
{
    public static void Map(SimulatorRoutes routes)
    {
        routes.View("qr/hosted.css", (_, _, _) => new Answer(200, "text/css; charset=utf-8", Resources.Read("hosted.css")));
        routes.View("qr/hosted.js", (_, _, _) => new Answer(200, "text/javascript; charset=utf-8", Resources.Read("hosted.js")));
        routes.View("qr/{id}", (_, _, _) => new Answer(200, "text/html; charset=utf-8", Resources.Read("hosted.html")) { MayBeFramed = true });
        routes.View("qr/{id}/state", (world, request, now) =>
        {
            var course = Course.Of(world);
            var session = world.Read<WhatsgateState>()?.Find(request.RouteValues["id"] as string, course, now);
            return Answer.Of(200, new
            {
                Message = session?.PageAt(now, course) ?? "broken",
                Code = session?.CodeAt(now, TimeSpan.FromSeconds(2)),
                Picture = session is { IsByCode: false } ? $"{session.UniqueId} {session.RotationAt(now, course)}" : null,
            });
        });
    }
}

/// <summary>The pages' files, from the assembly itself.</summary>
internal static class Resources
{
    public static string Read(string name)
    {
        using var stream = typeof(Resources).Assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException(name);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
