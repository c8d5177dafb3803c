using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Engine.Postgres;

/// <summary>A program that was started, and the processes it started itself.</summary>
internal sealed class PostgresProcess
{
    private const int LinesKept = 50;

    private readonly Process process;
    private readonly ConcurrentQueue<string> said = new();

    public PostgresProcess(ProcessStartInfo start)
    {
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Signals by their numbers on Linux and macOS that are the same; the two others are Linux's.</summary>
    public enum Signal
    {
        Interrupt = 2,
        Kill = 9,
        Continue = 18,
        Stop = 19,
    }

    public int Id => process.Id;

    public bool HasEnded => process.HasExited;

    public int ExitCode => process.ExitCode;

    /// <summary>The last lines it wrote.</summary>
    public string Said => string.Join(" / ", said);

    public void Send(Signal signal) => _ = Kill(process.Id, (int)signal);

    /// <summary>To the process and its children; the parent first, so that it starts no others meanwhile.</summary>
    public void SendToAll(Signal signal)
    {
        var children = Children();
        Send(signal);
        foreach (var child in children.Union(Children())) _ = Kill(child, (int)signal);
    }

    public Task EndedAsync() => process.WaitForExitAsync();

    private List<int> Children()
    {
        var children = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) continue;
            if (ParentOf(folder) == process.Id) children.Add(id);
        }

        return children;
    }

    private static int? ParentOf(string folder)
    {
        try
        {
            // "ID (NAME) STATE PARENT …"; a name may hold anything.
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        said.Enqueue(line);
        if (said.Count > LinesKept) said.TryDequeue(out _);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
