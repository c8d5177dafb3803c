using Hangfire.AspNetCore;
using Hangfire.Logging;
using ILoggerFactory = Microsoft.Extensions.Logging.ILoggerFactory;

namespace Engine.Hangfire;

/// <summary>
/// Hangfire's log: one for a process, that of the host which began last. Hangfire asks it for loggers at any time, also where it starts a server; a
/// host that has ended would answer with an exception, and the server of another one would take up nothing. This one says nothing instead.
/// </summary>
internal sealed class HostLog(ILoggerFactory logs) : ILogProvider
{
    private readonly AspNetCoreLogProvider host = new(logs);

    public ILog GetLogger(string name)
    {
        try
        {
            return host.GetLogger(name);
        }
        catch (ObjectDisposedException)
        {
            return new Silence();
        }
    }

    private sealed class Silence : ILog
    {
        public bool Log(LogLevel logLevel, Func<string> messageFunc, Exception? exception = null) => false;
    }
}
