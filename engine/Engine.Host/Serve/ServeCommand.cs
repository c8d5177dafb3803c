using System.CommandLine;
using System.Globalization;

namespace Engine.Host;

/// <summary><c>engine serve</c>, also without the word: the API, the pages and the pump, until it is told to stop.</summary>
internal static class ServeCommand
{
    private static readonly Option<int> port = new("--port")
    {
        Description = "The port on loopback; 0 takes any that is free.",
        DefaultValueFactory = _ => 5080,
        HelpName = "NUMBER",
        CustomParser = result =>
        {
            if (ushort.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var number)) return number;
            result.AddError($"--port: '{result.Tokens[0].Value}' is not a number from 0 to 65535");
            return 0;
        },
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
        command.Options.Add(port);
        EngineSwitches.AddTo(command);
        command.Options.Add(verbose);
        command.SetAction((parsed, cancellation) => RunAsync(
            EngineSwitches.Read(parsed), parsed.GetValue(port), parsed.GetValue(verbose), parsed.InvocationConfiguration.Output, cancellation));
    }

    private static async Task<int> RunAsync(
        EngineOptions options, int port, bool isVerbose, TextWriter output, CancellationToken cancellation)
    {
        using var signals = new StopSignals();
        await using var server = await EngineServer.StartAsync(
            new ServerOptions(options with { IsWatching = true }, port, isVerbose), TimeProvider.System, cancellation);
        signals.Deliver(server.Stop);
        await GreetAsync(server.Engine, options, output, cancellation);
        await server.WaitForStopAsync(cancellation);
        return ExitCode.Fine;
    }

    /// <summary>Says where to go from here: the address to open, and at the first start the API key.</summary>
    public static async Task GreetAsync(
        EmbeddedEngine engine, EngineOptions options, TextWriter output, CancellationToken cancellation)
    {
        await output.WriteLineAsync($"Open       {await engine.NewStartLinkAsync(cancellation)}");
        if (await engine.MakeFirstApiKeyAsync(cancellation) is { } key) await output.WriteLineAsync($"API key    {key}   (shown once)");
        await output.WriteLineAsync(engine.Sandbox is null
            ? "Providers  real"
            : "Providers  simulated: nothing leaves this machine (--real calls the real ones)");
        await output.WriteLineAsync(options.OnlyAllowedPlugins
            ? "Plugins    only those that were allowed with 'engine plugin allow'"
            : "Plugins    all that are found, since only this machine reaches the engine (--only-allowed-plugins asks first)");
        await output.WriteLineAsync($"Data       {options.DataFolder}");
        await output.WriteLineAsync("Ctrl+C stops it.");
    }
}
