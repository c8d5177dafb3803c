namespace Engine.Host;

/// <summary>What every command's exit code means.</summary>
internal static class ExitCode
{
    /// <summary>Fine: no errors found; the run succeeded.</summary>
    public const int Fine = 0;

    /// <summary>The answer is no: errors found; the run failed or expired.</summary>
    public const int Negative = 1;

    /// <summary>The command cannot be meant so: an unknown option, a path or flow that does not exist.</summary>
    public const int Misuse = 2;

    /// <summary>The command could not do its work: a bug, no rights, a port in use.</summary>
    public const int Fault = 3;

    /// <summary>The run was cancelled (128 + SIGINT, as shells count).</summary>
    public const int Cancelled = 130;
}

/// <summary>The command cannot be meant so; the message is shown as it is and the exit code is <see cref="ExitCode.Misuse"/>.</summary>
internal sealed class MisuseException(string message) : Exception(message);
