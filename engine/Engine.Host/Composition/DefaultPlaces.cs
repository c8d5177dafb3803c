namespace Engine.Host;

/// <summary>Where things are when nobody says otherwise.</summary>
internal static class DefaultPlaces
{
    /// <summary>Such as <c>~/.local/share/engine</c>.</summary>
    public static string DataFolder { get; } = Path.Combine(UserFolder(Environment.SpecialFolder.LocalApplicationData), "engine");

    /// <summary>The data folder of <c>engine run</c>, which may run beside a server: a data folder has one owner at a time.</summary>
    public static string TerminalDataFolder { get; } = Path.Combine(UserFolder(Environment.SpecialFolder.LocalApplicationData), "engine-terminal");

    /// <summary>The worlds of <c>engine sandbox</c>.</summary>
    public static string SandboxFolder { get; } = Path.Combine(UserFolder(Environment.SpecialFolder.LocalApplicationData), "engine-sandbox");

    /// <summary>Such as <c>~/.config/engine/engine.key</c>.</summary>
    public static string KeyFile { get; } = Path.Combine(UserFolder(Environment.SpecialFolder.ApplicationData), "engine", "engine.key");

    /// <summary>Where <c>engine check</c> remembers flows that were right; may be deleted at any time.</summary>
    public static string CheckFolder { get; } = Path.Combine(UserFolder(Environment.SpecialFolder.LocalApplicationData), "engine-check");

    /// <summary>The key of what <see cref="CheckFolder"/> holds; may be deleted at any time.</summary>
    public static string CheckKeyFile { get; } = Path.Combine(UserFolder(Environment.SpecialFolder.ApplicationData), "engine", "check.key");

    public static string PluginFolder { get; } = Path.Combine(AppContext.BaseDirectory, "plugins");

    public static string FlowFolder { get; } = Path.Combine(AppContext.BaseDirectory, "workflows");

    // A service account or a container may have no home; then the folder of the executable serves.
    private static string UserFolder(Environment.SpecialFolder folder)
    {
        var path = Environment.GetFolderPath(folder, Environment.SpecialFolderOption.DoNotVerify);
        return path.Length > 0 ? path : Path.Combine(AppContext.BaseDirectory, "data", folder.ToString());
    }
}
