using System.Threading.Channels;
using Engine.Host;

namespace Engine.Tests.Cli;

/// <summary>A keyboard in memory. Typing waits until somebody reads.</summary>
internal sealed class TypedKeys : ILineInput
{
    private readonly Channel<char> keys = Channel.CreateUnbounded<char>();

    public void Type(string text)
    {
        foreach (var key in text) keys.Writer.TryWrite(key);
    }

    public void End() => keys.Writer.Complete();

    public async Task<string?> ReadLineAsync(Action<string> typed, CancellationToken cancellation)
    {
        var line = "";
        while (await keys.Reader.WaitToReadAsync(cancellation) && keys.Reader.TryRead(out var key))
        {
            if (key == '\n') return line;
            line += key;
            typed(line);
        }

        return null;
    }
}
