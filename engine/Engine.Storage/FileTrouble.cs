namespace Engine.Storage;

/// <summary>
/// Says in a few words why a file or folder cannot be used. The system's own words name paths a second time.
/// </summary>
internal static class FileTrouble
{
    public static string ReasonOf(Exception trouble) => trouble switch
    {
        UnauthorizedAccessException => "this user has no right to it",
        DirectoryNotFoundException => "a part of its path is a file, or cannot be made",
        FileNotFoundException => "it does not exist",
        PathTooLongException => "its name is too long",
        IOException { HResult: 28 or unchecked((int)0x80070070) } => "the disk is full",
        IOException { HResult: 30 } => "the disk is read-only",
        _ => trouble.Message.ReplaceLineEndings(" "),
    };
}
