using System.CommandLine;
using System.CommandLine.Invocation;

namespace Engine.Host;

/// <summary>Parses and runs a command line; gives its exit code for every outcome.</summary>
internal static class CommandLine
{
    /// <summary>Runs the command that the arguments name. Never throws.</summary>
    public static async Task<int> RunAsync(
        RootCommand root, string[] args, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var message in parsed.Errors.Select(found => found.Message).Distinct(StringComparer.Ordinal))
            {
                await error.WriteLineAsync($"engine: {message}");
            }

            await error.WriteLineAsync("engine: see 'engine --help'");
            return ExitCode.Misuse;
        }

        // A first Ctrl-C is each command's own affair (run cancels and compensates, serve drains); no time limit is set on it.
        var invocation = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await parsed.InvokeAsync(invocation, cancellation);
        }
        catch (MisuseException misuse)
        {
            await error.WriteLineAsync($"engine: {misuse.Message}");
            return ExitCode.Misuse;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Cancelled;
        }
        catch (Exception fault) when (fault is EngineStartException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"engine: {fault.Message}");
            return ExitCode.Fault;
        }
        catch (Exception fault)
        {
            await error.WriteLineAsync($"engine: a fault of the engine itself: {fault}");
            return ExitCode.Fault;
        }
    }
}
