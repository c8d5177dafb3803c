using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Engine.Tests.Host;

/// <summary>What an engine logs, and a way to wait for a line of it.</summary>
internal sealed class HeardLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> lines = new();
    private readonly ConcurrentBag<(string Part, TaskCompletionSource Heard)> awaited = [];

    public IEnumerable<string> Lines => lines;

    /// <summary>Ends with the first line from now on that has this in it.</summary>
    public Task NextAsync(string part)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        awaited.Add((part, heard));
        return heard.Task;
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = formatter(state, exception);
        lines.Enqueue(exception is null ? $"{logLevel}: {line}" : $"{logLevel}: {line} {exception}");
        foreach (var (part, heard) in awaited)
        {
            if (line.Contains(part, StringComparison.Ordinal)) heard.TrySetResult();
        }
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
