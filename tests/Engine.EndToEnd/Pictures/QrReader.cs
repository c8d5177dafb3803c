using System.Diagnostics;

namespace Engine.EndToEnd;

/// <summary>Reads QR codes with Debian's zbarimg: an independent pair of eyes, not the library that drew them.</summary>
internal static class QrReader
{
    /// <summary>The texts of all codes in a picture.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(string picture)
    {
        var start = new ProcessStartInfo(Tools.Get(Tool.Zbar))
        {
            ArgumentList = { "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", picture },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("zbarimg did not start");
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        _ = await errors;
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
