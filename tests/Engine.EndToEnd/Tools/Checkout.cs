namespace Engine.EndToEnd;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Checkout
{
    private static readonly string root = Find(AppContext.BaseDirectory);

    public static string File(params string[] path) => Path.Combine([root, .. path]);

    private static string Find(string folder) =>
        System.IO.File.Exists(Path.Combine(folder, "Engine.sln"))
            ? folder
            : Find(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the tests were not built inside the checkout"));
}
