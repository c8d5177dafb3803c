using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using Engine.Flows;

namespace Engine.Host;

/// <summary><c>engine explain FLOW</c>: says in plain words what a flow does and what it costs at the most.</summary>
internal static class ExplainCommand
{
    private static readonly JsonSerializerOptions json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var name = new Argument<string>("FLOW") { Description = "A shipped flow's name, or a flow file." };
        var plugins = new Option<string?>("--plugins")
        {
            Description = "The folder with the plugins that flows may use. [default: plugins, beside the executable]",
            HelpName = "FOLDER",
        };
        var asJson = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command("explain", "Says in plain words what a flow does, and its worst case.") { name, plugins, asJson };
        command.SetAction(async (parsed, cancellation) =>
        {
            var configuration = parsed.InvocationConfiguration;
            var file = FileOf(parsed.GetRequiredValue(name));
            using var known = KnownPlugins.Load(parsed.GetValue(plugins), configuration.Error);
            var (source, unreadable) = FlowFileReader.Read(file);
            var (check, explained) = source is null
                ? (new FlowCheck(null, "", unreadable is null ? [] : [unreadable]), null)
                : FlowExplanation.Of(source, known.Catalog, cancellation);
            foreach (var finding in check.Findings) FindingText.Write(configuration.Error, finding, check.Text);
            if (explained is null) return ExitCode.Negative;
            if (parsed.GetValue(asJson)) await configuration.Output.WriteLineAsync(Display.Harmless(JsonSerializer.Serialize(explained, json)));
            else await configuration.Output.WriteAsync(Display.Harmless(FlowExplanation.Write(explained)));
            return ExitCode.Fine;
        });
        return command;
    }

    private static string FileOf(string name)
    {
        if (File.Exists(name)) return name;
        var shipped = Path.Combine(DefaultPlaces.FlowFolder, name + ".yaml");
        return !name.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) && File.Exists(shipped)
            ? shipped
            : throw new MisuseException($"'{name}' is neither a flow file nor the name of a shipped flow");
    }
}
