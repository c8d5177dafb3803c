namespace Engine.Benchmarks;

internal static class LatenessBenchmark
{
    public static Task<bool> RunAsync() => Task.FromResult(true);
}
