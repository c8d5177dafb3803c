namespace Engine.Storage;

/// <summary>
/// What is stored cannot be reached or written: no rights, no space, a wrong key, a newer schema. Someone must look.
/// </summary>
/// <param name="path">The file or folder it is about.</param>
/// <param name="reason">The fact and what would be right, in one line; names no secret.</param>
public sealed class StorageUnavailableException(string path, string reason, Exception? cause = null)
    : Exception($"\"{path}\": {reason}", cause)
{
    public string Path { get; } = path;

    public string Reason { get; } = reason;
}
