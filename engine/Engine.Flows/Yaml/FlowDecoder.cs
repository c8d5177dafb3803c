using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Engine.Flows;

/// <summary>Turns the bytes of a flow file into text, within limits.</summary>
internal static class FlowDecoder
{
    private const int MaxBytes = 256 * 1024;

    /// <summary>The text; null, with a finding, where the bytes are too many or not UTF-8.</summary>
    public static FlowText? Decode(FlowSource source, FindingList findings)
    {
        var bytes = source.Content.Span;
        if (bytes.Length > MaxBytes)
        {
            findings.Error(FindingCodes.FileTooLarge, new Place(source.Path, 1, 1, 1, 1), string.Create(
                CultureInfo.InvariantCulture, $"the file has {bytes.Length} bytes; a flow may have {MaxBytes}"));
            return null;
        }

        if (bytes.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[Encoding.UTF8.Preamble.Length..];
        var buffer = new char[bytes.Length];
        Utf8.ToUtf16(bytes, buffer, out var bytesRead, out var charsWritten, replaceInvalidSequences: false);
        var text = new FlowText(source.Path, new string(buffer, 0, charsWritten));
        if (bytesRead < bytes.Length)
        {
            findings.Error(FindingCodes.NotUtf8, text.PlaceOf(charsWritten, charsWritten), string.Create(
                CultureInfo.InvariantCulture, $"byte 0x{bytes[bytesRead]:X2} is not UTF-8; save the file as UTF-8"));
            return null;
        }

        return HasOnlyTextCharacters(text, findings) ? text : null;
    }

    private static bool HasOnlyTextCharacters(FlowText text, FindingList findings)
    {
        for (var i = 0; i < text.Raw.Length; i++)
        {
            var c = text.Raw[i];
            if (c is '\n' or '\t' || (c == '\r' && i + 1 < text.Raw.Length && text.Raw[i + 1] == '\n')) continue;
            if (!Characters.IsControl(c) && !Characters.IsDirection(c)) continue;
            findings.Error(FindingCodes.ForbiddenCharacter, text.PlaceOf(i, i + 1),
                $"the file holds {Characters.Show(c)}, which no one can see; write it as an escape in double quotes, or remove it");
            return false;
        }

        return true;
    }
}
