using Engine.Storage;
using Xunit;

namespace Engine.Tests.Storage;

public sealed class DatabaseClockTests
{
    [Theory]
    [InlineData(1_000, 1_000, "what may be right stays as it is")]
    [InlineData(1_900, 1_900, "what may be right stays as it is")]
    [InlineData(400, 1_000, "one that is behind moves to the least that is possible")]
    [InlineData(9_000, 2_000, "one that is ahead moves to the most that is possible")]
    public void A_slow_answer_corrects_no_more_than_it_proves(long thought, long expected, string why)
    {
        Assert.True(expected == DatabaseClock.Within(thought, answer: 1_000, TimeSpan.FromTicks(1_000)), why);
    }
}
