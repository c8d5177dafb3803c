namespace Engine.EndToEnd;

/// <summary>Finds the tools that tests need beyond the SDK.</summary>
internal static class Tools
{
    private static bool AreRequired => Environment.GetEnvironmentVariable("ENGINE_REQUIRE_TOOLS") == "1";

    /// <summary>The tool's path, or an exception with the words a skipped test has.</summary>
    public static string Get(Tool tool) => Find(tool) ?? throw new FileNotFoundException(Missing(tool));

    /// <summary>Null where every tool is there, or where a missing one must fail the test.</summary>
    public static string? ReasonToSkip(IEnumerable<Tool> tools) => AreRequired
        ? null
        : tools.Where(tool => Find(tool) is null).Select(Missing).FirstOrDefault();

    private static string? Find(Tool tool) => tool switch
    {
        Tool.Chromium => FromEnvironment("ENGINE_CHROMIUM") ?? OnPath("chromium", "chromium-browser", "google-chrome"),
        Tool.Zbar => OnPath("zbarimg"),
        Tool.Npm => OnPath("npm"),
    };

    private static string Missing(Tool tool) => tool switch
    {
        Tool.Chromium => "Chromium not found (ENGINE_CHROMIUM or PATH)",
        Tool.Zbar => "zbarimg not found (PATH)",
        Tool.Npm => "npm not found (PATH)",
    };

    private static string? FromEnvironment(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path && File.Exists(path) ? path : null;

    private static string? OnPath(params string[] names) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
}
