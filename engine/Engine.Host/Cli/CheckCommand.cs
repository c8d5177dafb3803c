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
        var command = new Command("check", "Checks flow files completely, without running them.") { paths, format, plugins };
        command.SetAction(async (parsed, cancellation) =>
        {
            var configuration = parsed.InvocationConfiguration;
            var files = FlowFiles.Find(parsed.GetRequiredValue(paths));
            using var known = KnownPlugins.Load(parsed.GetValue(plugins), configuration.Error);
            var report = new CheckReport(
                (source, token) => FlowCompiler.Check(source, known.Catalog, token), configuration.Output, parsed.GetValue(format) == "json");
            return await report.RunAsync(files, cancellation);
        });
        return command;
    }
}
