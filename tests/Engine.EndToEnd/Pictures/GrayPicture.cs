using System.Globalization;
using System.Text;

namespace Engine.EndToEnd;

/// <summary>A picture in black and white, written as PGM, the simplest format that picture readers take.</summary>
internal sealed class GrayPicture(int width, int height)
{
    private readonly byte[] pixels = Enumerable.Repeat((byte)255, width * height).ToArray();

    /// <summary>Blackens a square.</summary>
    public void Fill(int left, int top, int side)
    {
        for (var row = top; row < top + side; row++) pixels.AsSpan((row * width) + left, side).Clear();
    }

    public void Save(string file)
    {
        using var stream = File.Create(file);
        stream.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"P5\n{width} {height}\n255\n")));
        stream.Write(pixels);
    }
}
