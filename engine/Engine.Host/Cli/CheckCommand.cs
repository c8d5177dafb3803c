using System.CommandLine;
using Engine.Flows;

namespace Engine.Host;

/// <summary><c>engine check PATH…</c>: says what is wrong with flow files, without running anything.</summary>
internal static class CheckCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Flow files, or folders with flow files (*.yaml, *.yml; *.test.yaml is skipped).",
            Arity = ArgumentArity.OneOrMore,
        };
        var format = new Option<string>("--format")
        {
            Description = "How findings are written.",
            DefaultValueFactory = _ => "text",
        };
        format.AcceptOnlyFromAmong("text", "json");
        var plugins = new Option<string?>("--plugins")
        {
            Description = "The folder with the plugins that flows may use. [default: plugins, beside the executable]",
            HelpName = "FOLDER",
        };
        var against = new Option<string?>("--against")
        {
            Description = "A new build of a plugin, or a folder of several: tells which flows, right as they are now, it would break.",
            HelpName = "PLUGIN_FOLDER",
        };
        var isFresh = new Option<bool>("--no-cache") { Description = "Checks every file, also those that were right the last time." };
        var command = new Command("check", "Checks flow files completely, without running them.") { paths, format, plugins, against, isFresh };
        command.SetAction(async (parsed, cancellation) =>
        {
            var configuration = parsed.InvocationConfiguration;
            var files = FlowFiles.Find(parsed.GetRequiredValue(paths));
            using var known = KnownPlugins.Load(parsed.GetValue(plugins), configuration.Error);
            var cache = parsed.GetValue(isFresh) ? null : CheckCache.Open(DefaultPlaces.CheckFolder, DefaultPlaces.CheckKeyFile);
            var isJson = parsed.GetValue(format) == "json";
            var code = parsed.GetValue(against) is { } folder
                ? await AgainstAsync(known, folder, files)
                : await new CheckReport(CheckWith(known.Catalog), configuration.Output, isJson).RunAsync(files, cancellation);
            cache?.Trim();
            return code;

            Func<FlowSource, CancellationToken, FlowCheck> CheckWith(Catalog catalog) => (source, token) =>
                FlowFiles.IsProvider(source.Path) ? CheckProvider(source, token)
                : cache is null ? FlowCompiler.Check(source, catalog, token) : cache.Check(source, catalog, token);

            async Task<int> AgainstAsync(KnownPlugins now, string newFolder, IReadOnlyList<string> flows)
            {
                using var next = KnownPlugins.Load(newFolder, configuration.Error, "--against");
                if (!next.Plugins.Problems.IsEmpty) return ExitCode.Negative;
                if (next.Catalog.Providers.IsEmpty) throw new MisuseException($"--against: no plugin is in '{newFolder}'");
                var report = new AgainstReport(
                    CheckWith(now.Catalog), CheckWith(PluginDifference.Apply(now.Catalog, next.Catalog)), configuration.Output, isJson);
                return await report.RunAsync(flows, PluginDifference.Between(now.Plugins, next.Plugins), cancellation);
            }
        });
        return command;
    }

    private static FlowCheck CheckProvider(FlowSource source, CancellationToken cancellation)
    {
        var check = ProviderCompiler.Check(source, cancellation);
        return new FlowCheck(null, check.Text, check.Findings);
    }
}
