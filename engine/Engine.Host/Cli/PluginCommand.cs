using System.CommandLine;
using Engine.Plugins;

namespace Engine.Host;

/// <summary><c>engine plugin</c>: says what a plugin folder holds, and allows one to be loaded. Runs none of its code.</summary>
internal static class PluginCommand
{
    private static readonly Option<string?> keyFile = new("--key-file")
    {
        Description = "The engine's key file; the list of allowed plugins stands beside it.",
        HelpName = "FILE",
    };

    /// <summary>Makes the command.</summary>
    public static Command Create() => new("plugin", "Looks at plugin folders, and allows them to be loaded.") { CreateAllow(), CreateList() };

    private static Command CreateAllow()
    {
        var folder = new Argument<string>("FOLDER") { Description = "The folder of one built plugin." };
        var command = new Command("allow", "Allows a plugin folder, as its files are now, to be loaded by 'serve --only-allowed-plugins'.") { folder, keyFile };
        command.SetAction(async (parsed, _) =>
        {
            var path = parsed.GetRequiredValue(folder);
            if (!Directory.Exists(path)) throw new MisuseException($"the folder '{path}' does not exist");
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);

            using var known = KnownPlugins.Load(path, error, "FOLDER");
            if (known.Catalog.Providers is not [var first, ..] || known.Catalog.Providers.Any(provider => provider.Build != first.Build))
            {
                await error.WriteLineAsync($"engine: '{Display.Harmless(path)}' is not the folder of one built plugin: that holds its dll with the .deps.json beside it, or one NAME.provider.yaml");
                return ExitCode.Negative;
            }

            foreach (var provider in known.Catalog.Providers) await WriteAsync(output, provider);

            var isNew = AllowedOf(parsed.GetValue(keyFile)).Allow(first.Build, first.AssemblyName);
            await output.WriteLineAsync(isNew ? "allowed" : "was allowed before");
            return ExitCode.Fine;
        });
        return command;
    }

    private static Command CreateList()
    {
        var plugins = new Option<string?>("--plugins")
        {
            Description = "The folder with the plugins. [default: plugins, beside the executable]",
            HelpName = "FOLDER",
        };
        var command = new Command("list", "Lists the plugins of a folder, and which are allowed.") { plugins, keyFile };
        command.SetAction(async (parsed, _) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            using var known = KnownPlugins.Load(parsed.GetValue(plugins), parsed.InvocationConfiguration.Error);
            var allowed = AllowedOf(parsed.GetValue(keyFile));
            foreach (var provider in known.Catalog.Providers)
            {
                await WriteAsync(output, provider);
                await output.WriteLineAsync(
                    allowed.Contains(provider.Build) ? "  allowed"
                    : parsed.GetValue(plugins) is null ? "  came with the engine"
                    : "  not allowed");
            }

            return known.Plugins.Problems is [] ? ExitCode.Fine : ExitCode.Negative;
        });
        return command;
    }

    private static AllowedPlugins AllowedOf(string? key)
    {
        var options = key is null ? new EngineOptions() : new EngineOptions { KeyFile = key };
        return new AllowedPlugins(options.AllowedPluginsFile, DefaultPlaces.PluginFolder, TimeProvider.System);
    }

    private static async Task WriteAsync(TextWriter output, Flows.Provider provider)
    {
        await output.WriteLineAsync(Display.Harmless($"{provider.Name}  build {provider.Build}"));
        foreach (var operation in provider.Operations)
        {
            await output.WriteLineAsync(Display.Harmless($"  {operation.Name} ({operation.Effect.ToString().ToLowerInvariant()})"));
        }
    }
}
