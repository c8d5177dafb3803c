namespace Engine.EndToEnd;

/// <summary>Pictures that stay after a test, for people to look at: below <c>artifacts/pictures</c>.</summary>
internal static class Kept
{
    public static string Picture(string name) =>
        Path.Combine(Directory.CreateDirectory(Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "pictures"))).FullName, name);
}
