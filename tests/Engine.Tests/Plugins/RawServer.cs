using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Engine.Tests;

/// <summary>A listener that takes one request on each connection and then sends exact bytes, or nothing at all.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;

    /// <param name="answer">The bytes to send before the connection is closed; null keeps it open in silence.</param>
    public RawServer(string? answer)
    {
        listener.Start();
        running = RunAsync(answer);
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    public List<string> Received { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await running;
        stop.Dispose();
    }

    private async Task RunAsync(string? answer)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                var stream = client.GetStream();
                var buffer = new byte[16 * 1024];
                var count = await stream.ReadAsync(buffer, stop.Token);
                Received.Add(Encoding.UTF8.GetString(buffer, 0, count));
                if (answer is null) await Task.Delay(Timeout.Infinite, stop.Token);
                await stream.WriteAsync(Encoding.UTF8.GetBytes(answer ?? ""), stop.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
        }
    }
}
