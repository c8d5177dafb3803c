using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;

namespace Engine.Sandbox;

/// <summary>Makes the calls that simulated providers make, each at its time and to this machine only.</summary>
internal sealed class CallbackSender(TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<Task, bool> open = new();

    /// <summary>Returns at once; what is left is given up when the sandbox stops.</summary>
    public void Schedule<TState>(World world, ImmutableArray<Callback<TState>> callbacks)
        where TState : class
    {
        foreach (var callback in callbacks)
        {
            var task = RunAsync(world, callback, stopping.Token);
            open[task] = true;
            _ = task.ContinueWith(done => open.TryRemove(done, out var _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await Task.WhenAll(open.Keys).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        stopping.Dispose();
        http.Dispose();
    }

    private async Task RunAsync<TState>(World world, Callback<TState> callback, CancellationToken cancellation)
        where TState : class
    {
        if (callback.After > TimeSpan.Zero) await Task.Delay(callback.After, time, cancellation);
        if (world.Read<TState>() is not { } state || callback.Make(state, time.GetUtcNow()) is not { } request) return;

        var reply = await SendAsync(request, cancellation);
        var taken = world.Take<TState>(
            callback.Operation, request.Method, "(to the engine)", time.GetUtcNow(), now => callback.Then(now ?? state, reply) with { Answer = new Answer(reply.Status, "", "") });
        Schedule(world, taken.Callbacks);
    }

    private async Task<CallbackReply> SendAsync(CallbackRequest request, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(request.Address, UriKind.Absolute, out var address) || !address.IsLoopback || address.Scheme is not ("http" or "https"))
        {
            return new CallbackReply(0, "");
        }

        using var deadline = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, deadline.Token);
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Parse(request.Method), address);
            if (message.Method == HttpMethod.Post) message.Content = new StringContent(request.Body, Encoding.UTF8, "application/json");
            using var answer = await http.SendAsync(message, either.Token);
            return new CallbackReply((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(either.Token));
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            return new CallbackReply(0, "");
        }
    }
}
