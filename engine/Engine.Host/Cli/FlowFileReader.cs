using System.Globalization;
using Engine.Flows;

namespace Engine.Host;

/// <summary>Reads one flow file within limits.</summary>
internal static class FlowFileReader
{
    /// <summary>A file larger than this is not read to its end; the language's own limit is lower.</summary>
    public const int LimitBytes = 1024 * 1024;

    /// <summary>The file, or a finding that says why it cannot be had.</summary>
    public static (FlowSource? Source, Finding? Finding) Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var buffer = new byte[LimitBytes + 1];
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length > LimitBytes
                ? (null, At(path, FindingCodes.FileNotRead, string.Create(CultureInfo.InvariantCulture, $"the file is larger than {LimitBytes} bytes, too large for a flow; it was not read")))
                : (new FlowSource(path, buffer.AsMemory(0, length)), null);
        }
        catch (UnauthorizedAccessException)
        {
            return (null, At(path, FindingCodes.FileUnreadable, "the file cannot be read: access to it is denied"));
        }
        catch (FileNotFoundException)
        {
            return (null, At(path, FindingCodes.FileUnreadable, "the file cannot be read: it is no longer there"));
        }
        catch (IOException trouble)
        {
            return (null, At(path, FindingCodes.FileUnreadable, $"the file cannot be read: {trouble.Message}"));
        }
    }

    private static Finding At(string path, FindingCode code, string message) =>
        new(code.Code, Severity.Error, new Place(path, 1, 1, 1, 1), message);
}
