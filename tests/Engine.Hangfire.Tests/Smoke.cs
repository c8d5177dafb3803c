using Engine.Postgres;
using Xunit;
namespace Engine.Hangfire.Tests;
public sealed class SmokeTests
{
    [PostgresFact]
    public void It_runs() => Assert.Equal("hangfire", new HangfireExtension().Name);
}
