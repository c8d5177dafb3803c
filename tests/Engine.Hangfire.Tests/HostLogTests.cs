using Hangfire.Logging;
using LoggerFactory = Microsoft.Extensions.Logging.LoggerFactory;
using Xunit;

namespace Engine.Hangfire.Tests;

public sealed class HostLogTests
{
    [Fact]
    public void The_log_of_a_host_that_has_ended_says_nothing_and_stops_nobody()
    {
        var logs = LoggerFactory.Create(_ => { });
        var log = new HostLog(logs);

        logs.Dispose();

        Assert.False(log.GetLogger("anybody").Log(LogLevel.Error, () => "a server starts"));
    }
}
