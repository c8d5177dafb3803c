using System.Globalization;
using System.Text;
using QRCoder;

namespace Engine.Host;

/// <summary>Draws a text as a QR code: dark modules on a white tile with the quiet zone of four modules that the standard asks for.</summary>
internal static class QrSvg
{
    /// <summary>What a code of medium correction can hold; a longer text is not drawn.</summary>
    public const int MaxLength = 2000;

    /// <summary>The picture, one path; null where the text is too long to be drawn.</summary>
    public static string? Draw(string text)
    {
        if (text.Length is 0 or > MaxLength) return null;
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var path = new StringBuilder();
        for (var row = 0; row < code.ModuleMatrix.Count; row++)
        {
            var modules = code.ModuleMatrix[row];
            for (var column = 0; column < modules.Count; column++)
            {
                if (!modules[column]) continue;
                var start = column;
                while (column + 1 < modules.Count && modules[column + 1]) column++;
                path.Append(CultureInfo.InvariantCulture, $"M{start} {row}h{column - start + 1}v1h-{column - start + 1}z");
            }
        }
        var size = code.ModuleMatrix.Count;
        return $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" shape-rendering=\"crispEdges\">"
            + $"<path fill=\"#fff\" d=\"M0 0h{size}v{size}h-{size}z\"/><path fill=\"#000\" d=\"{path}\"/></svg>";
    }
}
