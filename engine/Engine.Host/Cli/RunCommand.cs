using System.CommandLine;
using System.Runtime.InteropServices;
using Engine.Flows;
using Engine.Runs;

namespace Engine.Host;

/// <summary><c>engine run FLOW</c>: runs a flow in this process and shows it in the terminal.</summary>
internal static class RunCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create() => Create(TimeProvider.System, () => Terminal.OfProcess(TimeProvider.System));

    /// <summary>Makes the command for a terminal of one's own.</summary>
    public static Command Create(TimeProvider time, Func<Terminal> open)
    {
        var command = new Command("run", "Runs a flow and shows it in the terminal.");
        RunSwitches.AddTo(command);
        EngineSwitches.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var switches = RunSwitches.Read(parsed);
            var options = EngineSwitches.Read(parsed);
            options = options with { Providers = RunSwitches.ProvidersOf(parsed, options.Providers) };
            using var folder = DataFolder.For(options);
            using var interrupt = new Interrupt(cancellation);
            return await RunAsync(switches, folder.Options, time, open(), interrupt.Token);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        RunSwitches switches, EngineOptions options, TimeProvider time, Terminal terminal, CancellationToken stop)
    {
        using var logs = LoggerFactory.Create(logging => logging
            .AddSimpleConsole(console => console.SingleLine = true)
            .SetMinimumLevel(LogLevel.Error)
            .Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
                console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        await using var engine = await EmbeddedEngine.StartAsync(options, time, logs, stop);
        await using var server = await ServeAsync(engine, switches, time, stop);
        var outcome = await engine.StartRunAsync(new RunWish(
            switches.Flow, switches.Input, switches.Purpose, switches.Connection, switches.Subject, switches.Scenario, Key: null), stop);
        if (outcome is not WishOutcome.Started started) throw RunRefusal.Of(outcome, switches, engine.Flows.Offered);

        var given = new GivenAnswers(switches.Answers);
        IRunScreen screen = switches.IsJson
            ? new JsonScreen(terminal.Output, given, time)
            : new TextScreen(terminal, given, Phrases.In(switches.Language), time);
        screen.Start(await DescribeAsync(engine, started.Run));
        var ended = await new RunDriver(engine.Store, engine.Changes, time, screen).DriveAsync(started.Run, stop);
        return ended.Status switch
        {
            RunStatus.Succeeded => ExitCode.Fine,
            RunStatus.Cancelled => ExitCode.Cancelled,
            _ => ExitCode.Negative,
        };
    }

    /// <summary>A person comes back from a provider's page to this process, and so do providers' calls: it listens where the flow needs that.</summary>
    private static async Task<EngineServer?> ServeAsync(EmbeddedEngine engine, RunSwitches switches, TimeProvider time, CancellationToken stop) =>
        engine.Flows.FindCurrent(switches.Flow)?.Flow is { } flow && (!flow.Hooks.IsEmpty || Leaves(flow))
            ? await EngineServer.ServeAsync(engine, switches.Port, time, stop)
            : null;

    private static bool Leaves(CompiledFlow flow) => flow.Steps.Any(step => step is CompiledStep.Redirect);

    private static async Task<StartedRun> DescribeAsync(EmbeddedEngine engine, RunId id)
    {
        var run = await engine.Store.FindAsync(id, CancellationToken.None)
            ?? throw new InvalidOperationException($"run '{id}' is not in the store any more");
        var world = await engine.FindWorldAsync(run, CancellationToken.None);
        var flow = engine.Flows.FindCurrent(run.Flow)?.Flow;
        return new StartedRun(run, flow?.Title ?? LocalText.Empty, world is null ? null : new Uri(world.PhoneUrl))
        {
            Warning = flow is not null ? (await engine.Incidents.FindAsync(flow, CancellationToken.None))?.FullText : null,
            Page = flow is not null && Leaves(flow) ? (await engine.NewRunLinkAsync(run, CancellationToken.None)).Url : null,
        };
    }

    /// <summary>The folder a run keeps its things in; one for a sandbox alone is gone afterwards.</summary>
    private sealed class DataFolder : IDisposable
    {
        private readonly string? removed;

        private DataFolder(EngineOptions options, string? removed)
        {
            Options = options;
            this.removed = removed;
        }

        public EngineOptions Options { get; }

        public static DataFolder For(EngineOptions options)
        {
            if (options.DataFolder != DefaultPlaces.DataFolder) return new DataFolder(options, null);

            // What a real provider connected must not be lost; a server's data folder may be in use.
            if (options.Providers is ProviderMode.Real) return new DataFolder(options with { DataFolder = DefaultPlaces.TerminalDataFolder }, null);
            var temporary = Directory.CreateTempSubdirectory("engine-run-").FullName;
            var keyFile = options.KeyFile == DefaultPlaces.KeyFile ? Path.Combine(temporary, "engine.key") : options.KeyFile;
            return new DataFolder(options with { DataFolder = Path.Combine(temporary, "data"), KeyFile = keyFile }, temporary);
        }

        public void Dispose()
        {
            if (removed is not null) Directory.Delete(removed, recursive: true);
        }
    }

    /// <summary>The first Ctrl-C (or SIGTERM, or the end of the terminal) asks; the second is left to the system, which ends the process at once.</summary>
    private sealed class Interrupt : IDisposable
    {
        private readonly CancellationTokenSource source;
        private readonly List<PosixSignalRegistration> registrations = [];

        public Interrupt(CancellationToken cancellation)
        {
            source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask));
            registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask));
            registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, Ask));
        }

        public CancellationToken Token => source.Token;

        public void Dispose()
        {
            foreach (var registration in registrations) registration.Dispose();
            source.Dispose();
        }

        private void Ask(PosixSignalContext signal)
        {
            if (source.IsCancellationRequested) return;
            signal.Cancel = true;
            source.Cancel();
        }
    }
}
