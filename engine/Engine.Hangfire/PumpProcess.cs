using Engine.Host;
using Hangfire.Server;

namespace Engine.Hangfire;

/// <summary>The engine's pump as a background process of a Hangfire server: it starts, stops and begins anew with it, and stands in no queue.</summary>
internal sealed class PumpProcess(EmbeddedEngine engine) : IBackgroundProcess
{
    // Hangfire gives each process a thread of its own; the pump lives on it until the server stops.
    public void Execute(BackgroundProcessContext context) => engine.Work.PumpAsync(context.StoppingToken).GetAwaiter().GetResult();

    public override string ToString() => "Engine pump";
}
