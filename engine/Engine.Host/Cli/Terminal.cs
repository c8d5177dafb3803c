using System.Text;
using Spectre.Console;

namespace Engine.Host;

/// <summary>Where a run is shown and answered.</summary>
/// <param name="Input">What people type, or a file or pipe in its place.</param>
/// <param name="Output">What they see.</param>
/// <param name="IsScreen">Whether the output is a terminal in which the cursor can be moved; otherwise it only grows.</param>
/// <param name="Size">Columns and lines, as they are now.</param>
internal sealed record Terminal(ILineInput Input, TextWriter Output, bool IsScreen, Func<(int Columns, int Lines)> Size)
{
    /// <summary>The terminal this process was started in.</summary>
    public static Terminal OfProcess(TimeProvider time)
    {
        if (OperatingSystem.IsWindows()) Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        ILineInput input = Console.IsInputRedirected ? new StreamInput(Console.In) : new KeyboardInput(time);

        // Asking Spectre.Console also switches escape sequences on where Windows has them off, and knows TERM=dumb.
        var isScreen = !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Ansi;
        return new Terminal(input, new LastingOutput(Console.Out), isScreen, isScreen ? SizeOfConsole : () => (120, int.MaxValue));
    }

    // A pseudo-terminal that nobody has sized says 0.
    private static (int Columns, int Lines) SizeOfConsole() =>
        (Console.WindowWidth is > 0 and var columns ? columns : 80, Console.WindowHeight is > 0 and var lines ? lines : 24);
}

/// <summary>Where lines come from.</summary>
internal interface ILineInput
{
    /// <summary>The next line, without its end; null when no more will come. Never shows what is typed.</summary>
    /// <param name="typed">Told the whole line so far, each time it grows or shrinks.</param>
    Task<string?> ReadLineAsync(Action<string> typed, CancellationToken cancellation);
}
