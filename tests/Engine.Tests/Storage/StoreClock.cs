namespace Engine.Tests.Storage;

/// <summary>A clock that stands still until it is moved.</summary>
internal sealed class StoreClock : TimeProvider
{
    private long ticks = new DateTimeOffset(2031, 5, 6, 7, 8, 9, TimeSpan.Zero).Ticks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref ticks), TimeSpan.Zero);

    public void Advance(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);
}
