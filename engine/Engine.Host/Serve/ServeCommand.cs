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

    private static readonly Option<string> log = new("--log")
    {
        Description = "How log lines are written: text, or json (one object for each line).",
        DefaultValueFactory = _ => "text",
        HelpName = "text|json",
        CustomParser = result =>
        {
            if (result.Tokens[0].Value is "text" or "json") return result.Tokens[0].Value;
            result.AddError($"--log: '{result.Tokens[0].Value}' is neither 'text' nor 'json'");
            return "text";
        },
    };

    private static readonly Option<HangfireUse> hangfire = new("--hangfire")
    {
        Description = "Whether Hangfire runs the pump and shows its dashboard: auto (where the build has it and --store is given), on or off.",
        DefaultValueFactory = _ => HangfireUse.Auto,
        HelpName = "auto|on|off",
    };

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
        command.Options.Add(hangfire);
        command.Options.Add(verbose);
        command.Options.Add(log);
        command.SetAction((parsed, cancellation) => RunAsync(
            ReadOptions(parsed), parsed.InvocationConfiguration.Output, cancellation));
    }

    private static ServerOptions ReadOptions(ParseResult parsed)
    {
        var engine = EngineSwitches.Read(parsed) with { IsWatching = true };
        return new ServerOptions(engine, parsed.GetValue(port), parsed.GetValue(verbose), parsed.GetValue(hangfire).Extension(engine))
        {
            IsLogJson = parsed.GetValue(log) == "json",
        };
    }

    private static async Task<int> RunAsync(ServerOptions options, TextWriter output, CancellationToken cancellation)
    {
        using var signals = new StopSignals();
        await using var server = await EngineServer.StartAsync(options, OffsetClock.OfProcess(), cancellation);
        signals.Deliver(server.Stop);

        // A part of the start, which a slow database must not end.
        server.Engine.Operators.IsHurried = false;
        await GreetAsync(server.Engine, options.Engine, output, cancellation);
        server.Engine.Operators.IsHurried = true;
        if (options.Extension is not null) await output.WriteLineAsync($"Hangfire   runs the pump; its dashboard is {server.Engine.Address}/hangfire");
        ReturnWhatStartingTook();
        await server.WaitForStopAsync(cancellation);
        return ExitCode.Fine;
    }

    // Reading every plugin and flow leaves garbage behind that an engine with little to do would hold on to; "start" of the benchmarks measures it.
    private static void ReturnWhatStartingTook() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    /// <summary>Says where to go from here: the address to open, and at the first start the API key.</summary>
    public static async Task GreetAsync(
        EmbeddedEngine engine, EngineOptions options, TextWriter output, CancellationToken cancellation)
    {
        await output.WriteLineAsync($"Open       {await engine.NewStartLinkAsync(cancellation)}");
        if (await engine.MakeFirstApiKeyAsync(cancellation) is { } key) await output.WriteLineAsync($"API key    {key}   (shown once)");
        await output.WriteLineAsync($"Operators  {engine.Address}/ops   (an API key with the scope 'ops' opens it)");
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
