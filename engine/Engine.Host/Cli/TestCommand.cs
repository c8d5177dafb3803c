using System.CommandLine;

namespace Engine.Host;

/// <summary><c>engine test PATH…</c>: runs the tests that stand beside flows, in virtual time and without a provider.</summary>
internal static class TestCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Test files (*.test.yaml), or folders with test files.",
            Arity = ArgumentArity.OneOrMore,
        };
        var coverage = new Option<bool>("--coverage") { Description = "Says which branches, ends and failure paths of the flows no test reached." };
        var isFull = new Option<bool>("--require-full") { Description = "As --coverage, and fails where there is one." };
        var format = new Option<string>("--format") { Description = "How results are written.", DefaultValueFactory = _ => "text" };
        format.AcceptOnlyFromAmong("text", "json");
        var plugins = new Option<string?>("--plugins")
        {
            Description = "The folder with the plugins that flows may use. [default: plugins, beside the executable]",
            HelpName = "FOLDER",
        };
        var command = new Command("test", "Runs the tests of flows, offline and in virtual time.") { paths, coverage, isFull, format, plugins };
        command.SetAction((parsed, cancellation) =>
        {
            var configuration = parsed.InvocationConfiguration;
            var given = parsed.GetRequiredValue(paths);
            var files = FlowFiles.FindTests(given);
            var wantsCoverage = parsed.GetValue(coverage) || parsed.GetValue(isFull);
            var folders = given.Where(Directory.Exists).ToArray();
            using var known = KnownPlugins.Load(parsed.GetValue(plugins), configuration.Error);
            var outcome = new FlowTestRun(known.Plugins).Run(
                files, wantsCoverage && folders.Length > 0 ? FlowFiles.Find(folders) : [], cancellation);
            var report = new TestReport(configuration.Output, wantsCoverage);
            if (parsed.GetValue(format) == "json") report.WriteJson(outcome);
            else report.WriteText(outcome);
            var isFine = outcome.Files.All(file => file.IsPassed)
                && (!parsed.GetValue(isFull) || outcome.Coverage.All(flow => !flow.Missed.Any()));
            return Task.FromResult(isFine ? ExitCode.Fine : ExitCode.Negative);
        });
        return command;
    }
}
