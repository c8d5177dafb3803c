using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Engine.EndToEnd;

/// <summary>
/// Does what a document says: writes its files (<c>```csharp file=PATH</c>) and runs its commands (<c>```sh</c>), in a folder of its own. <c>engine</c> is
/// the built host, and the host's folder stands where a reader's clone has it.
/// </summary>
internal sealed partial class WalkThrough(string document, string folder)
{
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(3);

    /// <summary>The sections by the number in their heading.</summary>
    public IReadOnlyDictionary<int, string> Sections { get; } = Heading().Split(document)
        .Skip(1).Chunk(2).ToDictionary(pair => int.Parse(pair[0], null), pair => pair[1]);

    /// <summary>Writes the files of a section, then runs its commands; gives what they printed.</summary>
    public async Task<string> FollowAsync(int section, string kind = "")
    {
        foreach (Match file in File().Matches(Sections[section]))
        {
            var path = Path.Combine(folder, file.Groups["path"].Value);
            Directory.CreateDirectory(Path.GetDirectoryName(path) ?? folder);
            await System.IO.File.WriteAllTextAsync(path, file.Groups["text"].Value);
        }

        var printed = "";
        foreach (var command in Commands(section, kind)) printed += await RunAsync(command);
        return printed;
    }

    /// <summary>The commands of a section's blocks of one kind.</summary>
    public IEnumerable<string> Commands(int section, string kind) =>
        Shell().Matches(Sections[section]).Where(block => block.Groups["kind"].Value == kind)
            .SelectMany(block => block.Groups["text"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The arguments of an <c>engine</c> command, its paths as the reader stands.</summary>
    public static string[] ArgumentsOf(string command) =>
        command.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["engine", .. var arguments]
            ? arguments
            : throw new InvalidOperationException($"'{command}' is no engine command");

    /// <summary>Runs one command in the shell, as the reader would.</summary>
    public async Task<string> RunAsync(string command)
    {
        var start = new ProcessStartInfo("bash")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"engine() {{ dotnet '{EngineProcess.HostFolder}/Engine.Host.dll' \"$@\"; }}; "
            + command.Replace("$PWD/artifacts/bin/Engine.Host/debug", $"'{EngineProcess.HostFolder}'", StringComparison.Ordinal));
        start.Environment["XDG_DATA_HOME"] = start.Environment["XDG_CONFIG_HOME"] = folder;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(patience);
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"'{command}' ended with {process.ExitCode}:\n{await output}\n{await errors}");
    }

    [GeneratedRegex(@"^## (\d+)\. ", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^```\w+ file=(?<path>\S+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex File();

    [GeneratedRegex(@"^```sh ?(?<kind>\w*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Shell();
}
