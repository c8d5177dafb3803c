namespace Engine.EndToEnd;

/// <summary>A program that is not part of the SDK and that some tests need.</summary>
public enum Tool
{
    Chromium,

    /// <summary>Debian's independent QR reader, of the package zbar-tools.</summary>
    Zbar,

    /// <summary>With node: fetches and runs the authorization server that is not ours.</summary>
    Npm,
}
