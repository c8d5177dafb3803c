using System.Diagnostics;

namespace Engine.Benchmarks;

/// <summary>The built host as a process of its own.</summary>
internal static class HostProcess
{
    /// <summary>The host's own build output, of the same configuration.</summary>
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "Engine.Host", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))));

    /// <summary>Starts it with these arguments, its defaults leading below the home.</summary>
    public static Process Start(string home, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(Folder, "Engine.Host.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var name in (string[])["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"]) start.Environment[name] = home;
        return Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
    }
}
