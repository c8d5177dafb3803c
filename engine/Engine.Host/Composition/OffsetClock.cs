using System.Globalization;

namespace Engine.Host;

/// <summary>
/// A machine's clock that is wrong, for tests that prove that nothing depends on it: set by <c>ENGINE_TEST_CLOCK_OFFSET</c>, such as
/// <c>02:00:00</c>, and by nothing else.
/// </summary>
internal sealed class OffsetClock(TimeSpan offset) : TimeProvider
{
    private const string Variable = "ENGINE_TEST_CLOCK_OFFSET";

    /// <summary>The machine's clock, or the wrong one where a test wants it.</summary>
    public static TimeProvider OfProcess() =>
        TimeSpan.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var wrongBy) ? new OffsetClock(wrongBy) : System;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + offset;
}
