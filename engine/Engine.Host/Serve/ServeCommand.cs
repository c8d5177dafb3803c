using System.CommandLine;

namespace Engine.Host;

/// <summary><c>engine serve</c>, also without the word: the API, the pages and the pump, until it is told to stop.</summary>
internal static class ServeCommand
{
    private static readonly Option<int> port = new("--port")
    {
        Description = "The port on loopback; 0 takes any that is free.",
        DefaultValueFactory = _ => 5080,
        HelpName = "NUMBER",
    };

    private static readonly Option<bool> verbose = new("--verbose") { Description = "Logs what happens, not only what goes wrong." };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new Command("serve", "Serves the API and the pages, with everything embedded. The default command.");
        AddTo(command);
        return command;
    }

    /// <summary>Gives a command the options and the action of this one: the root does the same without a word.</summary>
    public static void AddTo(Command command)
    {
        if (port.Validators.Count == 0)
        {
            port.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int>() is < 0 or > 65535) result.AddError("--port must be 0 to 65535");
            });
        }
        command.Options.Add(port);
        EngineSwitches.AddTo(command);
        command.Options.Add(verbose);
        command.SetAction((parsed, cancellation) => RunAsync(
            EngineSwitches.Read(parsed), parsed.GetValue(port), parsed.GetValue(verbose), parsed.InvocationConfiguration.Output, cancellation));
    }

    private static async Task<int> RunAsync(
        EngineOptions options, int port, bool isVerbose, TextWriter output, CancellationToken cancellation)
    {
        await using var server = await EngineServer.StartAsync(
            new ServerOptions(options, port, isVerbose), TimeProvider.System, cancellation);
        var engine = server.Engine;
        await output.WriteLineAsync($"Open       {await engine.NewStartLinkAsync(TimeProvider.System, cancellation)}");
        if (await engine.MakeFirstApiKeyAsync(cancellation) is { } key) await output.WriteLineAsync($"API key    {key}   (shown once)");
        if (engine.Sandbox is not null) await output.WriteLineAsync("Providers  simulated; nothing leaves this machine (--real calls the real ones)");
        await output.WriteLineAsync($"Data       {options.DataFolder}");
        await output.WriteLineAsync("Ctrl+C stops it.");
        await server.WaitForStopAsync(cancellation);
        return ExitCode.Fine;
    }
}
