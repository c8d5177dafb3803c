using Engine.Sandbox;

namespace Whatsgate.Simulator;

/// <summary>The provider's own page, made for a frame (providers.md §2.8): it shows the code and tells the page around it how things stand.</summary>
internal static class HostedPage
{
    public static void Map(SimulatorRoutes routes)
    {
        routes.File<WhatsgateSimulator>("hosted.css", "qr/hosted.css");
        routes.File<WhatsgateSimulator>("hosted.js", "qr/hosted.js");
        routes.FramedFile<WhatsgateSimulator>("hosted.html", "qr/{id}");
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
