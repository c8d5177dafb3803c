using System.Threading.Channels;

namespace Engine.Host;

/// <summary>Lines from a file, a pipe or a test. A line that nobody waits for any more is kept for the next who does.</summary>
internal sealed class StreamInput(TextReader reader) : ILineInput
{
    private readonly Channel<string> lines = Channel.CreateBounded<string>(1);
    private int isReading;

    public async Task<string?> ReadLineAsync(Action<string> typed, CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref isReading, 1) == 0)
        {
            // Reading a redirected console blocks its thread whatever the token says. It ends with the input, or with the process.
            _ = Task.Factory.StartNew(ReadAllAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        return await lines.Reader.WaitToReadAsync(cancellation) && lines.Reader.TryRead(out var line) ? line : null;
    }

    private async Task ReadAllAsync()
    {
        try
        {
            while (await reader.ReadLineAsync() is { } line) await lines.Writer.WriteAsync(line);
        }
        catch (Exception trouble) when (trouble is IOException or ObjectDisposedException)
        {
            // An input that cannot be read has nobody at its other end.
        }
        finally
        {
            lines.Writer.Complete();
        }
    }
}
