namespace Engine.Tests;

/// <summary>How long a test waits for what is going to happen. Only a test that fails anyway waits so long, however busy the machine is.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
}
