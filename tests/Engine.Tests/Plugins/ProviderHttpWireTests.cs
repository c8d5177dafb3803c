using System.Net;
using System.Net.Sockets;
using Engine.Sdk;
using Xunit;

namespace Engine.Tests;

/// <summary>What a scripted handler cannot show: real sockets.</summary>
public sealed class ProviderHttpWireTests : IDisposable
{
    private readonly SteppedTime time = new();
    private readonly HttpMessageInvoker invoker = new(ProviderHttp.NewHandler());

    public void Dispose() => invoker.Dispose();

    [Fact]
    public async Task A_redirect_is_not_followed_and_the_key_stays_here()
    {
        await using var other = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var server = new RawServer($"HTTP/1.1 307 Temporary Redirect\r\nLocation: {other.Address}\r\nContent-Length: 0\r\n\r\n");

        var result = await PostAsync(server.Address);

        Assert.Equal("provider_changed", result.Failure?.Code);
        Assert.Empty(other.Received);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"id\":")]
    [InlineData("nonsense\r\n\r\n")]
    public async Task A_connection_that_breaks_after_the_request_leaves_doubt_and_nothing_is_sent_twice(string answer)
    {
        await using var server = new RawServer(answer);

        var result = await PostAsync(server.Address);

        Assert.Equal(
            new Failure("provider_down", "post_thing: the connection broke before the whole answer came", IsInDoubt: true), result.Failure);
        Assert.Single(server.Received);
    }

    [Fact]
    public async Task Nobody_listening_means_that_nothing_happened()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        var result = await PostAsync(new Uri($"http://127.0.0.1:{port}"));

        Assert.Equal(new Failure("provider_down", "post_thing: the provider cannot be reached: the connection was refused"), result.Failure);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{")]
    public async Task The_deadline_covers_the_headers_and_the_body(string? answer)
    {
        await using var server = new SilentAfter(answer);

        var call = PostAsync(server.Address);
        await time.TimerSetAsync();
        await server.SentAsync();
        time.Step(TimeSpan.FromSeconds(10));

        Assert.Equal(new Failure("provider_timeout", "post_thing: no whole answer in time", IsInDoubt: true), (await call).Failure);
    }

    [Fact]
    public async Task Cancelling_is_not_a_failure()
    {
        await using var server = new RawServer(null);
        using var cancel = new CancellationTokenSource();

        var call = PostAsync(server.Address, cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    private Task<Result<Thing>> PostAsync(Uri address, CancellationToken cancellation = default) =>
        new ProviderHttp(invoker, time).At(address).WithHeader("X-Api-Key", new Secret("k"))
            .SendAsync<Thing>(ProviderRequest.Post("thing", new { A = 1 }, "PostThingAsync"), cancellation);

    private sealed record Thing(int Id);

    /// <summary>Sends the beginning of an answer and then nothing more.</summary>
    private sealed class SilentAfter : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource stop = new();
        private readonly TaskCompletionSource sent = new();
        private readonly Task running;

        public SilentAfter(string? answer)
        {
            listener.Start();
            running = RunAsync(answer ?? "");
        }

        public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

        public Task SentAsync() => sent.Task;

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            listener.Dispose();
            await running;
            stop.Dispose();
        }

        private async Task RunAsync(string answer)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                var stream = client.GetStream();
                await stream.ReadExactlyAsync(new byte[64], stop.Token);
                await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer), stop.Token);
                sent.SetResult();
                await Task.Delay(Timeout.Infinite, stop.Token);
            }
            catch (OperationCanceledException)
            {
            }
        }
    }
}
