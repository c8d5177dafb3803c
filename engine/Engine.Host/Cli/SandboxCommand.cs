using System.CommandLine;
using System.Globalization;
using Engine.Sandbox;

namespace Engine.Host;

/// <summary><c>engine sandbox</c>: plays the providers for engines in other processes, so that several of them share the same worlds.</summary>
internal static class SandboxCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var port = new Option<int>("--port")
        {
            Description = "The port on loopback; 0 takes any that is free.",
            DefaultValueFactory = _ => 5090,
            HelpName = "NUMBER",
            CustomParser = result =>
            {
                if (ushort.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var number)) return number;
                result.AddError($"--port: '{result.Tokens[0].Value}' is not a number from 0 to 65535");
                return 0;
            },
        };
        var data = new Option<string?>("--data") { Description = "The folder for the sandbox's worlds.", HelpName = "FOLDER" };
        var plugins = new Option<string[]>("--plugins")
        {
            Description = "A folder of plugins with their simulators, in place of the shipped ones; may be given more than once.",
            HelpName = "FOLDER",
        };
        var command = new Command("sandbox", "Plays the providers for engines in other processes (serve --sandbox-url).") { port, data, plugins };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var signals = new StopSignals();
            var folder = parsed.GetValue(data) ?? DefaultPlaces.SandboxFolder;
            Directory.CreateDirectory(folder);
            string[] found = parsed.GetValue(plugins) is { Length: > 0 } some ? some : [DefaultPlaces.PluginFolder];
            await using var server = await SandboxServer.StartAsync(
                new SandboxOptions(Path.GetFullPath(folder), [.. found], TimeProvider.System, parsed.GetValue(port)), cancellation);
            foreach (var problem in server.Problems) await parsed.InvocationConfiguration.Error.WriteLineAsync($"engine: {Display.Harmless(problem)}");
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"Sandbox    {server.Address}   (engine serve --sandbox-url {server.Address})");
            var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            signals.Deliver(() => stopped.TrySetResult());
            await stopped.Task.WaitAsync(cancellation);
            return ExitCode.Fine;
        });
        return command;
    }
}
