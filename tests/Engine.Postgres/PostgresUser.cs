using System.Diagnostics;

namespace Engine.Postgres;

/// <summary>The user that the server runs as: PostgreSQL refuses to run as the superuser, who takes an ordinary user's rights then.</summary>
internal sealed class PostgresUser
{
    private readonly string? name;

    private PostgresUser(string? name) => this.name = name;

    public static PostgresUser Ordinary()
    {
        if (!Environment.IsPrivilegedProcess) return new PostgresUser(null);
        string[] known = [.. File.ReadLines("/etc/passwd").Select(line => line.Split(':')[0])];
        return new PostgresUser(known.Contains("postgres") ? "postgres" : "nobody");
    }

    /// <summary>Gives a new folder to the user.</summary>
    public void Own(string folder)
    {
        if (name is null) return;
        using var changed = Process.Start(new ProcessStartInfo("chown", [name, folder])) ?? throw new InvalidOperationException("chown does not start");
        changed.WaitForExit();
    }

    public PostgresProcess Start(string program, string[] arguments) => new(ProcessOf(program, arguments));

    public async Task RunAsync(string program, string[] arguments)
    {
        var run = Start(program, arguments);
        await run.EndedAsync();
        if (run.ExitCode != 0) throw new InvalidOperationException($"{program} failed: {run.Said}");
    }

    private ProcessStartInfo ProcessOf(string program, string[] arguments)
    {
        var folder = PostgresPrograms.Folder ?? throw new InvalidOperationException(
            "PostgreSQL not found (ENGINE_PG_BIN, PATH or /usr/lib/postgresql): install Debian's package postgresql");
        var path = Path.Combine(folder, program);
        var start = name is null
            ? new ProcessStartInfo(path, arguments)
            // Takes the place of setpriv: the process id is the program's.
            : new ProcessStartInfo("setpriv", [$"--reuid={name}", $"--regid={name}", "--init-groups", path, .. arguments]);
        start.RedirectStandardError = true;
        start.RedirectStandardOutput = true;
        start.WorkingDirectory = "/";
        return start;
    }
}
